import { subjectLabel } from '../activity/actor.ts';
import { inNetworks } from '../activity/networks.ts';
import { SENSITIVE, type Signal } from './signal.ts';

/** MITRE's GeoLocation element: what the organisation itself says about where calls come from and go to. */
export const outsidePolicyPlace: Signal = {
  id: 'outside-policy-place',
  family: 'place',
  description: 'A Region, country or network that the policy does not allow',
  appliesTo: SENSITIVE,

  evaluate({ region, origin, actor }, _memory, { geoLocation, organisation }) {
    const { regions, countries, onlyFromNetworks } = geoLocation;
    const country = origin.network?.country;
    const who = subjectLabel(actor);
    if (regions.length > 0 && !regions.includes(region)) {
      return { strength: 1, reason: `${region} is not among the Regions that the policy allows` };
    }
    if (countries.length > 0 && country !== undefined && !countries.includes(country)) {
      return { strength: 1, reason: `${who} called from ${country}, a country the policy does not allow` };
    }
    if (
      onlyFromNetworks &&
      actor.class === 'human' &&
      origin.prefix !== undefined &&
      origin.ip !== undefined
    ) {
      if (!inNetworks(origin.ip, organisation.networks)) {
        return {
          strength: 1,
          reason: `${who} called from ${origin.ip}, outside the organisation's networks`,
        };
      }
    }
    return undefined;
  },
};
