import { type Activity, byTime } from '../core/activity/activity.ts';
import { type Actor, type ActorClass, knownMfa, subjectLabel } from '../core/activity/actor.ts';
import { clean } from '../core/activity/clean.ts';
import { explain, type Part } from '../core/findings/assess.ts';
import { type FindingRecord, inStory } from '../core/findings/finding.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { AccountNaming } from './account-naming.ts';
import { principalOf, shellWord } from './aws-ids.ts';
import { eventLink } from './console-links.ts';
import { isOfAws } from './contain/clouds.ts';
import { containmentOf } from './contain/containment.ts';
import type { Containment } from './contain/step.ts';
import { stillThere } from './contain/still-there.ts';
import { exceptionsFor } from './exceptions.ts';
import { type FindingType, findingTypeOf, firstSteps, runbookOf } from './finding-type.ts';
import { headline, isLoss } from './headline.ts';
import { historyText } from './history-behind.ts';
import { byName, type Joined, joinedNote } from './joined.ts';
import { from, narrate, utc } from './narrate.ts';
import { accountShown, MAX_ACCOUNT_NAME, regionShown, shown } from './shown.ts';
import { subjectOf } from './subject.ts';
import { triageNote } from './triage.ts';

/** Longest body, UTF-8 bytes: what a mail client on a telephone still shows whole. */
export const MAX_BODY_BYTES = 8_000;

const CLASSES: Readonly<Record<ActorClass, string>> = {
  human: 'a person',
  workload: 'a workload (instance, container or function)',
  unknown: 'no record says who',
  automation: 'automation',
  service: 'a service of the cloud',
  root: 'the ROOT user',
  'foreign-account': 'someone of another account',
};

/** A user may be a person or a pipeline; whoever is woken must not take the one for the other. */
const isUser = ({ class: sort, arn }: Actor): boolean =>
  sort === 'human' && principalOf(arn)?.sort === 'user';

/** How much of each section is written; tried in order until the body fits. */
const LIMITS = [
  { lines: 15, parts: 12, steps: 12, reason: 300 },
  { lines: 10, parts: 8, steps: 8, reason: 220 },
  { lines: 6, parts: 6, steps: 5, reason: 160 },
  { lines: 3, parts: 3, steps: 2, reason: 100 },
  { lines: 2, parts: 2, steps: 0, reason: 80 },
] as const;

type Limits = (typeof LIMITS)[number];

const counted = (count: number, more = ''): string => `${count} ${more}${count === 1 ? 'record' : 'records'}`;

/** Lines of what happened; calls that differ only in time become one line. */
function timeline(record: FindingRecord, { lines }: Limits): string[] {
  const groups = new Map<
    string,
    { text: string; from: string; activity: Activity; last: number; times: number }
  >();
  const ordered = inStory(record);
  for (const { activity } of ordered) {
    const text = narrate(activity);
    const key = JSON.stringify([activity.region, text, from(activity), subjectLabel(activity.actor)]);
    const known = groups.get(key);
    if (known === undefined) {
      groups.set(key, { text, from: from(activity), activity, last: activity.at, times: 1 });
    } else {
      known.last = activity.at;
      known.times += 1;
    }
  }
  const best = new Set(record.members.slice(0, lines).map(({ activity }) => activity.id));
  const all = [...groups.values()];
  const taken =
    all.length <= lines
      ? all
      : all
          .toSorted((a, b) => Number(best.has(b.activity.id)) - Number(best.has(a.activity.id)))
          .slice(0, lines)
          .sort((a, b) => byTime(a.activity, b.activity));
  const main = mainOf(record);
  const entries = taken.map(({ text, from: source, activity, last, times }) => {
    const who = subjectLabel(activity.actor);
    const asides = [
      ...(main === undefined || who === subjectLabel(main.actor) ? [] : [`by ${shown(who, 80)}`]),
      ...(main === undefined || source === from(main) ? [] : [`from ${source}`]),
      ...(times > 1 ? [`${times} times, last ${utc(last)}`] : []),
    ];
    return `${utc(activity.at)}  ${regionShown(activity.region) || '-'}  ${text}${asides.length > 0 ? ` [${asides.join('; ')}]` : ''}`;
  });
  const told = taken.reduce((sum, { times }) => sum + times, 0);
  const rest = ordered.length - told;
  if (rest > 0) entries.push(`... and ${counted(rest, 'more ')}, listed in the finding`);
  if (record.truncated) entries.push('... and more activity than a finding keeps: look in CloudTrail itself');
  return entries;
}

/** The member that weighs most: the one the message speaks of unless it says otherwise. */
const mainOf = ({ members }: FindingRecord): Activity | undefined => members[0]?.activity;

