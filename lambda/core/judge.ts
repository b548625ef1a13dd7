import { type Activity, byTime } from './activity.ts';
import { subjectKey } from './actor.ts';
import { type Affected, affectedAgain, affectedBy } from './affected.ts';
import { assess } from './assess.ts';
import {
  type Change,
  emptySheet,
  type FactSheet,
  factsOf,
  learn,
  scopesOf,
  setSuspect,
  subjectScope,
} from './facts.ts';
import type { Assessment, FindingRecord } from './finding.ts';
import type { Lineage } from './lineage/lineage.ts';
import { memoryOf, RECENT_LIMIT } from './memory.ts';
import { peaksOf } from './peaks.ts';
import type { Policy } from './policy.ts';
import { regroup, suspects } from './regroup.ts';

/** What was read from the stores around some activities. */
export interface Surroundings {
  readonly sheets: ReadonlyMap<string, FactSheet>;
  /** By subject scope, in order of time; holds at least what a judgement may look at. */
  readonly timelines: ReadonlyMap<string, readonly Activity[]>;
  /** By subject scope; those within a window of the activities judged. */
  readonly findings: ReadonlyMap<string, readonly FindingRecord[]>;
  readonly lineages: ReadonlyMap<Activity, Lineage>;
}

/** What is to be written, and what must be judged again because of it. */
export interface Judgement {
  readonly sheets: readonly FactSheet[];
  readonly findings: readonly FindingRecord[];
  readonly affected: readonly Affected[];
  /** Members of findings whose suspicion changed though they were not judged now. */
  readonly again: readonly Activity[];
}

/** Up to `RECENT_LIMIT` activities of a timeline before one activity and within the window, oldest first. */
export function recentBefore(
  timeline: readonly Activity[],
  activity: Activity,
  window: number,
): readonly Activity[] {
  let end = timeline.length;
  while (end > 0 && byTime(timeline[end - 1] as Activity, activity) >= 0) end -= 1;
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

/**
 * Judges activities against their surroundings: a pure function, whatever the store.
 *
 * @param repeated the activities may have been judged before by a worker that died half way: what they were the first to
 *   show is then taken as just learnt, and whatever it may concern is named again
 */
export function judge(
  todo: readonly Activity[],
  around: Surroundings,
  policy: Policy,
  repeated = false,
): Judgement {
  const sheets = new Map(around.sheets);
  const changed = new Set<string>();
  const affected: Affected[] = [];
  const update = (scope: string, { sheet, changes }: { sheet: FactSheet; changes: Change[] }): void => {
    if (sheet === sheets.get(scope)) return;
    sheets.set(scope, sheet);
    changed.add(scope);
    affected.push(...changes.flatMap((change) => affectedBy(change, sheet, policy)));
  };

  // First all facts, then all judgements: a judgement sees only what was settled before it, so the order is free.
  const recents = new Map<string, readonly Activity[]>();
  for (const activity of todo) {
    const recent = recentBefore(
      around.timelines.get(subjectScope(activity)) ?? [],
      activity,
      policy.timeWindow,
    );
    recents.set(activity.id, recent);
    const facts = factsOf(activity, peaksOf(activity, recent));
    for (const scope of new Set(facts.map(({ scope }) => scope))) {
      update(scope, learn(sheets.get(scope) ?? emptySheet(scope), facts, activity));
      if (repeated) affected.push(...affectedAgain(sheets.get(scope) ?? emptySheet(scope), activity, policy));
    }
  }

  const updates = new Map<string, Map<string, Assessment>>();
  for (const activity of todo) {
    const memory = memoryOf(
      activity,
      sheets,
      recents.get(activity.id) ?? [],
      policy,
      around.lineages.get(activity),
    );
    const subject = subjectScope(activity);
    if (!updates.has(subject)) updates.set(subject, new Map());
    updates.get(subject)?.set(activity.id, assess(activity, memory, policy));
  }

  const findings: FindingRecord[] = [];
  const again = new Map<string, Activity>();
  const judged = new Map(todo.map((activity) => [activity.id, activity]));
  for (const [scope, assessments] of updates) {
    const records = around.findings.get(scope) ?? [];
    const { account, actor } = (assessments.values().next().value as Assessment).activity;
    const renewed = regroup({ account, subject: subjectKey(actor) }, records, assessments, policy);
    findings.push(...renewed);

    const after = suspectIds(merged(records, renewed), policy);
    const before = suspectIds(records, policy);
    for (const id of assessments.keys()) mark(judged.get(id) as Activity, after.has(id));
    for (const { activity } of [...records, ...renewed].flatMap(({ members }) => members)) {
      if (judged.has(activity.id)) continue;
      if (!repeated && before.has(activity.id) === after.has(activity.id)) continue;
      again.set(activity.id, activity);
    }
  }

  function mark(activity: Activity, suspect: boolean): void {
    for (const scope of scopesOf(activity)) {
      const sheet = sheets.get(scope);
      if (sheet !== undefined) update(scope, setSuspect(sheet, activity, suspect));
    }
  }

  return {
    sheets: [...changed].map((scope) => sheets.get(scope) as FactSheet),
    findings,
    affected,
    again: [...again.values()],
  };
}

function merged(old: readonly FindingRecord[], renewed: readonly FindingRecord[]): FindingRecord[] {
  return [...new Map([...old, ...renewed].map((record) => [record.id, record])).values()];
}

function suspectIds(records: readonly FindingRecord[], policy: Policy): Set<string> {
  return new Set(records.flatMap((record) => [...suspects(record, policy)]));
}
