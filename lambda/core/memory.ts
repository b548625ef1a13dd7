import type { Activity } from './activity.ts';
import {
  accountScope,
  DAY,
  type Dimension,
  type FactSheet,
  factKey,
  MAX_VALUES,
  roleScope,
  scopesOf,
  subjectScope,
} from './facts.ts';
import { type Lineage, NO_LINEAGE } from './lineage/lineage.ts';
import type { Policy } from './policy.ts';

/**
 * Most recent earlier activities of one subject that a judgement looks at. Bounds its cost for an actor with any number
 * of records; fifty calls within the window are a burst by any measure.
 */
export const RECENT_LIMIT = 50;

/** What history says about one value. */
export type Familiarity = 'familiar' | 'new' | 'suspect' | 'unknown';

/** What the history answers about one activity. */
export interface Memory {
  /** Earlier activities of the same subject within the policy's window, oldest first, at most `RECENT_LIMIT`. */
  readonly recent: readonly Activity[];
  /** Where the data on the resources of this activity comes from, whoever brought it there. */
  readonly lineage: Lineage;
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
  /** When a value was first seen, at or before this activity; for births and events rather than habits. */
  firstSeen(scope: string, dimension: Dimension, value: string): number | undefined;
}

/** Looks at fact sheets and a window of activities with the eyes of one activity: nothing after it counts. */
export function memoryOf(
  activity: Activity,
  sheets: ReadonlyMap<string, FactSheet>,
  recent: readonly Activity[],
  policy: Policy,
  lineage: Lineage = NO_LINEAGE,
): Memory {
  const { at } = activity;
  const settled = at - policy.learning.settle;
  const aged = at - policy.learning.quarantine;
  const scopes = new Set(scopesOf(activity));
  const seenOf = (scope: string): FactSheet['seen'] => {
    // Its sheet may not have been read, and whoever changes it would not know whom it concerns: a defect of a signal.
    if (!scopes.has(scope)) throw new Error(`a judgement of ${activity.kind} may not ask ${scope}`);
    return sheets.get(scope)?.seen ?? {};
  };
  const keysOf = (scope: string, dimension: Dimension) =>
    Object.keys(seenOf(scope)).filter((key) => key.startsWith(`${dimension}:`));

  const familiarity: Memory['familiarity'] = (scope, dimension, value) => {
    const sighting = seenOf(scope)[factKey(dimension, value)];
    if (sighting === undefined || sighting.at > settled) {
      const earlier = keysOf(scope, dimension).filter((key) => (seenOf(scope)[key]?.at ?? at) <= settled);
      return earlier.length >= MAX_VALUES[dimension] ? 'unknown' : 'new';
    }
    return sighting.suspect === true && sighting.at > aged ? 'suspect' : 'familiar';
  };

  const today = Math.floor(at / DAY);
  const activeDays = (scope: string): number =>
    keysOf(scope, 'day').filter((key) => Number(key.slice('day:'.length)) < today).length;
  const accountSince = seenOf(accountScope(activity))[factKey('since', '')]?.at ?? at;

  return {
    recent,
    lineage,
    activeDays: activeDays(subjectScope(activity)),
    roleActiveDays: activeDays(roleScope(activity)),
    learning: at < accountSince + policy.learning.period,
    accountSince,
    familiarity,
    known: (scope, dimension) =>
      keysOf(scope, dimension)
        .map((key) => key.slice(dimension.length + 1))
        .filter((value) => familiarity(scope, dimension, value) === 'familiar')
        .sort(),
    firstSeen: (scope, dimension, value) => {
      const sighting = seenOf(scope)[factKey(dimension, value)];
      return sighting !== undefined && sighting.at <= at ? sighting.at : undefined;
    },
  };
}
