import { type Activity, activityKey } from '../core/activity/activity.ts';
import { isCostly } from '../core/activity/instance-types.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { inTwoSteps, movedIn } from '../core/findings/hand-over.ts';
import { appraise, conclude, type Judgement } from '../core/findings/judge.ts';
import type { Affected } from '../core/history/affected.ts';
import { subjectScope } from '../core/history/facts.ts';
import { looksBack, timelineAccounts } from '../core/history/looking-back.ts';
import { entriesOf } from '../core/lineage/timelines.ts';
import type { Policy } from '../core/policy/policy.ts';
import {
  followers,
  type Look,
  lookAround,
  lookForFindings,
  lookFurther,
  type Stores,
  standingIn,
} from './look-around.ts';
import type { Span } from './read-findings.ts';

export interface SettleDeps extends Stores {
  readonly policy: Policy;
}

/** Rounds after which something is badly wrong; a chain of consequences is one round per link and rarely needs three. */
const MAX_ROUNDS = 200;

/**
 * Remembers activities and judges them and all that they change, until a look shows nothing to change.
 *
 * @param repeated see `detect`
 * @throws when a store fails
 */
export async function settle(
  deps: SettleDeps,
  arrived: readonly Activity[],
  repeated: boolean,
): Promise<void> {
  const window = deps.policy.timeWindow;
  const unique = new Map(arrived.map((activity) => [activityKey(activity), activity]));
  await deps.history.remember([...unique.values()].flatMap(entriesOf));

  let todo = unique;
  let next = new Map<string, Activity>();
  const affected: Affected[] = [];
  let refused: Span[] = [];
  /** Where findings were looked for when one was written: the look that confirms it asks there at once. */
  let foreseen: readonly Span[] = [];
  /** Rounds whose writes have succeeded. */
  let written = 0;
  for (let round = 0; todo.size > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new Error(`judgements did not settle in ${MAX_ROUNDS} rounds`);
    const { look, judgement, passed } = await judgeAll(deps, [...todo.values()], [...refused, ...foreseen], {
      fresh: todo === unique,
      // the findings of a repeated record are judged again as repeated, too: its worker may have died over what they concern
      repeated: repeated && written < 2,
    });
    const [done, standing] = await Promise.all([
      write(deps, look, judgement),
      standingIn(deps, passed, deps.policy),
    ]);
    refused = done ? [] : [...refused, ...judgement.findings.map(placeOf)];
    foreseen = done && judgement.findings.length > 0 ? look.asked : [];

    if (todo === unique) affected.push(...[...unique.values()].flatMap((each) => guarded(each, window)));
    // Kept also when another worker was first: part may have been written, and would not be news at the next look.
    affected.push(...judgement.affected);
    const followed = todo === unique ? [...look.later, ...followers(look, [...unique.values()], window)] : [];
    for (const activity of [...judgement.again, ...followed]) next.set(activityKey(activity), activity);
    if (!done) {
      // What was moved may have been written where it went and, meanwhile, been found by another to be no member at all.
      for (const activity of movedIn(look.findings, judgement.findings))
        next.set(activityKey(activity), activity);
      continue;
    }
    written += 1;

    // A finding may rest on a sheet that another worker has changed meanwhile, and a subject without a sheet is not found by
    // one who asks for all subjects of an account: what was written, and who was new, is looked at once more. So is what a
    // written finding no longer holds, for a withdrawal rests on sheets as well, and what stands in a finding that was not read.
    const rewritten = rewrittenOf(todo, look, judgement);
    for (const [key, activity] of todo) {
      const unknown = (look.sheetVersions.get(subjectScope(activity)) ?? 0) === 0;
      if (unknown || rewritten.has(key) || standing.has(activity)) next.set(key, activity);
      else next.delete(key);
    }
    for (const activity of await affectedActivities(deps, affected.splice(0)))
      next.set(activityKey(activity), activity);
    todo = next;
    next = new Map();
  }
}

/** Keys of those judged that stand in a changed finding, before or after the change. */
function rewrittenOf(
  todo: ReadonlyMap<string, Activity>,
  look: Look,
  { findings }: Judgement,
): ReadonlySet<string> {
  const changed = new Set(findings.map(({ id }) => id));
  // a finding may have hundreds of members: only those that may be meant get a key
  const ids = new Set([...todo.values()].map(({ id }) => id));
  const keys = new Set<string>();
  for (const { members } of [...findings, ...look.findings.filter(({ id }) => changed.has(id))]) {
    for (const { activity } of members) if (ids.has(activity.id)) keys.add(activityKey(activity));
  }
  return keys;
}

