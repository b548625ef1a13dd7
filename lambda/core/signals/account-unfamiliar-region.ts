import { accountScope } from '../facts.ts';
import { untilNow } from './newness.ts';
import { accountKnown, isBehindChange, LAUNCHES, type Signal } from './signal.ts';

/** Part left for launches by a service: the one who set it up there is the one to ask. */
const BY_SERVICE = 0.5;
/** Part left where that one is known: asked about the Region at the change, and not to be counted twice. */
const BEHIND_CHANGE = 0.2;

/** A Region in which nobody of the account has launched: the place where a miner is noticed last. */
export const accountUnfamiliarRegion: Signal = {
  id: 'account-unfamiliar-region',
  family: 'place',
  description: 'A launch in a Region where nobody in the account has launched before',
  appliesTo: LAUNCHES,

  evaluate(activity, memory, policy) {
    // Only what succeeds also proves the Region, so only then may the account be asked (see affected.ts).
    if (activity.outcome !== 'succeeded' || !accountKnown(activity, memory, policy)) return undefined;
    const familiarity = memory.familiarity(accountScope(activity), 'region', activity.region);
    if (familiarity !== 'new' && familiarity !== 'suspect') return undefined;
    const service = activity.actor.class === 'service';
    return {
      strength: !service ? 1 : isBehindChange(activity, memory, policy) ? BEHIND_CHANGE : BY_SERVICE,
      novelty: true,
      reason: `Nobody in account ${activity.account} had launched an instance in ${activity.region} ${untilNow(familiarity, policy)}`,
    };
  },
};
