import { type Activity, activityKey, byTime } from '../activity/activity.ts';
import type { Suspicion } from '../history/sighting.ts';
import type { Evidence } from '../signals/signal.ts';
import type { Decided, Triage } from './decision.ts';
import type { Severity } from './severity.ts';

/** One activity with what speaks against it. */
export interface Assessment {
  readonly activity: Activity;
  readonly evidence: readonly Evidence[];
  /** 0..100, one decimal. */
  readonly score: number;
  /** Judged while the account was in its learning period. */
  readonly learning?: true;
  /** Version of the policy that it was first judged so by; absent for one that was not pushed. */
  readonly policy?: number;
  /**
   * Since when the history reaches back that this was judged against, ms: the first record of the account. Absent where that was
   * less than the settling time before, for such a history says nothing yet.
   */
  readonly since?: number;
  /** Names that join it with what the same person did under other names within the window (`personNames`). */
  readonly person?: readonly string[];
  /** The change that a launch by a service is a consequence of, where that change is told. */
  readonly follows?: Followed;
  /** Earlier activities by anyone that its evidence of lineage rests on, at most `MAX_BEHIND`. */
  readonly behind?: readonly Activity[];
  /** It has lost some of what it says, or of its activity, to be short enough to be kept. */
  readonly shortened?: Shortened;
  /** How the fact sheets mark what it was the first to show. */
  readonly suspect?: Suspicion;
  /** The last decision of a person that covers it. */
  readonly decided?: Decided;
}

/** How much a verdict has lost: to fit its budget, or because a store would not take what was left. */
export type Shortened = 'bounded' | 'without behind' | 'bare';

/** A change by someone, by the parts of its place. */
interface Followed {
  readonly account: string;
  readonly subject: string;
  readonly id: string;
  readonly at: number;
  /** What follows it is told by its own evidence as well, and stays among what its own subject did. */
  readonly own?: true;
}

/** Activities kept behind one member. A longer path is followed to its end, and the finding tells its nearest steps. */
export const MAX_BEHIND = 12;

/**
 * Assessments that belong together, as they are told. Once a finding has been told, later records may explain it away or show
 * it to be part of another: then it is told once again, as `withdrawn` or as `merged`.
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
  /** Time of the first and last member by this subject, ms. In a closed finding they are as they last were. */
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
  /** Absent until somebody has decided about any of its members. */
  readonly triage?: Triage;
}

/** Orders assessments by time. At the same moment a launch comes after the change that it follows. */
export const inSequence = (a: Assessment, b: Assessment): number =>
  a.activity.at - b.activity.at ||
  Number(a.follows !== undefined) - Number(b.follows !== undefined) ||
  byTime(a.activity, b.activity);

/** Everything a finding tells, oldest first: its members, and the innocent activities that their lineage rests on. */
export function inStory({ members }: Pick<FindingRecord, 'members'>): Assessment[] {
  const told = new Map(members.map((member) => [activityKey(member.activity), member]));
  for (const activity of members.flatMap(({ behind }) => behind ?? [])) {
    const key = activityKey(activity);
    if (!told.has(key)) told.set(key, { activity, evidence: [], score: 0 });
  }
  return [...told.values()].sort(inSequence);
}
