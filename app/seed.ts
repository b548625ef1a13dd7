import type { Activity } from '../core/activity/activity.ts';
import { digest } from '../core/activity/digest.ts';
import { getOrMake } from '../core/activity/sorted.ts';
import { fromCloudTrail, UNREAD } from '../core/records/cloudtrail/cloudtrail.ts';
import { type DetectDeps, detectActivities } from './detect.ts';

/** Records of one object of a trail. */
export interface TrailObject {
  readonly records: readonly unknown[];
  /** Why some or all of it could not be read. */
  readonly damage?: string;
}

/** Objects of a trail, and what is kept of them on the way. */
export interface TrailObjects {
  /** CloudTrail records of an object of the trail; throws where it is out of reach. */
  records(key: string): Promise<TrailObject>;
  /** Keeps activities under a name; again under the same name, it takes their place. */
  keep(name: string, activities: readonly Activity[]): Promise<void>;
  /** What was kept, by its key. */
  kept(key: string): Promise<readonly Activity[]>;
  /** Notes under a name what one reading came to; again under the same name, it takes the note's place. */
  note(name: string, counts: ReadCounts): Promise<void>;
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
    readonly step: 'begin' | 'read' | 'judge' | 'tell';
    /** A seed is judged into the tables of the stack, a replay into its own. */
    readonly task: 'seed' | 'replay';
    /** Names the run: what it keeps lies under it. */
    readonly run: string;
    /** Bucket of the trail. */
    readonly trail: string;
    readonly wanted: Wanted;
  };
  /** Objects of the trail, or of the results. */
  readonly Items: readonly { readonly Key: string }[];
}

/** Tables that a piece of work judges into: those of the stack, or the replay's own, whose names begin in one way. */
export const tablesFor = (
  { task, run }: Pick<SeedStep['BatchInput'], 'task' | 'run'>,
  { HISTORY, FINDINGS, OF_REPLAYS }: Readonly<Record<'HISTORY' | 'FINDINGS' | 'OF_REPLAYS', string>>,
): { readonly history: string; readonly findings: string } =>
  task === 'seed'
    ? { history: HISTORY, findings: FINDINGS }
    : { history: `${OF_REPLAYS}${run}-history`, findings: `${OF_REPLAYS}${run}-findings` };

/** What reading came to. */
export interface ReadCounts {
  readonly objects: number;
  readonly records: number;
  readonly activities: number;
  /** Watched records that could not be read. */
  readonly unread: number;
  /** Objects that could not be read, or not whole, each with the reason. */
  readonly damaged: readonly string[];
}

/** Activities judged in one go. */
const BATCH = 200;

/**
 * Reads some objects of a trail and keeps what is watched, by day, so that it can be judged nearly in order of time. Which objects
 * are read together, by how many and how often, makes no difference: an activity is what its record says, and nothing else. A damaged
 * object is noted and the others are read: a year of an organisation must not fail at one of them.
 */
export async function readTrail(
  objects: TrailObjects,
  keys: readonly string[],
  wanted: Wanted,
): Promise<ReadCounts> {
  const days = new Map<string, Activity[]>();
  const damaged: string[] = [];
  const counts = { objects: keys.length, records: 0, activities: 0, unread: 0, damaged };
  for (const key of keys) {
    const { records, damage } = await objects.records(key);
    if (damage !== undefined) damaged.push(`${key}: ${damage}`);
    for (const record of records) {
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
  await objects.note(name, counts);
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
