import { subjectLabel } from '../actor.ts';
import { actorScope, DAY, keyScope } from '../facts.ts';
import { SENSITIVE, type Signal, span } from './signal.ts';

/** What remains at the end of the policy's period; in the first day the strength is full. */
const LEAST = 0.4;

/** An intruder makes a user, role or key of their own and uses it soon; people who join wait for their first task. */
export const freshIdentity: Signal = {
  id: 'fresh-identity',
  family: 'person',
  description: 'A user, role or access key created in the last days that now launches or copies',
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    const { account, actor, at } = activity;
    const born = memory.firstSeen(actorScope(account, actor.key), 'created', '');
    const keyBorn =
      actor.accessKey === undefined || actor.credential !== 'long-lived'
        ? undefined
        : memory.firstSeen(keyScope(account, actor.accessKey), 'created', '');
    const created = Math.max(born ?? 0, keyBorn ?? 0);
    const age = at - created;
    const period = policy.userContext.newIdentity;
    if (created === 0 || age > period) return undefined;

    const fading = Math.max(0, age - DAY) / Math.max(1, period - DAY);
    const what = created === keyBorn && keyBorn !== born ? 'access key' : 'identity';
    return {
      strength: 1 - (1 - LEAST) * Math.min(1, fading),
      reason: `The ${what} of ${subjectLabel(actor)} was created ${span(age)} before`,
    };
  },
};
