import type { Activity } from '../../core/activity/activity.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { isObj } from '../../core/records/cloudtrail/read.ts';
import type { Damage } from './damage.ts';
import { OUTSIDE, outside, type Span } from './span.ts';

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
  damaged: 0,
  damages: [],
  consumed: 0,
  delivered: 0,
});

export function countSkipped(reading: Reading, reason: string, times = 1): void {
  reading.records += times;
  reading.skipped.set(reason, (reading.skipped.get(reason) ?? 0) + times);
}

/** Adds one parsed record. */
export function addRecord(reading: Reading, record: unknown, span: Span): void {
  if (isObj(record) && outside(span, record.eventTime)) {
    countSkipped(reading, OUTSIDE);
    return;
  }
  const normalised = fromCloudTrail(record);
  if (!normalised.ok) {
    countSkipped(reading, normalised.reason);
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
  for (const [reason, count] of reading.skipped) {
    sum.skipped.set(reason, (sum.skipped.get(reason) ?? 0) + count);
  }
}
