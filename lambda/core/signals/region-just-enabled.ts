import { accountScope } from '../facts.ts';
import { LAUNCHES, type Signal, span } from './signal.ts';

/** An opt-in Region enabled and used at once: a known way to launch where no guard is deployed. */
export const regionJustEnabled: Signal = {
  id: 'region-just-enabled',
  family: 'place',
  description: 'A launch in a Region that was enabled only lately',
  appliesTo: LAUNCHES,

  evaluate(activity, memory, policy) {
    const enabled = memory.firstSeen(accountScope(activity), 'enabled-region', activity.region);
    if (enabled === undefined || activity.at - enabled > policy.geoLocation.newRegion) return undefined;
    return {
      strength: 1,
      reason: `${activity.region} had been enabled for account ${activity.account} only ${span(activity.at - enabled)} before`,
    };
  },
};
