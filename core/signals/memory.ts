import type { Activity } from '../activity/activity.ts';
import type { FactSheet } from '../history/facts.ts';
import { type Habits, habitsOf } from '../history/habits.ts';
import { type Lineage, NO_LINEAGE } from '../lineage/lineage.ts';
import type { Policy } from '../policy/policy.ts';

/** All that a signal may ask about one activity. */
export interface Memory extends Habits {
  /** Where the data on the resources of this activity comes from, whoever brought it there. */
  readonly lineage: Lineage;
}

/** Looks with the eyes of one activity at what was read around it: nothing after it counts. */
export const memoryOf = (
  activity: Activity,
  sheets: ReadonlyMap<string, FactSheet>,
  recent: readonly Activity[],
  policy: Policy,
  lineage: Lineage = NO_LINEAGE,
  scopes?: Iterable<string>,
): Memory => Object.assign(habitsOf(activity, sheets, recent, policy, scopes), { lineage });
