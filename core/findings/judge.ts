import { dequal } from 'dequal/lite';
import { type Activity, byTime, copyKey, placeKey } from '../activity/activity.ts';
import { firstIndex } from '../activity/sorted.ts';
import { type Affected, affectedAgain, affectedBy, affectedByMark } from '../history/affected.ts';
import {
  actorScope,
  emptySheet,
  type FactSheet,
  factsOf,
  learn,
  learntFrom,
  setSuspect,
  subjectScope,
} from '../history/facts.ts';
import { isLeftAlone } from '../history/habits.ts';
import { peaksOf } from '../history/peaks.ts';
import { recentBefore } from '../history/recent.ts';
import type { Suspicion } from '../history/sighting.ts';
import { isBehind } from '../lineage/behind.ts';
import type { Lineage } from '../lineage/lineage.ts';
import type { Policy } from '../policy/policy.ts';
import { memoryOf } from '../signals/memory.ts';
import { assess, withBehind } from './assess.ts';
import { shortenedTo, withinBudget } from './budget.ts';
import { withDecided } from './decision.ts';
import type { Assessment } from './finding.ts';
import { agrees, followedBy } from './follow.ts';
import { isFollower } from './sessions.ts';
import { isTold } from './stories.ts';
import { REACH, reachOf, suspicionOf } from './suspicion.ts';

/** What was read from the stores around some activities. */
export interface Surroundings {
  readonly sheets: ReadonlyMap<string, FactSheet>;
  /** By subject scope, in order of time; holds at least what a judgement may look at. */
  readonly timelines: ReadonlyMap<string, readonly Activity[]>;
  readonly lineages: ReadonlyMap<Activity, Lineage>;
  /** Later activities that carry on what an activity made, opened or changed. */
  readonly ahead: ReadonlyMap<Activity, { readonly later: readonly Activity[] }>;
  /** Verdicts by the key of their copy of an activity (`copyKey`), also those that were told once and are not any more. */
  readonly verdicts: ReadonlyMap<string, Assessment>;
  /** Marks that the sheets bear already and the verdicts do not note yet, by the same key. */
  readonly marks: ReadonlyMap<string, Suspicion | undefined>;
}

/** One activity to be judged. */
export interface Case {
  readonly activity: Activity;
  /** Nobody has judged it before, so its verdict was not read. */
  readonly fresh: boolean;
  /**
   * It had come before, and the worker that it came to may have died half way. So what it was the first to show counts as
   * just learnt, and all that this may concern is named once more.
   */
  readonly repeated: boolean;
  /** It is a form of an act that was told of by fewer records than are known now: its verdict is taken back. */
  readonly gone?: true;
}

/** What is to be written, and what must be judged again because of it. */
export interface Judgement {
  readonly sheets: readonly FactSheet[];
  /** Verdicts other than the stored ones. */
  readonly verdicts: readonly Assessment[];
  /** Verdicts with the mark that the sheets bear now. It is noted once all that it concerns has been judged again. */
  readonly marked: readonly Assessment[];
  readonly affected: readonly Affected[];
  /** Other activities whose stored verdict or mark does not agree with the verdicts around it: to be judged again. */
  readonly contradicted: readonly Activity[];
}

