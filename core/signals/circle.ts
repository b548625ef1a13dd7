import type { Activity } from '../activity/activity.ts';
import { capacityDeed, MANY, personOf, teamOf } from '../history/circles.ts';
import type { Policy } from '../policy/policy.ts';
import type { Memory } from './memory.ts';
import { established } from './signal.ts';

/** Part left of what nobody, one, two or three, or more others of the circle are known for: one may be an accident, or the intruder's first step. */
const BY_OTHERS = [1, 0.6, 0.35, 0.35, 0.25] as const;

/** Part left where several others are. */
export const BY_SEVERAL: number = BY_OTHERS[2];

/** What a circle has to say about one deed of a member. */
export interface InCircle {
  /** Part left of the strangeness, 0..1. */
  readonly part: number;
  /** `, as do several others with permission set DataScientist`; empty where there is no circle. */
  readonly words: string;
}

export const ALONE: InCircle = { part: 1, words: '' };

/** How strange a deed is in the circle of those behind the same permission set or role name. */
export function inTeam(
  activity: Activity,
  what: readonly string[],
  memory: Memory,
  policy: Policy,
): InCircle {
  const team = teamOf(activity);
  if (team === undefined || !isTrusted(activity, memory, policy)) return ALONE;
  const others = Math.min(MANY, Math.max(...what.map((each) => memory.othersKnownFor(team, each))));
  const name = nameOf(team.scope);
  if (others === 0) return { part: 1, words: `, nor is anybody else ${name}` };
  return {
    part: BY_OTHERS[others] ?? 1,
    words: `, though ${others === 1 ? 'one other' : 'several others'} ${name} ${others === 1 ? 'is' : 'are'}`,
  };
}

/** How far a circle covers a number of vCPUs; a little is covered by any. */
export function capacityInTeam(activity: Activity, vcpus: number, memory: Memory, policy: Policy): InCircle {
  const deed = capacityDeed(vcpus);
  return deed === undefined ? { part: 0, words: '' } : inTeam(activity, [deed], memory, policy);
}

/**
 * Whether a subject may rest on a circle. A permission set is given by the organisation; a role's name is not, so its holder must
 * be known here, or be one of the circle's people, as known elsewhere, on one of its networks.
 */
function isTrusted(activity: Activity, memory: Memory, policy: Policy): boolean {
  const { person } = activity.actor;
  if (person?.vouched === true) return true;
  const team = teamOf(activity);
  if (team === undefined) return false;
  if (person === undefined) return established(memory, policy);
  return memory.isKnownIn(team) && memory.isNetworkOf(team);
}

/** How circles of one permission set begin; all others are of roles of one name. */
const SET = 'team#set/';

const nameOf = (scope: string): string =>
  scope.startsWith(SET) ? `with permission set ${scope.slice(SET.length)}` : 'with a role of that name';

/** Whether other accounts know the person, where the cloud's own sign-in names them. */
export const isKnownElsewhere = (activity: Activity, memory: Memory): boolean => {
  const person = personOf(activity);
  return person !== undefined && memory.otherMembers(person) > 0;
};

/**
 * Whether somebody vouched for calls from a network of those behind the same permission set: joiners begin in the office, an
 * intruder at the identity provider mostly elsewhere.
 */
export function isAtCircle(activity: Activity, memory: Memory): boolean {
  const team = teamOf(activity);
  return activity.actor.person?.vouched === true && team !== undefined && memory.isNetworkOf(team);
}

/** Whether a role's person is one of its circle, by the circle's network and as known in other accounts; a name alone is not. */
export function isOfCircle(activity: Activity, memory: Memory): boolean {
  const team = teamOf(activity);
  return (
    activity.actor.person !== undefined &&
    team !== undefined &&
    memory.isKnownIn(team) &&
    memory.isNetworkOf(team)
  );
}

/** Whether the person does this in other accounts, where the cloud's own sign-in names them. */
export const doesElsewhere = (activity: Activity, what: readonly string[], memory: Memory): boolean =>
  what.some((each) => memory.othersKnownFor(personOf(activity), each) > 0);
