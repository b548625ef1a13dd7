import type { Cloud } from '../../core/records/cloud.ts';
import { eventTime } from '../../core/records/cloudtrail/event-time.ts';

/** Which records are looked at: those between two times, ms, and of one cloud where it is named. */
export interface TimeRange {
  /** What every record is read as; told by the record where absent. */
  readonly cloud?: Cloud;
  /** Inclusive. */
  readonly since: number;
  /** Exclusive. */
  readonly until: number;
}

export const ALWAYS: TimeRange = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
/** What the records outside are counted under. */
export const OUTSIDE = 'outside --learn-from and --until';
/** What records of other clouds are counted under. */
export const ELSEWHERE = 'not of the --cloud named';

export const isBounded = ({ since, until }: TimeRange): boolean =>
  since > Number.NEGATIVE_INFINITY || until < Number.POSITIVE_INFINITY;

/** Whether a record's time lies outside; one without a readable time does not. */
export function outside(range: TimeRange, time: unknown): boolean {
  if (!isBounded(range)) return false;
  const at = eventTime(time);
  return at !== undefined && (at < range.since || at >= range.until);
}
