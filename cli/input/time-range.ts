import { eventTime } from '../../core/records/cloudtrail/event-time.ts';

/** Times of the records that are looked at, ms. */
export interface TimeRange {
  /** Inclusive. */
  readonly since: number;
  /** Exclusive. */
  readonly until: number;
}

export const ALWAYS: TimeRange = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
/** What the records outside are counted under. */
export const OUTSIDE = 'outside --learn-from and --until';

export const isBounded = ({ since, until }: TimeRange): boolean =>
  since > Number.NEGATIVE_INFINITY || until < Number.POSITIVE_INFINITY;

/** Whether a record's time lies outside; one without a readable time does not. */
export function outside(range: TimeRange, time: unknown): boolean {
  if (!isBounded(range)) return false;
  const at = eventTime(time);
  return at !== undefined && (at < range.since || at >= range.until);
}
