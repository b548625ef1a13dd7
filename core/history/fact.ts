/**
 * What a fact is about. A fact says only when something was first seen, so that repetition and order cannot change it:
 * counts are kept as the first time a count was reached (`peak`), frequency as the first ten active days (`day`).
 */
export type Dimension =
  | 'since'
  | 'unproved'
  | 'day'
  | 'hour'
  | 'region'
  | 'enabled-region'
  | 'network'
  | 'workload-network'
  | 'country'
  | 'kind'
  | 'opening'
  | 'family'
  | 'image'
  | 'profile'
  | 'person'
  | 'peak'
  | 'plan'
  | 'snapshots'
  | 'copied'
  | 'created'
  | 'able'
  | 'user'
  | 'share'
  | 'asks'
  | 'member'
  | 'deed';

/** One piece of history that an activity proves. */
export interface Fact {
  /** Whose history: see the scope functions below. */
  readonly scope: string;
  readonly dimension: Dimension;
  readonly value: string;
}
