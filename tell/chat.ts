import { explain } from '../core/findings/assess.ts';
import { inStory } from '../core/findings/finding.ts';
import { stillThere } from './contain/still-there.ts';
import { type FindingType, findingTypeOf, firstSteps, runbookOf } from './finding-type.ts';
import { headline, nameIn } from './headline.ts';
import { byName, joinedNote } from './joined.ts';
import { refusedNote } from './message.ts';
import { from, utc } from './narrate.ts';
import { accountShown, MAX_ACCOUNT_NAME, shown } from './shown.ts';
import type { Telling } from './telling.ts';
import { isOver, stateOf, triageNote } from './triage.ts';

/**
 * What Amazon Q Developer takes of an SNS topic and puts into a channel of Slack or Teams; anything else it drops in silence.
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export interface ChatMessage {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords?: readonly string[];
  };
  readonly metadata: {
    /** Messages of one thread stand together where the channel's preferences say so. */
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

/** The page that gives the lengths cannot be relied on; a title of Slack's blocks has 150 characters, a section 3,000. */
export const MAX_TITLE = 150;
export const MAX_DESCRIPTION = 2_800;
/** Reasons that the first message gives: enough to decide whether to open the finding. */
const REASONS = 3;

/** Characters that Slack or Teams make markup, links or calls of, and what is read in their place. */
const STAND_INS: Readonly<Record<string, string>> = {
  '<': '‹',
  '>': '›',
  '&': '＆',
  '@': '＠',
  '`': 'ˋ',
  '*': '∗',
  '~': '∼',
  '[': '［',
  ']': '］',
  '|': '¦',
  '#': '＃',
  '!': 'ǃ',
  '\\': '＼',
};

/**
 * Text in which nothing is markup, in either of two dialects: `<!channel>` and `<https://…|…>` are live in Slack, `[…](…)` in
 * Teams, and what the one takes for an escape the other shows. An underscore within a word is markup in neither.
 */
export const inertInChat = (text: string): string =>
  text
    .replaceAll(/[<>&@`*~[\]|#!\\]/g, (char) => STAND_INS[char] ?? '')
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿');

/** The story in five lines: who, from where, in which account; why; whether anything was made. */
function firstLines({ record, policy, accountName, ends }: Telling): string[] {
  const main = record.members[0]?.activity;
  const { score, parts, capped } = explain(record, policy);
  const account = `${accountShown(record.account)}${accountName === undefined ? '' : ` (${shown(accountName, MAX_ACCOUNT_NAME)})`}`;
  const reasons = parts
    .toSorted((a, b) => b.points - a.points)
    .slice(0, REASONS)
    .map(({ reason }) => shown(byName(reason, record), 220));
  const told = inStory(record).length;
  return [
    ...(main === undefined ? [] : [`Who: ${nameIn(main, 120)}, from ${from(main)}`]),
    `Where and when: account ${account}, ${utc(record.start)}${record.last === record.start ? '' : ` to ${utc(record.last)}`}, ${told} ${told === 1 ? 'record' : 'records'}`,
    `Why, ${score.toFixed(0)} of 100: ${reasons.join('; ')}${capped ? ' (held down: this account is still being learnt)' : ''}`,
    ...refusedNote(record),
    ...stillThere(record, ends),
  ];
}

/** Only what is new since the thread was last written to. */
function newLines({ record, before, joined, policy }: Telling): string[] {
  if (record.status === 'merged')
    return [`Closed: it is part of finding ${shown(record.into ?? 'unknown', 128)} now. Go on there.`];
  if (record.status === 'withdrawn') return ['Closed: records that arrived later explain it.'];
  if (isOver(record)) return triageNote(record);
  const now = `${record.severity.toUpperCase()}, ${explain(record, policy).score.toFixed(0)} of 100`;
  const lines = [
    ...(before?.status === 'open' ? [] : [`Open again, ${now}.`]),
    ...(before?.triage?.state === 'closed' ? triageNote(record) : []),
    ...(before?.status === 'open' && before.severity !== record.severity
      ? [`${before.severity.toUpperCase()} before, now ${now}.`]
      : []),
    ...joinedNote(joined, record, policy),
  ];
  return lines.length > 0 ? lines : [`It goes on: ${now}.`];
}

/** The id by which the finding is asked for is the only markup, and holds none of a record but digits and letters. */
const explainStep = (id: string): string =>
  /^[\w-]+$/.test(id) ? `\`launchtrail explain ${id} --stack Launchtrail\`` : 'launchtrail explain';

/** What the channel makes a link of by itself; the address is checked where it is set, and the type is a word of ours. */
const runbookStep = (type: FindingType, docs: string | undefined): string[] =>
  docs === undefined ? [] : [`Runbook: ${runbookOf(type, docs)}`];

/** A finding as a custom notification. The first of a thread tells the story in five lines, each further one what is new. */
export function chatText(telling: Telling): string {
  const { record, policy, before, docs } = telling;
  const type = findingTypeOf(record, explain(record, policy).parts);
  const title = inertInChat(`[${stateOf(record)}] ${headline(record, type)}`);
  const id = inertInChat(shown(record.id, 128));
  const lines = (before === undefined ? firstLines : newLines)(telling).map(inertInChat);
  const steps = before === undefined ? firstSteps(record, type).slice(0, 2).map(inertInChat) : [];
  const message: ChatMessage = {
    version: '1.0',
    source: 'custom',
    id: [id, record.triage?.state ?? record.status, record.last, record.members.length].join('.'),
    content: {
      textType: 'client-markdown',
      title: cut(title, MAX_TITLE),
      description: cut(lines.join('\n'), MAX_DESCRIPTION),
      ...(!isOver(record) && {
        nextSteps: [
          ...steps,
          explainStep(record.id),
          ...(before === undefined ? runbookStep(type, docs) : []),
        ],
      }),
      keywords: [stateOf(record), type, inertInChat(accountShown(record.account))],
    },
    metadata: {
      threadId: id,
      summary: cut(title, MAX_TITLE),
      eventType: type,
      additionalContext: { finding: id, severity: stateOf(record) },
    },
  };
  return JSON.stringify(message);
}

export const cut = (text: string, max: number): string => {
  const points = Array.from(text);
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`;
};
