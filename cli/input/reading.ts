import type { Activity } from '../../core/activity/activity.ts';
import { fromOtherCloud, isNoEvent, readAs } from '../../core/records/clouds.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { looksLike } from '../../core/records/cloudtrail/looks-like.ts';
import { isObj } from '../../core/records/cloudtrail/read.ts';
import type { Damage } from './damage.ts';
import { ELSEWHERE, OUTSIDE, outside, type TimeRange } from './time-range.ts';

/** What a stretch of input came to. */
export interface Reading {
  /** Files that begin in it. */
  files: number;
  /** Records found, whatever became of them. */
  records: number;
  /** What is to be judged, in the order found. */
  readonly activities: Activity[];
  /** Records that are not, by reason. */
  readonly skipped: Map<string, number>;
  /** Of these, what is no CloudTrail event, by what it looks like. */
  readonly foreign: Map<string, number>;
  /** What belongs to a trail and holds no record (digests, notices), by name. */
  readonly aside: Map<string, number>;
  /** The first objects that notices name. */
  readonly objects: string[];
  /** Damages met; of each file the first few are told in `damages`. */
  damaged: number;
  readonly damages: Damage[];
  /** Bytes on disk that are done with. */
  consumed: number;
  /** Delivery of its last file as its name tells, ms since 1970: no file read later was delivered earlier; 0 unknown. */
  delivered: number;
}

export const emptyReading = (): Reading => ({
  files: 0,
  records: 0,
  activities: [],
  skipped: new Map(),
  foreign: new Map(),
  aside: new Map(),
  objects: [],
  damaged: 0,
  damages: [],
  consumed: 0,
  delivered: 0,
});

export function countSkipped(reading: Reading, reason: string, times = 1): void {
  reading.records += times;
  count(reading.skipped, reason, times);
}

const count = (counts: Map<string, number>, name: string, times = 1): void => {
  counts.set(name, (counts.get(name) ?? 0) + times);
};

/** Objects of notices that are kept: enough to show what to read. */
const MOST_OBJECTS = 3;
/** What nothing is known of. */
export const UNKNOWN = 'nothing known';

/** Adds what a trail has beside its records. */
export function countAside(reading: Reading, name: string, objects: readonly string[] = []): void {
  count(reading.aside, name);
  reading.objects.push(...objects.slice(0, Math.max(0, MOST_OBJECTS - reading.objects.length)));
}

/** Adds something that is no CloudTrail event. */
function countForeign(reading: Reading, value: unknown): void {
  reading.records++;
  count(reading.foreign, looksLike(value) ?? UNKNOWN);
}

/** Adds one parsed record. */
export function addRecord(reading: Reading, record: unknown, range: TimeRange): void {
  if (isObj(record) && record.eventName !== undefined && outside(range, record.eventTime)) {
    countSkipped(reading, OUTSIDE);
    return;
  }
  const ours = fromCloudTrail(record);
  const isForeign = isNoEvent(ours);
  const found = isForeign ? fromOtherCloud(record) : ours;
  const normalised = range.cloud === undefined ? found : readAs(range.cloud, record);
  if (normalised === undefined) {
    if (found === undefined) countForeign(reading, record);
    else countSkipped(reading, ELSEWHERE);
    return;
  }
  if (!normalised.ok) {
    countSkipped(reading, normalised.reason);
    return;
  }
  // other clouds have the time in other places, so it is asked of what was read
  if (isForeign && outside(range, normalised.activity.at)) {
    countSkipped(reading, OUTSIDE);
    return;
  }
  reading.records++;
  reading.activities.push(normalised.activity);
}

/** Adds one reading to another. */
export function addReading(sum: Reading, reading: Reading): void {
  sum.files += reading.files;
  sum.records += reading.records;
  sum.consumed += reading.consumed;
  sum.delivered = Math.max(sum.delivered, reading.delivered);
  sum.damaged += reading.damaged;
  for (const activity of reading.activities) sum.activities.push(activity);
  for (const damage of reading.damages) sum.damages.push(damage);
  for (const counted of ['skipped', 'foreign', 'aside'] as const) {
    for (const [name, times] of reading[counted]) count(sum[counted], name, times);
  }
  sum.objects.push(...reading.objects.slice(0, Math.max(0, MOST_OBJECTS - sum.objects.length)));
}
