import { imageScope } from '../facts.ts';
import { accountKnown, LAUNCHES, listed, type Signal } from './signal.ts';

/** An image that nobody in the account has launched and that was not made here. Context only: vendors publish weekly. */
export const unfamiliarImage: Signal = {
  id: 'unfamiliar-image',
  family: 'thing',
  description: 'An image that nobody in the account has launched before',
  appliesTo: LAUNCHES,

  evaluate(activity, memory, policy) {
    const { account, launch, outcome, actor } = activity;
    if (outcome !== 'succeeded' || actor.class === 'service' || !accountKnown(activity, memory, policy)) {
      return undefined;
    }
    const unknown = (launch?.images ?? []).filter((image) => {
      const scope = imageScope(account, image);
      if (memory.firstSeen(scope, 'created', '') !== undefined) return false;
      return ['new', 'suspect'].includes(memory.familiarity(scope, 'image', ''));
    });
    if (unknown.length === 0) return undefined;
    return {
      strength: 1,
      novelty: true,
      reason: `Nobody in account ${account} had launched ${listed(unknown)} before, and it was not made here`,
    };
  },
};