/** Judges activities by what was read around them. Pure, whatever the store. */
export function judge(cases: readonly Case[], around: Surroundings, policy: Policy): Judgement {
  const learnt = learnAll(cases, around, policy);
  const assessed = learnt.cases.map(({ activity, scopes, recent }, index): Assessment => {
    if (cases[index]?.gone) return { activity, evidence: [], score: 0 };
    const lineage = around.lineages.get(activity);
    const memory = memoryOf(activity, learnt.sheets, recent, policy, lineage, scopes);
    return withBehind(assess(activity, memory, policy), lineage, recent);
  });
  const gone = new Set(cases.flatMap((each) => (each.gone ? [each.activity] : [])));
  const stored = (activity: Activity): Assessment | undefined => around.verdicts.get(copyKey(activity));
  const verdicts = followAll(assessed, gone, around, policy).map((verdict) =>
    withDecided(isTold(verdict, policy) ? withinBudget(verdict) : verdict, stored(verdict.activity)?.decided),
  );
  const written = verdicts.flatMap((verdict) => {
    const before = stored(verdict.activity);
    if (saysTheSame(verdict, before, policy)) return [];
    return [before?.suspect === undefined ? verdict : { ...verdict, suspect: before.suspect }];
  });

  const now = current(verdicts, around, policy);
  const marking = startMarking(learnt, policy);
  const contradicted = new Map<string, Activity>();
  const judged = new Set(cases.map(({ activity }) => copyKey(activity)));
  const contradict = (activity: Activity): void => {
    if (!judged.has(copyKey(activity))) contradicted.set(copyKey(activity), activity);
  };
  const markOf = (verdict: Assessment | undefined): Suspicion | undefined => {
    if (verdict === undefined) return undefined;
    const key = copyKey(verdict.activity);
    return around.marks.has(key) ? around.marks.get(key) : verdict.suspect;
  };
  const marked: Assessment[] = [];
  for (const [index, { activity, fresh }] of cases.entries()) {
    if (fresh) continue;
    const verdict = verdicts[index] as Assessment;
    const before = stored(activity);
    const suspicion = now.suspicion(verdict);
    marking.mark(index, suspicion, markOf(before) === suspicion ? undefined : now.worst(verdict));
    if (before?.suspect !== suspicion) marked.push({ ...verdict, ...(suspicion && { suspect: suspicion }) });
    for (const other of now.near(activity)) {
      if (markOf(other) !== now.suspicion(other)) contradict(other.activity);
    }
    for (const launch of around.ahead.get(activity)?.later ?? []) {
      if (!isBehind(activity, launch, policy.timeWindow)) continue;
      const other = stored(launch);
      if (!agrees(other, markOf(other), activity, isTold(verdict, policy) ? { suspicion } : undefined))
        contradict(launch);
    }
  }
  return {
    sheets: marking.sheets(),
    verdicts: written,
    marked,
    affected: marking.affected,
    contradicted: [...contradicted.values()],
  };
}

/** What some activities have shown, and which sheets it changes. */
interface Learnt {
  readonly cases: readonly {
    readonly activity: Activity;
    /** Scopes in which it proves facts. */
    readonly scopes: readonly string[];
    readonly recent: readonly Activity[];
  }[];
  readonly sheets: Map<string, FactSheet>;
  /** Scopes whose sheets have changed. */
  readonly changed: Set<string>;
  readonly affected: Affected[];
}

/** Learns all facts before anything is judged. A judgement sees only what had settled before it, so their order is free. */
function learnAll(cases: readonly Case[], around: Surroundings, policy: Policy): Learnt {
  const sheets = new Map(around.sheets);
  const changed = new Set<string>();
  const affected: Affected[] = [];
  const shown = cases.map(({ activity, repeated, gone }) => {
    if (gone) return { activity, scopes: [], recent: [] };
    const timeline = around.timelines.get(subjectScope(activity)) ?? [];
    const recent = recentBefore(timeline, activity, policy.timeWindow);
    const facts = Map.groupBy(factsOf(activity, peaksOf(activity, recent)), ({ scope }) => scope);
    for (const scope of facts.keys())
      if (isLeftAlone(scope, activity, around.sheets, policy)) facts.delete(scope);
    for (const [scope, own] of facts) {
      const before = sheets.get(scope);
      const { sheet, changes } = learn(before ?? emptySheet(scope), learntFrom(activity, own), activity);
      if (repeated) affected.push(...affectedAgain(sheet, activity, policy));
      if (sheet === before) continue;
      sheets.set(scope, sheet);
      changed.add(scope);
      for (const change of changes) affected.push(...affectedBy(change, sheet, policy));
    }
    return { activity, scopes: [...facts.keys()], recent };
  });
  return { cases: shown, sheets, changed, affected };
}

/** Says of each launch by a service which change it follows. */
function followAll(
  assessed: readonly Assessment[],
  gone: ReadonlySet<Activity>,
  { lineages, verdicts }: Surroundings,
  policy: Policy,
): readonly Assessment[] {
  const scores = new Map(assessed.map(({ activity, score }) => [copyKey(activity), score]));
  const told = (change: Activity): boolean => {
    const key = copyKey(change);
    return (scores.get(key) ?? verdicts.get(key)?.score ?? 0) >= policy.severity.low;
  };
  return assessed.map((each) => {
    const changes = lineages.get(each.activity)?.changes ?? [];
    return changes.length === 0 || gone.has(each.activity) ? each : followedBy(each, changes, told, policy);
  });
}

