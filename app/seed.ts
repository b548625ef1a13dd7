import type { Activity } from '../core/activity/activity.ts';
import { digest } from '../core/activity/digest.ts';
import { getOrMake } from '../core/activity/sorted.ts';
import { fromCloudTrail, UNREAD } from '../core/records/cloudtrail/cloudtrail.ts';
import { type DetectDeps, detectActivities } from './detect.ts';

/** Objects of a trail, and what is kept of them on the way. */
export interface TrailObjects {
  /** CloudTrail records of an object of the trail; throws where it is damaged or out of reach. */
  records(key: string): Promise<readonly unknown[]>;
  /** Keeps activities under a name; again under the same name, it takes their place. */
  keep(name: string, activities: readonly Activity[]): Promise<void>;
  /** What was kept, by its key. */
  kept(key: string): Promise<readonly Activity[]>;
}

/** What is wanted of a trail. Times in ms. */
export interface Wanted {
  readonly from: number;
  readonly until: number;
  /** Absent: all. */
  readonly accounts?: readonly string[];
}

/** One piece of work, as a distributed map of Step Functions hands it over. */
export interface SeedStep {
  readonly BatchInput: {
    readonly step: 'begin' | 'read' | 'judge';
    /** Names the run: what it keeps lies under it. */
    readonly run: string;
    /** Bucket of the trail. */
    readonly trail: string;
    readonly wanted: Wanted;
  };
  /** Objects of the trail, or of the results. */
  readonly Items: readonly { readonly Key: string }[];
}

interface ReadCounts {
  readonly objects: number;
  readonly records: number;
  readonly activities: number;
  /** Watched records that could not be read. */
  readonly unread: number;
}

/** Activities judged in one go. */
const BATCH = 200;

/**
 * Reads some objects of a trail and keeps what is watched, by day, so that it can be judged nearly in order of time. Which objects
 * are read together, by how many and how often, makes no difference: an activity is what its record says, and nothing else.
 */
export async function readTrail(
  objects: TrailObjects,
  keys: readonly string[],
  wanted: Wanted,
): Promise<ReadCounts> {
  const days = new Map<string, Activity[]>();
  const counts = { objects: keys.length, records: 0, activities: 0, unread: 0 };
  for (const key of keys) {
    for (const record of await objects.records(key)) {
      counts.records += 1;
      const read = fromCloudTrail(record);
      if (!read.ok) {
        if (UNREAD.has(read.reason)) counts.unread += 1;
        continue;
      }
      if (!isWanted(read.activity, wanted)) continue;
      counts.activities += 1;
      getOrMake(days, dayOf(read.activity), () => []).push(read.activity);
    }
  }
  const name = digest([...keys].sort());
  for (const [day, activities] of days) await objects.keep(`${day}/${name}`, activities);
  return counts;
}

const dayOf = ({ at }: Activity): string => new Date(at).toISOString().slice(0, 10);

const isWanted = ({ at, account }: Activity, { from, until, accounts }: Wanted): boolean =>
  at >= from && at < until && (accounts === undefined || accounts.includes(account));

/**
 * Judges what was kept, as if it had just arrived. Several may do so at the same time, and again after a failure: in whatever order
 * activities come, the detector ends in what the definition says of all of them.
 *
 * @throws Error where one could not be judged, so that these objects are tried again
 */
export async function judgeKept(
  deps: DetectDeps,
  objects: Pick<TrailObjects, 'kept'>,
  keys: readonly string[],
): Promise<{ readonly judged: number }> {
  let judged = 0;
  for (const key of keys) {
    const activities = [...(await objects.kept(key))].sort((a, b) => a.at - b.at);
    for (let from = 0; from < activities.length; from += BATCH) {
      for (const outcome of await detectActivities(deps, activities.slice(from, from + BATCH))) {
        if (outcome.status === 'failed') throw new Error(`${key}: ${outcome.error}`);
        judged += 1;
      }
    }
  }
  return { judged };
}
