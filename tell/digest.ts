import { explain } from '../core/findings/assess.ts';
import { SEVERITIES, type Severity } from '../core/findings/severity.ts';
import { type ChatMessage, cut, inertInChat, MAX_DESCRIPTION, MAX_TITLE } from './chat.ts';
import { findingTypeOf } from './finding-type.ts';
import { headline, nameIn } from './headline.ts';
import { MAX_ACCOUNT_NAME, shown } from './shown.ts';
import { subjectLine } from './subject.ts';
import type { Telling } from './telling.ts';

/** A finding whose message was put off, as people are told of it together with others. */
export interface Waiting {
  /** Of the finding. */
  readonly id: string;
  readonly severity: Severity;
  readonly score: number;
  readonly account: string;
  readonly accountName?: string;
  readonly actor: string;
  readonly title: string;
  /** When it was put off, ms. */
  readonly at: number;
  /** When it was told, ms; absent while it waits. */
  readonly told?: number;
}

/** Findings that a digest names; all others are counted. */
const NAMED = 20;
const NAMED_IN_CHAT = 8;
/** Accounts and actors that it counts one by one. */
const COUNTED = 10;

export function entryOf({ record, policy, accountName }: Telling, at: number): Waiting {
  const main = record.members[0]?.activity;
  const name = shown(accountName, MAX_ACCOUNT_NAME);
  return {
    id: shown(record.id, 128),
    severity: record.severity,
    score: record.score,
    account: shown(record.account, 64),
    ...(name !== '' && { accountName: name }),
    actor: main === undefined ? 'nobody known' : nameIn(main),
    title: headline(record, findingTypeOf(record, explain(record, policy).parts)),
    at,
  };
}

const rank = ({ severity }: Waiting): number => SEVERITIES.indexOf(severity);

/** Worst first; of one severity each account's worst before any account's second, so that no account hides another. */
function inTurns(entries: readonly Waiting[]): Waiting[] {
  const turn = new Map<Waiting, number>();
  const seen = new Map<string, number>();
  const byScore = entries.toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  for (const entry of byScore) {
    const key = `${entry.severity} ${entry.account}`;
    turn.set(entry, seen.get(key) ?? 0);
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return byScore.toSorted((a, b) => rank(b) - rank(a) || (turn.get(a) ?? 0) - (turn.get(b) ?? 0));
}

const times = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `3 CRITICAL, 12 HIGH`. */
function bySeverity(entries: readonly Waiting[]): string {
  const counts = SEVERITIES.toReversed().map(
    (severity) => [entries.filter((each) => each.severity === severity).length, severity] as const,
  );
  return counts
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${count} ${severity.toUpperCase()}`)
    .join(', ');
}

/** Lines `12  111122223333 (payments)`, most first. */
function counted(entries: readonly Waiting[], by: (entry: Waiting) => string): string[] {
  const groups = [...Map.groupBy(entries, by)].map(([name, own]) => ({ name, own }));
  const ordered = groups.toSorted((a, b) => b.own.length - a.own.length || (a.name < b.name ? -1 : 1));
  const lines = ordered
    .slice(0, COUNTED)
    .map(({ name, own }) => `${String(own.length).padStart(5)}  ${name} (${bySeverity(own)})`);
  const rest = ordered.length - COUNTED;
  return rest > 0 ? [...lines, `       and ${rest} more`] : lines;
}

const accountOf = ({ account, accountName }: Waiting): string =>
  accountName === undefined ? account : `${account}, ${accountName}`;

/** Why they come together, which whoever reads a digest for the first time asks. */
const WHY =
  'More findings came than people get one by one (10 an hour for each account and severity), so these come together, every 15 minutes. The findings topic has had each of them at once.';

/** What was put off, as one mail. */
export function digestText(entries: readonly Waiting[]): {
  readonly subject: string;
  readonly body: string;
  readonly severity: Severity;
} {
  const ordered = inTurns(entries);
  const [first] = ordered;
  const severity = first?.severity ?? 'medium';
  const accounts = new Set(entries.map(({ account }) => account)).size;
  const named = ordered.slice(0, NAMED);
  const body = [
    `${times(entries.length, 'finding')} in ${times(accounts, 'account')}: ${bySeverity(entries)}`,
    WHY,
    '',
    'BY ACCOUNT',
    ...counted(entries, accountOf),
    '',
    'BY ACTOR',
    ...counted(entries, ({ actor }) => actor),
    '',
    entries.length > named.length ? `THE ${named.length} TO BEGIN WITH` : 'ALL OF THEM',
    ...named.flatMap((entry) => [
      `${entry.severity.toUpperCase().padEnd(8)}  ${entry.title} (${accountOf(entry)})`,
      `          launchtrail explain ${entry.id} --stack Launchtrail`,
    ]),
    ...(entries.length > named.length
      ? ['', `${entries.length - named.length} more: launchtrail findings list --stack Launchtrail`]
      : []),
  ].join('\n');
  const subject = subjectLine(
    `[${severity.toUpperCase()}] ${times(entries.length, 'finding')} together: ${bySeverity(entries)}${accounts === 1 ? ` (${first?.account})` : ` in ${accounts} accounts`}`,
  );
  return { subject, body, severity };
}

/** The same for a channel: shorter, and in a thread of its own. */
export function digestChat(entries: readonly Waiting[], id: string): string {
  const ordered = inTurns(entries);
  const accounts = new Set(entries.map(({ account }) => account)).size;
  const title = inertInChat(
    `[${(ordered[0]?.severity ?? 'medium').toUpperCase()}] ${times(entries.length, 'finding')} together, in ${times(accounts, 'account')}: ${bySeverity(entries)}`,
  );
  const lines = [
    WHY,
    ...ordered
      .slice(0, NAMED_IN_CHAT)
      .map((entry) => `${entry.severity.toUpperCase()}: ${entry.title} (${accountOf(entry)})`),
    ...(ordered.length > NAMED_IN_CHAT ? [`and ${ordered.length - NAMED_IN_CHAT} more`] : []),
  ].map((line) => cut(inertInChat(line), 320));
  const message: ChatMessage = {
    version: '1.0',
    source: 'custom',
    id: `digest.${id}`,
    content: {
      textType: 'client-markdown',
      title: cut(title, MAX_TITLE),
      description: cut(lines.join('\n'), MAX_DESCRIPTION),
      nextSteps: ['`launchtrail findings list --stack Launchtrail`'],
      keywords: ['digest'],
    },
    metadata: {
      threadId: `digest.${id}`,
      summary: cut(title, MAX_TITLE),
      eventType: 'digest',
      additionalContext: { findings: String(entries.length) },
    },
  };
  return JSON.stringify(message);
}
