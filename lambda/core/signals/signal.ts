import type { Activity, Kind } from '../activity.ts';
import type { Memory } from '../memory.ts';
import type { Policy } from '../policy.ts';
import type { SignalId } from './weights.ts';

/** Evidence of one family shares a cause, so it is not counted twice in full. */
export type Family = 'person' | 'place' | 'thing' | 'volume' | 'snapshot' | 'share' | 'sensitivity';

/** Why an activity is suspicious, and how much. */
export interface Evidence {
  readonly signal: SignalId;
  /** 0 (hardly) to 1 (fully). */
  readonly strength: number;
  /** One sentence a person can check. */
  readonly reason: string;
  /** Rests only on never having seen something before. */
  readonly novelty?: true;
  /** Ids of earlier activities behind it. */
  readonly refs?: readonly string[];
}

/** What a signal may answer: everything of Evidence but its own name. */
export type Answer = Omit<Evidence, 'signal'>;

/** A pure question about one activity and what history says about it. */
export interface Signal {
  readonly id: SignalId;
  readonly family: Family;
  /** One sentence: what it asks. */
  readonly description: string;
  readonly appliesTo: readonly Kind[];
  /** Undefined when it has nothing to say, also for want of history. */
  evaluate(activity: Activity, memory: Memory, policy: Policy): Answer | undefined;
}

/** Calls that start compute. */
export const LAUNCHES: readonly Kind[] = ['instance.launch'];
/** Calls that copy a disk's data into a new place. */
export const SNAPSHOTS: readonly Kind[] = ['snapshot.create', 'snapshot.copy', 'volume.copy', 'image.create'];
/** Calls that start compute or move data: what the person and place signals judge. */
export const SENSITIVE: readonly Kind[] = [
  ...LAUNCHES,
  ...SNAPSHOTS,
  'snapshot.share',
  'image.share',
  'instance.export',
  'image.export',
];
