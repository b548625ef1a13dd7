import { accountScope } from '../facts.ts';
import { untilNow } from './newness.ts';
import { accountKnown, isBehindChange, LAUNCHES, type Signal } from './signal.ts';

/** Part left for launches by a service: the one who set it up there is the one to ask. */
const BY_SERVICE = 0.5;

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
    // whoever set it up there was asked about the Region at that change; once is enough
    if (service && isBehindChange(activity, memory, policy)) return undefined;
    return {
      strength: service ? BY_SERVICE : 1,
      novelty: true,
      reason: `Nobody in account ${activity.account} had launched an instance in ${activity.region} ${untilNow(familiarity, policy)}`,
    };
  },
};
