import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { verdictsIn } from '../../app/findings-in.ts';
import { placeOf } from '../../app/place.ts';
import type { DecisionStore } from '../../app/ports.ts';
import { applyDecision, decide, unfinished } from '../../app/triage.ts';
import { clean } from '../../core/activity/clean.ts';
import type { Decider, Decision, Ruling } from '../../core/findings/decision.ts';
import type { Assessment, FindingRecord } from '../../core/findings/finding.ts';
import { findingsOf, isTold } from '../../core/findings/stories.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { EXIT } from '../exit.ts';
import type { Source } from '../explain/source.ts';
import { reasonOf } from '../input/damage.ts';
import { loadPolicyOf } from '../load-policy.ts';
import { awsTrouble } from '../redrive/stack.ts';
import { wrong } from '../wrong.ts';
import { movedLines } from './moved.ts';
import { type Named, named } from './named.ts';
import { type OpenedTriage, openTriage } from './source.ts';
import { firstShownBy } from './values.ts';

export interface DecideOptions extends Source {
  readonly policy?: string;
  readonly note?: string;
  readonly yes?: boolean;
}

const MAX_NOTE = 500;
/** Values that are listed before somebody decides; the rest is counted. */
const MOST_VALUES = 20;

/** Decides about findings, all or none of them; gives the exit code. */
export async function decideOn(
  ids: readonly string[],
  ruling: Ruling,
  options: DecideOptions,
): Promise<number> {
  const opened = await openTriage(options);
  if (typeof opened === 'string') return wrong(opened);
  try {
    const policy = await loadPolicyOf(options.policy, opened);
    if (!policy.ok) return wrong(...policy.problems);
    return await decideIn(opened, ids, ruling, options, policy.policy);
  } catch (error) {
    const reason = options.stack === undefined ? reasonOf(error) : awsTrouble(error, options.stack);
    return wrong(reason, 'what was decided before that is kept: run the same command again to finish it');
  } finally {
    opened.close();
  }
}

async function decideIn(
  opened: OpenedTriage,
  ids: readonly string[],
  ruling: Ruling,
  { note, yes }: DecideOptions,
  policy: Policy,
): Promise<number> {
  const verdicts = await finished(opened, policy);
  const about = new Map<string, Named>();
  const problems: string[] = [];
  for (const id of ids) {
    const found = await named(opened, verdicts, id, policy);
    const lines = 'record' in found ? refusal(found.record, ruling) : found;
    if ('record' in found) about.set(found.record.id, found);
    problems.push(...lines);
  }
  if (problems.length > 0) return wrong(...problems, 'nothing was decided');
  for (const { notes } of about.values()) for (const line of notes) process.stderr.write(`! ${line}\n`);
  const members = [...about.values()].flatMap((each) => each.members);
  const effect = await effectOf(opened, members, ruling);
  process.stderr.write(effect.map((line) => `${line}\n`).join(''));
  if (effect.length > 0 && !(await isSure(yes)))
    return wrong('nothing was decided; --yes decides without asking');

  const by = await opened.who();
  for (const each of about.values()) {
    const decision = decisionOn(each, ruling, by, note, policy);
    await decide({ ...opened, judgeAgain: (waiting) => opened.judgeAgain(policy, waiting) }, decision);
    process.stdout.write(`${doneLine(each, decision)}\n`);
  }
  if (!opened.atOnce)
    process.stderr.write('what rests on these records is judged again within a minute or two\n');
  else
    for (const line of movedLines(
      findingsFrom(verdicts, policy),
      findingsFrom(await verdictsIn(opened.verdicts), policy),
      new Set(about.keys()),
    ))
      process.stdout.write(`${line}\n`);
  return EXIT.done;
}

const findingsFrom = (verdicts: readonly Assessment[], policy: Policy): FindingRecord[] =>
  findingsOf(
    verdicts.filter((verdict) => isTold(verdict, policy)),
    policy,
  );

/** All verdicts, once what earlier decisions ask for has been done where somebody died over it. */
async function finished(opened: OpenedTriage, policy: Policy): Promise<Assessment[]> {
  const verdicts = await verdictsIn(opened.verdicts);
  const left = unfinished(await decisionsOn(opened.decisions, verdicts), verdicts, policy);
  for (const decision of left)
    await applyDecision({ ...opened, judgeAgain: (waiting) => opened.judgeAgain(policy, waiting) }, decision);
  return left.length === 0 ? verdicts : verdictsIn(opened.verdicts);
}

/** Decisions that can be about some verdicts: nobody decides about a record before it is there. */
export async function decisionsOn(
  store: DecisionStore,
  verdicts: readonly Assessment[],
): Promise<Decision[]> {
  const from = verdicts.reduce((first, { activity }) => Math.min(first, activity.at), Date.now());
  const decisions: Decision[] = [];
  for await (const decision of store.within({ from, to: FAR })) decisions.push(decision);
  return decisions;
}

/** A week from now: clocks differ, but not by so much. */
const FAR = Date.now() + 7 * 86_400_000;

/** Why a finding cannot be decided about so. */
function refusal({ id, triage }: FindingRecord, ruling: Ruling): string[] {
  if (ruling === 'acknowledged' && triage?.state === 'closed')
    return [
      `finding ${clean(id, 128)} is closed as ${triage.as}; launchtrail findings reopen opens it again`,
    ];
  if (ruling === 'reopened' && triage === undefined)
    return [`finding ${clean(id, 128)} is open: nobody has decided about it yet`];
  return [];
}

/** What deciding so does to what is learnt, in lines; empty where it does nothing. */
async function effectOf(
  { history }: OpenedTriage,
  members: readonly Assessment[],
  ruling: Ruling,
): Promise<string[]> {
  const clears = ruling === 'benign' || ruling === 'false';
  if (!clears && ruling !== 'confirmed') return [];
  const values = (await firstShownBy(history, members)).filter(({ suspect }) => suspect || !clears);
  if (values.length === 0) return [];
  const what = clears ? 'becomes familiar' : 'never becomes familiar by these records';
  const more = values.length - MOST_VALUES;
  return [
    `${values.length} ${values.length === 1 ? 'value' : 'values'} first seen in it: each ${what}`,
    ...values.slice(0, MOST_VALUES).map(({ text }) => `  ${text}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

async function isSure(yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question('Decide so? [y/N] ')).trim());
  } finally {
    asking.close();
  }
}

function decisionOn(
  { record, members }: Named,
  as: Ruling,
  by: Decider,
  note: string | undefined,
  policy: Policy,
): Decision {
  const text = clean(note ?? '', MAX_NOTE);
  // it comes after what was decided before, whatever the clock of this machine says
  const at = Math.max(Date.now(), ...members.map(({ decided }) => (decided?.at ?? 0) + 1));
  return {
    ...{ id: randomUUID(), at, as, finding: record.id, severity: record.severity },
    records: members.map(({ activity }) => placeOf(activity)),
    by: { ...by, name: clean(by.name, 200) },
    ...(text !== '' && { note: text }),
    ...(policy.identity && { policy: policy.identity }),
  };
}

function doneLine({ record, members }: Named, { as }: Decision): string {
  const what = as === 'acknowledged' || as === 'reopened' ? as : `closed as ${as}`;
  return `finding ${clean(record.id, 128)} ${what}: ${members.length} ${members.length === 1 ? 'record' : 'records'}`;
}
