import { type Activity, byTime } from '../activity/activity.ts';
import { firstIndex } from '../activity/sorted.ts';
import { type Affected, affectedAgain, affectedBy } from '../history/affected.ts';
import { emptySheet, type FactSheet, factsOf, learn, setSuspect, subjectScope } from '../history/facts.ts';
import { RECENT_LIMIT } from '../history/habits.ts';
import { peaksOf } from '../history/peaks.ts';
import { type Lineage, partsOf } from '../lineage/lineage.ts';
import type { Policy } from '../policy/policy.ts';
import { memoryOf } from '../signals/memory.ts';
import { assess } from './assess.ts';
import { type Assessment, type FindingRecord, MAX_BEHIND } from './finding.ts';
import { following, misplaced } from './follow.ts';
import { activityKey, regroup } from './regroup.ts';
import type { Surroundings } from './surroundings.ts';
import { suspectsOf } from './suspects.ts';

/** What is to be written, and what must be judged again because of it. */
export interface Judgement {
  readonly sheets: readonly FactSheet[];
  readonly findings: readonly FindingRecord[];
  readonly affected: readonly Affected[];
  /** Members of findings whose suspicion changed though they were not judged now. */
  readonly again: readonly Activity[];
  /** Earlier activities that evidence of lineage rests on; what else rests on them belongs to the same story. */
  readonly rests: readonly Activity[];
  /**
   * Those judged that are LOW or worse, or follow a change, and so may belong into a finding; without any, no finding bears
   * on the judgement.
   */
  readonly told: readonly Activity[];
}

/** Up to `RECENT_LIMIT` activities of a timeline before one activity and within the window, oldest first. */
export function recentBefore(
  timeline: readonly Activity[],
  activity: Activity,
  window: number,
): readonly Activity[] {
  const end = firstIndex(timeline, (other) => byTime(other, activity) < 0);
  let start = end;
  while (
    start > 0 &&
    end - start < RECENT_LIMIT &&
    (timeline[start - 1] as Activity).at > activity.at - window
  ) {
    start -= 1;
  }
  return timeline.slice(start, end);
}

/** What is found out about activities before findings are looked at, and so stays true when more of these are read. */
export interface Appraisal {
  readonly assessed: readonly Assessment[];
  /** What was learnt of each: the scopes it is a fact in. */
  readonly scopes: readonly (readonly string[])[];
  readonly sheets: ReadonlyMap<string, FactSheet>;
  /** Scopes whose sheets have changed. */
  readonly changed: ReadonlySet<string>;
  readonly affected: readonly Affected[];
}

/**
 * Learns from activities and assesses them: the half of judging that does not depend on findings. Pure, whatever the store.
 *
 * @param repeated the activities may have been judged before by a worker that died half way: what they were the first to
 *   show is then taken as just learnt, and whatever it may concern is named again
 */
export function appraise(
  todo: readonly Activity[],
  around: Omit<Surroundings, 'findings'>,
  policy: Policy,
  repeated = false,
): Appraisal {
  const sheets = new Map(around.sheets);
  const changed = new Set<string>();
  const affected: Affected[] = [];

  // First all facts, then all judgements: a judgement sees only what was settled before it, so the order is free.
  const cases = todo.map((activity) => {
    const timeline = around.timelines.get(subjectScope(activity)) ?? [];
    const recent = recentBefore(timeline, activity, policy.timeWindow);
    const facts = Map.groupBy(factsOf(activity, peaksOf(activity, recent)), ({ scope }) => scope);
    for (const [scope, own] of facts) {
      const before = sheets.get(scope);
      const { sheet, changes } = learn(before ?? emptySheet(scope), own, activity);
      if (repeated) affected.push(...affectedAgain(sheet, activity, policy));
      if (sheet === before) continue;
      sheets.set(scope, sheet);
      changed.add(scope);
      for (const change of changes) affected.push(...affectedBy(change, sheet, policy));
    }
    return { activity, scopes: [...facts.keys()], recent };
  });

  const assessed = cases.map(({ activity, scopes, recent }): Assessment => {
    const lineage = around.lineages.get(activity);
    const memory = memoryOf(activity, sheets, recent, policy, lineage, scopes);
    return withBehind(assess(activity, memory, policy), lineage, recent);
  });
  return { assessed, scopes: cases.map(({ scopes }) => scopes), sheets, changed, affected };
}

