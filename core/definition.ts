import { type Activity, byPlace, byTime, copyKey, placeKey } from './activity/activity.ts';
import { joinedActs } from './activity/acts.ts';
import { firstIndex, getOrMake } from './activity/sorted.ts';
import { assess, withBehind } from './findings/assess.ts';
import { withinBudget } from './findings/budget.ts';
import { type Decision, decidedByPlace, withDecided } from './findings/decision.ts';
import type { Assessment, FindingRecord } from './findings/finding.ts';
import { followedBy } from './findings/follow.ts';
import { isFollower } from './findings/sessions.ts';
import { findingsOf, isTold } from './findings/stories.ts';
import { REACH, suspicionOf } from './findings/suspicion.ts';
import {
  actorScope,
  emptySheet,
  type FactSheet,
  factsOf,
  learn,
  learntFrom,
  setSuspect,
  subjectScope,
} from './history/facts.ts';
import { looksBack } from './history/looking-back.ts';
import { peaksOf } from './history/peaks.ts';
import { recentBefore } from './history/recent.ts';
import type { Suspicion } from './history/sighting.ts';
import { isByService } from './lineage/automation.ts';
import { explore, type Lineage } from './lineage/lineage.ts';
import { entriesOf, RESOURCES } from './lineage/timelines.ts';
import { NEAREST } from './lineage/walk.ts';
import type { Policy } from './policy/policy.ts';
import { memoryOf } from './signals/memory.ts';

/**
 * What the detector means: the findings of a set of activities, in one pass in order of time.
 *
 * Whatever runs must end in what this says of the activities that it was given: desk or Lambda, in any order of arrival, with
 * any number of workers, dying anywhere. Read it first. The tests of order compare with it.
 *
 * Where a cloud tells one act in several records, each is a part, and what is judged is what the parts together say.
 *
 * A record may come again, corrected: with another time, or of another subject. Each copy is judged, and what each has shown stays
 * known, so it does not matter when the others come. Whoever looks back sees, of the copies that had happened by then, the one that
 * counts (`counts`). A finding holds the one that counts of those that are told.
 *
 * What people decided about findings is an input, too: it says from which records nothing, or all, must be learnt.
 */
export function definition(
  activities: readonly Activity[],
  policy: Policy,
  decisions: readonly Decision[] = [],
): FindingRecord[] {
  const decided = decidedByPlace(decisions);
  const acts = joinedActs(activities);
  const all = [...new Map(acts.map((each) => [copyKey(each), each])).values()].sort(inTurn);
  const timelines = timelinesOf(all);
  const sheets = learnt(all, timelines, policy);
  const told = new Map<string, Assessment>();
  const suspects = suspectsIn(sheets, policy);
  for (const activity of all) {
    const recent = recentOf(activity, timelines, policy);
    const lineage = lineageOf(activity, timelines, policy);
    const memory = memoryOf(activity, sheets, recent, policy, lineage);
    const assessed = withBehind(assess(activity, memory, policy), lineage, recent);
    const verdict = followedBy(assessed, lineage.changes, (change) => told.has(copyKey(change)), policy);
    if (!isTold(verdict, policy)) continue;
    const kept = withDecided(withinBudget(verdict), decided.get(copyKey(activity)));
    told.set(copyKey(activity), kept);
    suspects.add(kept);
  }
  return findingsOf([...told.values()], policy);
}

/** Orders by time. At the same moment what a service launches, or uses of a share, comes after what it may follow. */
const inTurn = (a: Activity, b: Activity): number =>
  a.at - b.at || Number(mayFollow(a)) - Number(mayFollow(b)) || byPlace(a, b);

const mayFollow = (activity: Activity): boolean => activity.kind === 'snapshot.use' || isByService(activity);

type Timelines = ReadonlyMap<string, readonly Activity[]>;

/** What each subject did, and what happened to each resource, in order of time. */
function timelinesOf(all: readonly Activity[]): Timelines {
  const timelines = new Map<string, Activity[]>();
  for (const activity of all.toSorted(byPlace)) {
    if (looksBack(activity)) getOrMake(timelines, subjectScope(activity), () => []).push(activity);
    for (const { account, subject } of entriesOf(activity))
      if (account === RESOURCES) getOrMake(timelines, subject, () => []).push(activity);
  }
  return timelines;
}

const recentOf = (activity: Activity, timelines: Timelines, policy: Policy): readonly Activity[] =>
  recentBefore(timelines.get(subjectScope(activity)) ?? [], activity, policy.timeWindow);

/** All facts of all activities. Each says when something was first seen, so a judgement can leave out what came after it. */
function learnt(all: readonly Activity[], timelines: Timelines, policy: Policy): Map<string, FactSheet> {
  const sheets = new Map<string, FactSheet>();
  for (const activity of all) {
    const facts = factsOf(activity, peaksOf(activity, recentOf(activity, timelines, policy)));
    for (const scope of new Set(facts.map((fact) => fact.scope)))
      sheets.set(
        scope,
        learn(sheets.get(scope) ?? emptySheet(scope), learntFrom(activity, facts), activity).sheet,
      );
  }
  return sheets;
}

function lineageOf(activity: Activity, timelines: Timelines, policy: Policy): Lineage {
  const nearest = (key: string): readonly Activity[] =>
    (timelines.get(key) ?? [])
      .filter(({ at }) => at <= activity.at && at >= activity.at - policy.lineageWindow)
      .slice(-NEAREST);
  return explore(activity, nearest, policy).lineage;
}

/** Takes verdicts in order of time. Each may make suspect what those of its subject around it were the first to show. */
function suspectsIn(
  sheets: Map<string, FactSheet>,
  policy: Policy,
): { readonly add: (verdict: Assessment) => void } {
  const bySubject = new Map<string, Assessment[]>();
  const followers = new Map<string, Assessment[]>();
  const mark = ({ activity }: Assessment, suspicion: Suspicion | undefined): void => {
    for (const scope of new Set(factsOf(activity).map((fact) => fact.scope)))
      sheets.set(scope, setSuspect(sheets.get(scope) as FactSheet, activity, suspicion).sheet);
  };
  const again = (own: readonly Assessment[], verdict: Assessment): void => {
    if (isFollower(verdict)) return;
    const suspicion = suspicionOf(verdict, own, policy);
    for (const each of [verdict, ...(followers.get(copyKey(verdict.activity)) ?? [])]) mark(each, suspicion);
  };
  return {
    add(verdict) {
      const { activity, follows } = verdict;
      const own = getOrMake(bySubject, subjectScope(activity), () => []);
      const place = firstIndex(own, (other) => byTime(other.activity, activity) < 0);
      own.splice(place, 0, verdict);
      for (const each of own.slice(Math.max(0, place - REACH))) again(own, each);
      if (!isFollower(verdict) || follows === undefined) return;
      getOrMake(followers, placeKey(follows), () => []).push(verdict);
      const others = bySubject.get(actorScope(follows.account, follows.subject)) ?? [];
      for (const change of others) if (copyKey(change.activity) === placeKey(follows)) again(others, change);
    },
  };
}