function who({ members, ...record }: FindingRecord, { accountName, unit }: Beside): string[] {
  const main = members[0]?.activity;
  if (main === undefined) return [];
  const { actor } = main;
  const mfa = knownMfa(actor);
  const names = [accountName, unit && `unit ${unit.name}`].map((name) => shown(name, MAX_ACCOUNT_NAME));
  const called = names.filter((name) => name !== '').join(', ');
  const inAccount = `Account:  ${shown(record.account, 64)}${called === '' ? '' : ` (${called})`}`;
  const when = `When:     ${utc(record.start)}${record.last === record.start ? '' : ` to ${utc(record.last)}`}`;
  if (members.every(isLoss))
    return ['Actor:    nobody, as far as is known: Launchtrail itself misses something', when, inAccount];
  const lines = [
    `Actor:    ${shown(subjectLabel(actor), 120)}, ${isUser(actor) ? 'an IAM user' : CLASSES[actor.class]}`,
    `          ${shown(actor.arn ?? actor.key, 200)}`,
    ...(actor.credential === undefined && !isOfAws(main)
      ? []
      : [
          `Session:  ${actor.credential ?? 'unknown'} credentials${actor.accessKey === undefined ? '' : ` ${shown(actor.accessKey, 30)}`}${mfa === undefined ? '' : `, MFA ${mfa ? 'yes' : 'NO'}`}`,
        ]),
    `From:     ${from(main)}`,
    when,
    `${inAccount}${actor.account === record.account ? '' : ` (actor belongs to ${shown(actor.account, 64)})`}`,
  ];
  if (actor.instance !== undefined) {
    lines.push(`Instance: these are the credentials of ${shown(actor.instance, 30)}`);
  }
  if (actor.invokedBy !== undefined) {
    lines.push(`Through:  ${shown(actor.invokedBy, 60)} made the call on the actor's behalf`);
  }
  return lines;
}

const points = (value: number): string => `+${value.toFixed(1)}`.padStart(6);

/** Parts of the score, apart by whether they compare with the past. */
function why(record: FindingRecord, parts: readonly Part[], { parts: max, reason }: Limits): string[] {
  const novel = new Set(
    record.members.flatMap(({ evidence }) => evidence.filter((e) => e.novelty).map(({ signal }) => signal)),
  );
  const ordered = parts.toSorted((a, b) => b.points - a.points);
  const taken = ordered.slice(0, max);
  const line = ({ signal, points: value, reason: text, times }: Part): string =>
    `${points(value)}  ${shown(byName(text, record), reason)} [${signal}${times > 1 ? `, ${times} records` : ''}]`;
  const whatever = taken.filter(({ signal }) => !novel.has(signal)).map(line);
  const unusual = taken.filter(({ signal }) => novel.has(signal)).map(line);
  const rest = ordered.slice(max);
  return [
    ...(whatever.length > 0 ? ['In itself:', ...whatever] : []),
    ...(unusual.length > 0 ? ['Compared with what was usual before:', ...unusual] : []),
    ...(rest.length > 0
      ? [
          `${points(rest.reduce((sum, part) => sum + part.points, 0))}  from ${rest.length} more ${rest.length === 1 ? 'signal' : 'signals'}, listed in the finding`,
        ]
      : []),
  ];
}

function contain(steps: readonly Containment[], home: string, max: number): string[] {
  const lines = steps
    .slice(0, max)
    .flatMap(({ why: reason, account, commands, undo }) => [
      `# ${reason}${account === home ? '' : `, in account ${shown(account, 64)}`}`,
      ...commands,
      ...(undo === undefined ? [] : [`# undo: ${undo}`]),
    ]);
  const rest = steps.length - max;
  return rest > 0 ? [...lines, `# ${rest} more steps: see the runbook`] : lines;
}

/** How to end it: by a decision; as real, in the team's own tracker, too; as expected and often, by entries in the policy that run out. */
function close(record: FindingRecord, parts: readonly Part[], policy: Policy): string[] {
  const real = record.members.every(isLoss)
    ? 'Real: put the finding id below into your ticket, and close it yourself once it is mended: nothing tells of that.'
    : 'Real: put the finding id below into your ticket. The finding grows by itself while the actor goes on.';
  const decide = `Either way: launchtrail findings close ${shellWord(clean(record.id, 128))} --as benign --note 'why' --stack Launchtrail (or false, test, confirmed). What was benign or false becomes familiar.`;
  const exceptions = exceptionsFor(record, parts, policy);
  if (exceptions === undefined) {
    return [
      decide,
      real,
      'Expected: it would take too many exceptions, or too wide ones; see "Closing a finding" in the runbook.',
    ];
  }
  return [
    decide,
    real,
    'Expected, and often: add this to policy.yaml and deploy it. Such findings are then kept and counted, not sent to people:',
    '  suppressions:',
    ...exceptions.map((exception) => `    - ${JSON.stringify(exception)}`),
  ];
}

