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
  /** Derived from account, subject and the first member's id: the same on every run. */
  readonly id: string;
  readonly account: string;
  /** Key of the subject judged. */
  readonly subject: string;
  readonly status: 'open' | 'merged' | 'withdrawn';
  /** Id of the finding it was merged into. */
  readonly into?: string;
  /** Time of the first and last member, ms; of a closed record, as they last were. */
  readonly start: number;
  readonly end: number;
  /** Members, best evidence first. Beyond 50 they keep no evidence, beyond 500 they are not kept. */
  readonly members: readonly Assessment[];
  /** Activities that were no longer kept as members; a lower bound. */
  readonly truncated?: true;
  /** 0..100, one decimal, over all members. */
  readonly score: number;
  readonly severity: Severity;
}
