import type { Activity } from './activity.ts';
import type { Severity } from './policy.ts';
import type { Evidence } from './signals/signal.ts';

/** One activity with what speaks against it. */
export interface Assessment {
  readonly activity: Activity;
  readonly evidence: readonly Evidence[];
  /** 0..100, one decimal. */
  readonly score: number;
  /** Judged while the account was in its learning period. */
  readonly learning?: true;
}

/**
 * Assessments that belong together, as stored. `withdrawn` when later records explained it away, `merged` when a later
 * record showed it to be part of another.
 */
export interface FindingRecord {
  /** Derived from account and id of the first member: the same on every run. */
  readonly id: string;
  readonly account: string;
  /** Key of the subject of the first member. */
  readonly subject: string;
  readonly status: 'open' | 'merged' | 'withdrawn';
  /** Id of the finding it was merged into. */
  readonly into?: string;
  /** Where that finding is kept; only of a record that stands for one session of a longer story. */
  readonly at?: { readonly account: string; readonly subject: string; readonly start: number };
  /** Time of the first and last member by this subject, ms; of a closed record, as they last were. */
  readonly start: number;
  readonly end: number;
  /** Time of the last member by anyone, ms: a story goes on when others carry on the data. */
  readonly last: number;
  /** Members, best evidence first. Beyond 50 they keep no evidence, beyond 500 they are not kept. */
  readonly members: readonly Assessment[];
  /** Activities that were no longer kept as members; a lower bound. */
  readonly truncated?: true;
  /** 0..100, one decimal, over all members. */
  readonly score: number;
  readonly severity: Severity;
}