/** Whether anything exists now that did not before is the first thing to know. */
export const refusedNote = ({ members }: FindingRecord): string[] =>
  members.some(({ activity }) => activity.outcome === 'succeeded')
    ? []
    : ['No attempt succeeded: nothing was made, changed or shared.'];

/** Learning says how far to trust a comparison with the past. */
function learningNote(record: FindingRecord, capped: boolean): string[] {
  // what Launchtrail misses itself is compared with no past
  const learning = record.members.some((member) => member.learning && !isLoss(member));
  if (!capped && !learning) return [];
  return [
    `Learning: this account is not known well yet, so what is unusual in it is partly guesswork${capped ? `; the score was held ${record.severity === 'low' ? 'at LOW' : 'down'} for that` : ''}.`,
  ];
}

/** How much history stands behind it says the same of all findings. */
function historyNote(record: FindingRecord): string[] {
  const behind = historyText(record);
  return behind === '' ? [] : [`Judged against ${behind}.`];
}

/** Where the record that weighs most can be read; its account has to be signed in to. */
function firstRecord(record: FindingRecord): string[] {
  const main = mainOf(record);
  const link = main === undefined ? undefined : eventLink(main);
  return link === undefined ? [] : [`The record that weighs most: ${link}`];
}

/** What a message says beside what is in the finding. */
interface Beside extends AccountNaming {
  /** What has joined a finding that people were told of before. */
  readonly joined?: Joined | undefined;
  /** Calls outside of its story that ended what it left. */
  readonly ends?: readonly Activity[] | undefined;
  /** Address of docs/. */
  readonly docs?: string | undefined;
}

function bodyOf(record: FindingRecord, policy: Policy, limits: Limits, beside: Beside): string {
  const { score, parts, capped } = explain(record, policy);
  const type: FindingType = findingTypeOf(record, parts);
  const regions = [...new Set(inStory(record).map(({ activity }) => regionShown(activity.region)))]
    .filter(Boolean)
    .sort();
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', title, ...lines];
  return [
    `${record.severity.toUpperCase()}, score ${score.toFixed(1)} of 100`,
    headline(record, type),
    ...triageNote(record),
    ...joinedNote(beside.joined, record, policy),
    ...refusedNote(record),
    ...stillThere(record, beside.ends),
    ...section('WHO', who(record, beside)),
    ...section(
      'FIRST STEPS',
      firstSteps(record, type).map((step, index) => `${index + 1}. ${step}`),
    ),
    `More: ${runbookOf(type, beside.docs)}`,
    ...section(
      `CONTAINMENT, once you are sure (run in account ${accountShown(record.account)} unless another is named; Launchtrail has done none of this)`,
      contain(containmentOf(record, beside.ends), record.account, limits.steps),
    ),
    ...section(
      `WHAT, IN ORDER (UTC; ${counted(inStory(record).length)}${regions.length === 0 ? '' : ', '}${regions.slice(0, 6).join(', ')}${regions.length > 6 ? ` and ${regions.length - 6} more Regions` : ''})`,
      timeline(record, limits),
    ),
    ...section(`WHY IT SCORED ${score.toFixed(1)}`, [
      ...why(record, parts, limits),
      ...historyNote(record),
      ...learningNote(record, capped),
    ]),
    ...section('TO CLOSE', close(record, parts, policy)),
    '',
    `Finding ${clean(record.id, 128)}`,
    `In full: launchtrail explain ${shellWord(clean(record.id, 128))} --stack Launchtrail`,
    ...firstRecord(record),
  ].join('\n');
}

/**
 * A finding as plain text for a person who has just been woken: who did what where, why it counts, what to do.
 *
 * The subject fits SNS, the body has at most 8,000 bytes; what does not fit is counted, never dropped in silence.
 */
export function alertText(
  record: FindingRecord,
  policy: Policy,
  beside: Beside = {},
): { subject: string; body: string } {
  const { parts } = explain(record, policy);
  const subject = subjectOf(record, headline(record, findingTypeOf(record, parts)), beside.accountName);
  let body = '';
  for (const limits of LIMITS) {
    body = bodyOf(record, policy, limits, beside);
    if (new TextEncoder().encode(body).byteLength <= MAX_BODY_BYTES) break;
  }
  return { subject, body };
}
