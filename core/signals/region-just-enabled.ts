import { accountScope } from '../history/facts.ts';
import { fading } from './newness.ts';
import { LAUNCHES, type Signal, span } from './signal.ts';

/** Part left for launches by a service: whoever set it up there enabled the Region first, as rollouts do. */
const BY_SERVICE = 0.35;
/** What remains at the end of the policy's period: by then a rollout is likelier than an intruder. */
const LEAST = 0.4;

/** An opt-in Region enabled and used at once: a known way to launch where no guard is deployed. */
export const regionJustEnabled: Signal = {
  id: 'region-just-enabled',
  family: 'place',
  description: 'A launch in a Region that was enabled only lately',
  appliesTo: LAUNCHES,

  evaluate(activity, memory, policy) {
    const enabled = memory.firstSeen(accountScope(activity), 'enabled-region', activity.region);
    const period = policy.geoLocation.newRegion;
    if (enabled === undefined || activity.at - enabled > period) return undefined;
    const service = activity.actor.class === 'service' ? BY_SERVICE : 1;
    return {
      strength: service * fading(activity.at - enabled, period, LEAST),
      reason: `${activity.region} had been enabled for account ${activity.account} only ${span(activity.at - enabled)} before`,
    };
  },
};
