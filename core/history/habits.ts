import { type Activity, counts } from '../activity/activity.ts';
import type { Policy } from '../policy/policy.ts';
import { type Circle, doerOf, regionOf } from './circles.ts';
import type { Dimension } from './fact.ts';
import {
  accountScope,
  DAY,
  type FactSheet,
  factKey,
  isOf,
  MAX_VALUES,
  roleScope,
  scopesOf,
  subjectScope,
} from './facts.ts';
import { looksBack } from './looking-back.ts';
import { outlineOf } from './sheet-outline.ts';
import type { Sighting, Suspicion } from './sighting.ts';

/**
 * Most recent earlier activities of one subject that a judgement looks at. Bounds its cost for an actor with any number
 * of records; fifty calls within the window are a burst by any measure.
 */
export const RECENT_LIMIT = 50;

/** What history says about one value. */
export type Familiarity = 'familiar' | 'new' | 'suspect' | 'unknown';

/** What the history of a subject, its role, its account and what it touches answers about one activity. */
export interface Habits {
  /** Earlier activities of the same subject within the policy's window, once each, oldest first, at most `RECENT_LIMIT`; only where the activity `looksBack`. */
  readonly recent: readonly Activity[];
  /** Whole days before this one on which the subject was active, at most 10. */
  readonly activeDays: number;
  /** The same of the role behind a person; equals `activeDays` when there is no person. */
  readonly roleActiveDays: number;
  /** Whether the account is still in its learning period. */
  readonly learning: boolean;
  /** When the account was first seen, ms. */
  readonly accountSince: number;
  /**
   * Whether a value was known before this activity: `familiar`; `new` (never, or first within the settling time);
   * `suspect` (first seen in a finding and not yet aged); `unknown` when too many values are known to call one new.
   */
  familiarity(scope: string, dimension: Dimension, value: string): Familiarity;
  /** Values of a dimension that are familiar, sorted. */
  known(scope: string, dimension: Dimension): string[];
  /** Whole days before this one on which something was seen in a scope, at most 10. */
  daysOf(scope: string): number;
  /**
   * How many others in a circle are known for something, as far as that had settled a day before and was no part of a finding;
   * the subject's own deeds do not count. None where the activity stands in no such circle.
   */
  othersKnownFor(circle: Circle | undefined, what: string): number;
  /** The same of mere membership: other accounts that launch in a Region. */
  otherMembers(circle: Circle): number;
  /** Whether somebody of a circle called from the activity's network a day before. */
  isNetworkOf(circle: Circle): boolean;
  /** Whether the subject was known in a circle a day before, wherever. */
  isKnownIn(circle: Circle | undefined): boolean;
  /** Values of a dimension that were seen at or before this activity, with when they were first, ms; suspect or not. */
  allSeen(scope: string, dimension: Dimension): ReadonlyMap<string, number>;
  /** When a value was first seen, at or before this activity; for births and events rather than habits. */
  firstSeen(scope: string, dimension: Dimension, value: string): number | undefined;
}

/**
 * Looks at fact sheets and a window of activities with the eyes of one activity: nothing after it counts.
 *
 * @param scopes those of the activity (`scopesOf`), where they are known already
 */
export function habitsOf(
  activity: Activity,
  sheets: ReadonlyMap<string, FactSheet>,
  recent: readonly Activity[],
  policy: Policy,
  scopes: Iterable<string> = scopesOf(activity),
): Habits {
  const { at } = activity;
  const settled = at - policy.learning.settle;
  const own = new Map<string, FactSheet['seen']>();
  for (const scope of scopes) own.set(scope, sheets.get(scope)?.seen ?? NOTHING_SEEN);
  const seenOf = (scope: string): FactSheet['seen'] => {
    const seen = own.get(scope);
    // Its sheet may not have been read, and whoever changes it would not know whom it concerns: a defect of a signal.
    if (seen === undefined) throw new Error(`a judgement of ${activity.kind} may not ask ${scope}`);
    return seen;
  };

  const familiarity: Habits['familiarity'] = (scope, dimension, value) => {
    const seen = seenOf(scope);
    const sighting = seen[factKey(dimension, value)];
    if (sighting !== undefined && sighting.at <= settled)
      return isFamiliarAt(sighting, scope, at, policy) ? 'familiar' : 'suspect';
    const earlier = countOf(seen, dimension, (_, other) => other.at <= settled);
    return earlier >= MAX_VALUES[dimension] ? 'unknown' : 'new';
  };

  const settledWide = at - Math.max(DAY, policy.learning.settle);
  const isKnownWide = (scope: string, sighting: Sighting): boolean =>
    sighting.at <= settledWide && isFamiliarAt(sighting, scope, at, policy);
  const others = (
    { scope, member }: Circle,
    dimension: Dimension,
    doer: (value: string) => string | undefined,
  ): number => {
    const seen = seenOf(scope);
    let count = 0;
    for (const key in seen) {
      if (!isOf(key, dimension)) continue;
      const who = doer(key.slice(dimension.length + 1));
      if (who !== undefined && who !== member && isKnownWide(scope, seen[key] as Sighting)) count += 1;
    }
    return count;
  };

  const today = Math.floor(at / DAY);
  const activeDays = (scope: string): number =>
    outlineOf(seenOf(scope)).days.filter((day) => day < today).length;
  const accountSince = seenOf(accountScope(activity))[factKey('since', '')]?.at ?? at;
  const ownDays = activeDays(subjectScope(activity));

  let before: readonly Activity[] | undefined;

  return {
    get recent() {
      if (!looksBack(activity))
        throw new Error(`a judgement of ${activity.kind} may not ask for what came before`);
      before ??= othersIn(recent, activity);
      return before;
    },
    activeDays: ownDays,
    roleActiveDays: activity.actor.person === undefined ? ownDays : activeDays(roleScope(activity)),
    learning: at < accountSince + policy.learning.period,
    accountSince,
    familiarity,
    daysOf: activeDays,
    othersKnownFor: (circle, what) =>
      circle === undefined ? 0 : others(circle, 'deed', (value) => doerOf(value, what)),
    // whoever is no member is not judged again when the members change
    otherMembers: (circle) =>
      activity.joined === 'partial' ? 0 : others(circle, 'member', (value) => value),
    isNetworkOf({ scope }) {
      const sighting = seenOf(scope)[factKey('network', activity.origin.prefix ?? '')];
      return sighting !== undefined && isKnownWide(scope, sighting);
    },
    isKnownIn(circle) {
      const sighting = circle && seenOf(circle.scope)[factKey('member', circle.member)];
      return circle !== undefined && sighting !== undefined && isKnownWide(circle.scope, sighting);
    },
    known(scope, dimension) {
      const values: string[] = [];
      const seen = seenOf(scope);
      for (const key in seen) {
        if (isOf(key, dimension) && isFamiliarAt(seen[key] as Sighting, scope, at, policy))
          values.push(key.slice(dimension.length + 1));
      }
      return values.sort();
    },
    allSeen(scope, dimension) {
      const seen = seenOf(scope);
      const found = new Map<string, number>();
      for (const key in seen) {
        const { at: sighted } = seen[key] as Sighting;
        if (isOf(key, dimension) && sighted <= at) found.set(key.slice(dimension.length + 1), sighted);
      }
      return found;
    },
    firstSeen: (scope, dimension, value) => {
      const sighting = seenOf(scope)[factKey(dimension, value)];
      return sighting !== undefined && sighting.at <= at ? sighting.at : undefined;
    },
  };
}

