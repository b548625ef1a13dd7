import { imageScope, PLANNED } from '../history/facts.ts';
import { strange, untilNow } from './newness.ts';
import { accountKnown, CHANGES, LAUNCHES, listed, type Signal, wantedBy } from './signal.ts';

/** An image that nobody in the account has launched and that was not made here. Context only: vendors publish weekly. */
export const unfamiliarImage: Signal = {
  id: 'unfamiliar-image',
  family: 'thing',
  description: 'An image that nobody in the account has launched before',
  appliesTo: [...LAUNCHES, ...CHANGES],

  evaluate(activity, memory, policy) {
    const { account, outcome, actor } = activity;
    if (outcome !== 'succeeded' || actor.class === 'service' || !accountKnown(activity, memory, policy)) {
      return undefined;
    }
    const made = (image: string): boolean =>
      memory.firstSeen(imageScope(account, image), 'created', '') !== undefined;
    const planned = (image: string): boolean =>
      activity.launch === undefined &&
      memory.familiarity(imageScope(account, image), 'image', PLANNED) === 'familiar';
    const { values: unknown, familiarity } = strange(
      (wantedBy(activity)?.images ?? []).filter((image) => !made(image) && !planned(image)),
      (image) => memory.familiarity(imageScope(account, image), 'image', ''),
    );
    if (unknown.length === 0) return undefined;
    return {
      strength: 1,
      novelty: true,
      reason: `Nobody in account ${account} had launched ${listed(unknown)} ${untilNow(familiarity, policy)}, and no making of it was seen here`,
    };
  },
};
