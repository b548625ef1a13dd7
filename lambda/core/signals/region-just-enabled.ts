import { accountScope } from '../facts.ts';
import { LAUNCHES, type Signal, span } from './signal.ts';

/** Part left for launches by a service: whoever set it up there enabled the Region first, as rollouts do. */
const BY_SERVICE = 0.5;

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
      strength: activity.actor.class === 'service' ? BY_SERVICE : 1,
      reason: `${activity.region} had been enabled for account ${activity.account} only ${span(activity.at - enabled)} before`,
    };
  },
};
