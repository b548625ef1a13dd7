import type { Activity } from '../activity/activity.ts';
import type { FactSheet } from '../history/facts.ts';
import type { Lineage } from '../lineage/lineage.ts';
import type { FindingRecord } from './finding.ts';

/** What was read from the stores around some activities. */
export interface Surroundings {
  readonly sheets: ReadonlyMap<string, FactSheet>;
  /** By subject scope, in order of time; holds at least what a judgement may look at. */
  readonly timelines: ReadonlyMap<string, readonly Activity[]>;
  /** Those within a window of the activities judged or on their lineage, and all that belongs to these. */
  readonly findings: readonly FindingRecord[];
  readonly lineages: ReadonlyMap<Activity, Lineage>;
  /** Later activities that carry on what an activity made, opened or changed. */
  readonly ahead: ReadonlyMap<Activity, readonly Activity[]>;
}