/** A guard that is switched off matters to everyone in its account: whoever shares or restores within the window. */
const guarded = ({ kind, outcome, account, at }: Activity, window: number): Affected[] =>
  kind === 'guardrail.disable' && outcome === 'succeeded'
    ? [{ account, prefix: '', from: at, to: at + window }]
    : [];

/**
 * Looks and judges; where data was followed, looks also for whom else it leads to.
 *
 * Findings bear only on what is LOW or worse, or once was. Of what arrives for the first time most is neither, so for
 * those they are read once that is known, except where they are likely to be needed.
 */
async function judgeAll(
  deps: SettleDeps,
  todo: readonly Activity[],
  also: readonly Span[],
  { fresh, repeated }: { fresh: boolean; repeated: boolean },
): Promise<{ look: Look; judgement: Judgement; passed: readonly Activity[] }> {
  const news = fresh && !repeated && also.length === 0;
  let look = await lookAround(deps, todo, deps.policy, {
    own: news ? todo.filter(isLikelyTold) : todo,
    also,
  });
  const appraisal = appraise(todo, look, deps.policy, repeated);
  let judgement = conclude(appraisal, look, deps.policy, repeated);
  const concerned = news ? judgement.told : todo;
  const bearing = await lookForFindings(deps, look, concerned, judgement.rests, deps.policy);
  if (bearing !== look) {
    look = bearing;
    judgement = conclude(appraisal, look, deps.policy, repeated);
  }
  const passed = news ? passedOver(todo, look, judgement) : [];
  if (judgement.rests.length === 0) return { look, judgement, passed };
  look = await lookFurther(deps, look, judgement.rests, deps.policy);
  return { look, judgement: conclude(appraisal, look, deps.policy, repeated), passed };
}

/**
 * Those that were judged without their findings although others of them may have changed their judgement: a second copy of a
 * record that came before, without what its data came by, may stand in a finding where it no longer belongs.
 */
function passedOver(todo: readonly Activity[], { later }: Look, { told }: Judgement): Activity[] {
  if (todo.length < 2 || later.length === 0) return [];
  const named = new Set(later.map(activityKey));
  return todo.filter((activity) => named.has(activityKey(activity)) && !told.includes(activity));
}

/**
 * A guess that saves a round trip where it is right: people and refusals are what findings are mostly made of, then shares
 * and costly instances, whoever asks for them.
 */
const isLikelyTold = (activity: Activity): boolean =>
  looksBack(activity) &&
  (activity.outcome !== 'succeeded' ||
    activity.share !== undefined ||
    isCostly(activity.launch ?? activity.plan) ||
    !['automation', 'workload', 'service'].includes(activity.actor.class));

/** Where a record is kept: a refused write may mean that one is there that the look did not find. */
const placeOf = ({ account, subject, start }: FindingRecord): Span => ({
  account,
  subject,
  from: start,
  to: start,
});

/**
 * Writes what a judgement changed; false where a version had moved on.
 *
 * When members move from one finding to another, the receiving ones are written first and the giving ones only once that
 * has worked: a worker that is refused or dies between the two leaves a member in two findings, which the next look puts
 * right, and never in none.
 */
async function write({ history, findings }: Stores, look: Look, judgement: Judgement): Promise<boolean> {
  const versionOf = ({ id }: FindingRecord): number => look.findingVersions.get(id) ?? 0;
  const { receiving, giving } = inTwoSteps(look.findings, judgement.findings);
  const first = await Promise.all([
    ...judgement.sheets.map((sheet) =>
      history.saveSheet(
        sheet,
        look.sheetVersions.get(sheet.scope) ?? 0,
        look.sheets.get(sheet.scope)?.lastDay,
      ),
    ),
    ...receiving.map((record) => findings.save(record, versionOf(record))),
  ]);
  if (!first.every(Boolean)) return false;
  const received = new Set(receiving.map(({ id }) => id));
  const second = await Promise.all(
    giving.map((record) => findings.save(record, versionOf(record) + (received.has(record.id) ? 1 : 0))),
  );
  return second.every(Boolean);
}

async function affectedActivities({ history }: Stores, affected: readonly Affected[]): Promise<Activity[]> {
  if (affected.length === 0) return [];
  const stretches = await Promise.all(
    affected.map(async ({ account, prefix, from, to }) =>
      (await history.subjects(account, prefix)).flatMap((subject) =>
        timelineAccounts(account).map((each) => ({ account: each, subject, from, to })),
      ),
    ),
  );
  const asOf = Math.min(...affected.map(({ from }) => from));
  return (await history.stretches(stretches.flat(), asOf)).flat();
}