/** What came before an activity, without copies of it, and of others only the copy that counts; in one account an id is enough. */
function othersIn(recent: readonly Activity[], { id }: Activity): readonly Activity[] {
  const copies = new Map<string, Activity>();
  for (const each of recent) {
    const other = copies.get(each.id);
    if (each.id !== id && (other === undefined || counts(each, other))) copies.set(each.id, each);
  }
  return copies.size === recent.length ? recent : recent.filter((each) => copies.get(each.id) === each);
}

/** Whether a value of a scope has settled by a time, ms, and where it was suspect has aged. */
const isFamiliarAt = (
  { at: sighted, suspect }: Sighting,
  scope: string,
  at: number,
  policy: Policy,
): boolean =>
  sighted <= at - policy.learning.settle &&
  (suspect === undefined || sighted <= at - quarantineOf(suspect, scope, policy));

/**
 * Whether a judgement leaves alone a sheet that its activity has facts about, because nothing could be asked of it. So most
 * launches and shares read and write no sheet but those of their own.
 *
 * - The circle of those who launch in a Region has nothing to add where the account knows the Region. What an account launched
 *   there first it has been told before.
 * - Other accounts are asked whether they are ours only where the policy names none.
 *
 * @param sheets at least that of the account, where there is one
 */
export function isLeftAlone(
  scope: string,
  activity: Activity,
  sheets: ReadonlyMap<string, FactSheet>,
  policy: Policy,
): boolean {
  if (scope.startsWith('account#'))
    return scope !== accountScope(activity) && policy.organisation.accounts.length > 0;
  return scope === regionOf(activity).scope && isRegionKnown(activity, sheets, policy);
}

function isRegionKnown(activity: Activity, sheets: ReadonlyMap<string, FactSheet>, policy: Policy): boolean {
  const scope = accountScope(activity);
  const sighting = sheets.get(scope)?.seen[factKey('region', activity.region)];
  return (
    sighting !== undefined && sighting.at < activity.at && isFamiliarAt(sighting, scope, activity.at, policy)
  );
}

/**
 * How long a suspect value of a scope is not learnt, ms; for ever where a person has called it an attack. A stolen session ends, so
 * what it showed of itself ages sooner than what it showed of a house in which nobody else has ever done the like.
 */
export function quarantineOf(suspect: Suspicion, scope: string, { learning }: Policy): number {
  if (suspect === 'confirmed') return Number.POSITIVE_INFINITY;
  return suspect === 'leaked-key' || (suspect === 'critical' && isOfHouse(scope))
    ? Math.max(learning.quarantine, learning.keyQuarantine)
    : learning.quarantine;
}

/** Whether a scope is of an account, what is in it, or of accounts, and not of one who acts, their credentials or their colleagues. */
const isOfHouse = (scope: string): boolean => /^(?:account|image|volume|region)#/.test(scope);

const NOTHING_SEEN: FactSheet['seen'] = {};

function countOf(
  seen: FactSheet['seen'],
  dimension: Dimension,
  counts: (key: string, sighting: Sighting) => boolean,
): number {
  let count = 0;
  for (const key in seen) if (isOf(key, dimension) && counts(key, seen[key] as Sighting)) count += 1;
  return count;
}
