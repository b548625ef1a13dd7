import { personOf, teamOf } from '../history/circles.ts';
import { roleScope } from '../history/facts.ts';
import { isAtCircle, isKnownElsewhere, isOfCircle } from './circle.ts';
import { untilNow } from './newness.ts';
import { SENSITIVE, type Signal } from './signal.ts';

/**
 * Part left of a person who is known in other accounts, as administrators come to each of them for a first time, or who calls from
 * where others behind the permission set do.
 */
const KNOWN_ELSEWHERE = 0.5;
/** Part left of a call that was refused for want of rights. */
const NOTHING_DONE = 0.5;
/** Where the role is hardly known here, so many others behind its permission set elsewhere make it a known one. */
const TEAM = 2;

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
    if (actor.person === undefined) return undefined;
    const here = memory.roleActiveDays >= policy.userContext.minActiveDays;
    const team = teamOf(activity);
    const person = personOf(activity);
    const everywhere = person !== undefined && team !== undefined && memory.otherMembers(team) >= TEAM;
    if (!here && !everywhere) return undefined;
    const familiarity = memory.familiarity(roleScope(activity), 'person', actor.person.key);
    if (familiarity !== 'new' && familiarity !== 'suspect') return undefined;
    const known = isKnownElsewhere(activity, memory) || isOfCircle(activity, memory);
    if (!here && known) return undefined;
    const near = known || isAtCircle(activity, memory);
    const days = `on ${memory.roleActiveDays === 10 ? '10 or more' : memory.roleActiveDays} earlier days`;
    return {
      strength: (near ? KNOWN_ELSEWHERE : 1) * (activity.outcome === 'denied' ? NOTHING_DONE : 1),
      novelty: true,
      reason: `${actor.label} was in use ${here ? days : 'by others'}, but not by ${actor.person.label} ${untilNow(familiarity, policy)}${
        known
          ? '; other accounts know this person'
          : person === undefined
            ? ''
            : '; no other account knows this person'
      }`,
    };
  },
};