/** Puts what was assessed into findings, and says what else that changes: the other half of judging. Pure. */
export function conclude(
  appraisal: Appraisal,
  around: Surroundings,
  policy: Policy,
  repeated = false,
): Judgement {
  const sheets = new Map(appraisal.sheets);
  const changed = new Set(appraisal.changed);
  const affected = [...appraisal.affected];
  const updates = following(appraisal.assessed, around, policy);
  const findings = regroup(around.findings, updates, policy);
  const before = suspectsOf(around.findings, policy);
  const after = findings.length === 0 ? before : suspectsOf(merged(around.findings, findings), policy);
  const judged = new Set<string>();
  for (const [index, { activity }] of appraisal.assessed.entries()) {
    const key = activityKey(activity);
    judged.add(key);
    for (const scope of appraisal.scopes[index] ?? []) {
      const sheet = sheets.get(scope);
      if (sheet === undefined) continue;
      const marked = setSuspect(sheet, activity, after.get(key));
      if (marked.sheet === sheet) continue;
      sheets.set(scope, marked.sheet);
      changed.add(scope);
      for (const change of marked.changes) affected.push(...affectedBy(change, marked.sheet, policy));
    }
  }
  const again = new Map<string, Activity>();
  if (repeated || (after !== before && before.size + after.size > 0)) {
    for (const { activity } of [...around.findings, ...findings].flatMap(({ members }) => members)) {
      const key = activityKey(activity);
      if (judged.has(key)) continue;
      if (!repeated && before.get(key) === after.get(key)) continue;
      again.set(key, activity);
    }
  }
  for (const launch of misplaced(updates, merged(around.findings, findings), around, policy)) {
    if (!judged.has(activityKey(launch))) again.set(activityKey(launch), launch);
  }
  // Between the two steps of handing a member over it stands in two findings, and either copy may be the old one.
  for (const activity of twice(around.findings)) {
    if (!judged.has(activityKey(activity))) again.set(activityKey(activity), activity);
  }

  return {
    sheets: [...changed].map((scope) => sheets.get(scope) as FactSheet),
    findings,
    affected,
    again: [...again.values()],
    rests: updates.flatMap((assessment) => restsOf(assessment, around.lineages.get(assessment.activity))),
    told: updates
      .filter(
        ({ activity, score }) =>
          score >= policy.severity.low || (around.lineages.get(activity)?.changes.length ?? 0) > 0,
      )
      .map(({ activity }) => activity),
  };
}

/** Activities that are members of more than one open record. */
function twice(records: readonly FindingRecord[]): Activity[] {
  const open = records.filter(({ status }) => status === 'open');
  if (open.length < 2) return [];
  const seen = new Set<string>();
  return open
    .flatMap(({ members }) => members.map(({ activity }) => activity))
    .filter((activity) => seen.size === seen.add(activityKey(activity)).size);
}

/** An assessment with the earlier activities that its evidence cites: what a sentence rests on is told with it. */
export function withBehind(
  assessment: Assessment,
  lineage: Lineage | undefined,
  recent: readonly Activity[],
): Assessment {
  const cited = new Set(assessment.evidence.flatMap(({ refs }) => refs ?? []));
  if (cited.size === 0) return assessment;
  const rests = restsOf(assessment, lineage);
  const behind = [...rests, ...recent.filter(({ id }) => cited.has(id)).toReversed()];
  const { account } = assessment.activity;
  const once = new Map(behind.map((each) => [each.account === account ? each.id : activityKey(each), each]));
  return once.size === 0 ? assessment : { ...assessment, behind: [...once.values()].slice(0, MAX_BEHIND) };
}

/** Activities of a lineage that evidence refers to, once each, nearest first. */
function restsOf({ evidence }: Assessment, lineage: Lineage | undefined): Activity[] {
  const refs = new Set(evidence.filter((each) => each.lineage === true).flatMap((each) => each.refs ?? []));
  if (refs.size === 0 || lineage === undefined) return [];
  return partsOf(lineage).filter(({ id }) => refs.has(id));
}

function merged(old: readonly FindingRecord[], renewed: readonly FindingRecord[]): FindingRecord[] {
  return [...new Map([...old, ...renewed].map((record) => [record.id, record])).values()];
}
