import { roleScope } from '../history/facts.ts';
import { untilNow } from './newness.ts';
import { SENSITIVE, type Signal } from './signal.ts';

/**
 * A shared role hides who acts: an intruder who comes in through single sign-on uses a role that everyone knows, under a
 * name that nobody knows there. (Rules keyed by role cannot see it, rules keyed by session drown in it.)
 */
export const newPersonBehindRole: Signal = {
  id: 'new-person-behind-role',
  family: 'person',
  description: 'A known role used by a person who has not used it before',
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    const { actor } = activity;
    if (actor.person === undefined || memory.roleActiveDays < policy.userContext.minActiveDays)
      return undefined;
    const familiarity = memory.familiarity(roleScope(activity), 'person', actor.person.key);
    if (familiarity !== 'new' && familiarity !== 'suspect') return undefined;
    return {
      strength: 1,
      novelty: true,
      reason: `${actor.label} was in use on ${memory.roleActiveDays === 10 ? '10 or more' : memory.roleActiveDays} earlier days, but not by ${actor.person.label} ${untilNow(familiarity, policy)}`,
    };
  },
};
