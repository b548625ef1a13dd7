/** A stretch of time, ms since the epoch; both ends are inclusive. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}
