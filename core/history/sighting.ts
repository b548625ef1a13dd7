/** When a value was first seen and by which activity. */
export interface Sighting {
  /** ms since the epoch. */
  readonly at: number;
  /** First eight characters of the activity's id: enough to break a tie within a second. */
  readonly id: string;
  /** First seen inside a finding of MEDIUM or worse: not to be learnt from until it has aged. */
  readonly suspect?: Suspicion;
}

/** In what a value was first seen: a finding, or a CRITICAL one by way of a long-lived key. */
export type Suspicion = 'finding' | 'leaked-key';
