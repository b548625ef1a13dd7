import { DAY } from '../history/facts.ts';
import type { Familiarity } from '../history/habits.ts';
import type { Policy } from '../policy/policy.ts';
import { span } from './signal.ts';

/**
 * How far back a "never" reaches. A value stays new for the settling time after it was first seen, so a plain "before"
 * would be untrue of the second launch of a morning; the date of the first is not named, since a late record could still
 * change it without changing the answer.
 */
export function untilNow(familiarity: Familiarity, { learning }: Policy): string {
  return familiarity === 'suspect'
    ? 'except as part of another finding'
    : `before the last ${span(learning.settle)}`;
}

/** Of some values the new ones, or where none is new the suspect ones, so that one sentence is true of them all. */
export function strange(
  values: readonly string[],
  familiarity: (value: string) => Familiarity,
): { values: string[]; familiarity: Familiarity } {
  const fresh = values.filter((value) => familiarity(value) === 'new');
  if (fresh.length > 0) return { values: fresh, familiarity: 'new' };
  return { values: values.filter((value) => familiarity(value) === 'suspect'), familiarity: 'suspect' };
}

/** Strength of something new by its age: full on its first day, then falling evenly to `least` at the end of its period. */
export function fading(age: number, period: number, least: number): number {
  const part = Math.max(0, age - DAY) / Math.max(1, period - DAY);
  return 1 - (1 - least) * Math.min(1, part);
}