/** Whether a verdict says what the stored one says. Marks and the policy's version do not count, and two that are not told say the same. */
function saysTheSame(verdict: Assessment, stored: Assessment | undefined, policy: Policy): boolean {
  if (!isTold(verdict, policy)) return stored === undefined || !isTold(stored, policy);
  if (stored === undefined) return false;
  const { suspect: _, policy: __, ...rest } = stored;
  const { policy: ___, ...said } = shortenedTo(verdict, stored.shortened);
  return dequal(rest, said);
}

/** The verdicts as they are now: the stored ones, and in their place those just found. */
function current(updates: readonly Assessment[], { verdicts }: Surroundings, policy: Policy) {
  const all = new Map(verdicts);
  for (const update of updates) all.set(copyKey(update.activity), update);
  const told = [...all.values()].filter((verdict) => isTold(verdict, policy));
  const bySubject = Map.groupBy(told, ({ activity }) => subjectScope(activity));
  for (const own of bySubject.values()) own.sort((a, b) => byTime(a.activity, b.activity));

  const { before, after } = reachOf(policy);

  const ownSuspicion = (verdict: Assessment): Suspicion | undefined =>
    suspicionOf(verdict, bySubject.get(subjectScope(verdict.activity)) ?? [], policy);
  /** The verdict by which it is known how suspect something is: its own, or that on the change that it follows. */
  const decisive = (verdict: Assessment): Assessment | undefined => {
    const { follows } = verdict;
    if (follows === undefined || !isFollower(verdict)) return verdict;
    return (bySubject.get(actorScope(follows.account, follows.subject)) ?? []).find(
      ({ activity }) => copyKey(activity) === placeKey(follows),
    );
  };
  return {
    /** How suspect what an activity was the first to show is. */
    suspicion(verdict: Assessment): Suspicion | undefined {
      const by = isTold(verdict, policy) ? decisive(verdict) : undefined;
      return by && ownSuspicion(by);
    },
    /** The worst that it may ever have been marked as. */
    worst: (verdict: Assessment): Suspicion =>
      verdict.decided === undefined && decisive(verdict)?.decided === undefined ? 'leaked-key' : 'confirmed',
    /**
     * Stored verdicts that become more or less suspect by what an activity's own verdict says. One further away is not asked: what
     * decides it may not have been read, and two that misjudge each other never come to rest.
     */
    near(activity: Activity): readonly Assessment[] {
      const own = bySubject.get(subjectScope(activity)) ?? [];
      const place = firstIndex(own, (other) => byTime(other.activity, activity) < 0);
      return own
        .slice(Math.max(0, place - REACH), place + 1 + REACH)
        .filter(({ activity: { at } }) => at > activity.at - after && at <= activity.at + before)
        .filter((other) => !isFollower(other) && verdicts.has(copyKey(other.activity)));
    },
  };
}

/** Marks in the sheets what activities were the first to show. */
function startMarking({ cases, sheets, changed, affected }: Learnt, policy: Policy) {
  return {
    affected,
    /** @param worst the worst mark it may have borne where the verdict notes another: all that this may concern is named */
    mark(index: number, suspicion: Suspicion | undefined, worst: Suspicion | undefined): void {
      const { activity, scopes } = cases[index] as Learnt['cases'][number];
      for (const scope of scopes) {
        const sheet = sheets.get(scope);
        if (sheet === undefined) continue;
        const marked = setSuspect(sheet, activity, suspicion);
        if (worst !== undefined) affected.push(...affectedByMark(marked.sheet, activity, worst, policy));
        if (marked.sheet === sheet) continue;
        sheets.set(scope, marked.sheet);
        changed.add(scope);
        for (const change of marked.changes) affected.push(...affectedBy(change, marked.sheet, policy));
      }
    },
    sheets: (): FactSheet[] => [...changed].map((scope) => sheets.get(scope) as FactSheet),
  };
}
