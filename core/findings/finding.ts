import { type Activity, activityKey, byTime } from '../activity/activity.ts';
import type { Suspicion } from '../history/sighting.ts';
import type { Evidence } from '../signals/signal.ts';
import type { Severity } from './severity.ts';

/** One activity with what speaks against it. */
export interface Assessment {
  readonly activity: Activity;
  readonly evidence: readonly Evidence[];
  /** 0..100, one decimal. */
  readonly score: number;
  /** Judged while the account was in its learning period. */
  readonly learning?: true;
  /** The change of what stands behind a launch by a service, where it is a member: the launch is its consequence. */
  readonly follows?: Followed;
  /** Earlier activities, by anyone, that its evidence of lineage rests on; at most `MAX_BEHIND`. */
  readonly behind?: readonly Activity[];
  /** How what it was the first to show has been marked in the fact sheets. */
  readonly suspect?: Suspicion;
}

/** A change by someone, named so that its finding can be told apart. */
export interface Followed {
  readonly account: string;
  readonly subject: string;
  readonly id: string;
  readonly at: number;
  /** What follows it is a member by its own evidence, and stays among what its own subject did. */
  readonly own?: true;
}

/** Activities kept behind one member: a longer path is still followed, but the finding tells its nearest steps. */
export const MAX_BEHIND = 12;

/**
 * Assessments that belong together, as they are told. A finding that has been told and is none any more is told once again:
 * as `withdrawn` when later records explained it away, as `merged` when they showed it to be part of another.
 */
export interface FindingRecord {
  /** Derived from account and id of the first member: the same on every run. */
  readonly id: string;
  readonly account: string;
  /** Key of the subject of the first member. */
  readonly subject: string;
  readonly status: 'open' | 'merged' | 'withdrawn';
  /** Id of the finding that it is part of now. */
  readonly into?: string;
  /** Time of the first and last member by this subject, ms; of a closed record, as they last were. */
  readonly start: number;
  readonly end: number;
  /** Time of the last member by anyone, ms: a story goes on when others carry on the data. */
  readonly last: number;
  /** Members, best evidence first. Beyond 50 they keep no evidence, beyond 500 they are not kept. */
  readonly members: readonly Assessment[];
  /** Activities that are not kept as members. */
  readonly truncated?: true;
  /** 0..100, one decimal, over all members. */
  readonly score: number;
  readonly severity: Severity;
}

/** Orders assessments by time; at the same second a launch comes after the change it follows. */
export const inSequence = (a: Assessment, b: Assessment): number =>
  a.activity.at - b.activity.at ||
  Number(a.follows !== undefined) - Number(b.follows !== undefined) ||
  byTime(a.activity, b.activity);

/** Everything a finding tells, oldest first: its members, and what their lineage rests on though it is not suspect itself. */
export function inStory({ members }: Pick<FindingRecord, 'members'>): Assessment[] {
  const told = new Map(members.map((member) => [activityKey(member.activity), member]));
  for (const activity of members.flatMap(({ behind }) => behind ?? [])) {
    const key = activityKey(activity);
    if (!told.has(key)) told.set(key, { activity, evidence: [], score: 0 });
  }
  return [...told.values()].sort(inSequence);
}
