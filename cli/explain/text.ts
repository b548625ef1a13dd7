import wrapAnsi from 'wrap-ansi';
import type { DataStep, Happening, Reason, Telling } from './telling.ts';

/** Lines of the timeline and steps of the data printed; the rest is counted, JSON has them all. */
const MAX_LINES = 60;
/** Principals and places named. */
const MAX_NAMES = 6;

/** `2026-03-02 03:14:07Z` from ISO 8601. */
const utc = (iso: string): string => iso.replace('T', ' ').slice(0, 19).concat('Z');

/** A finding for a person who has just been woken: what, who, in what order, why, and where the data came from. */
export function text(telling: Telling, width: number): string {
  const { severity, score, title, notes } = telling;
  const wrap = (line: string, indent: number): string[] => hanging(line, indent, width);
  const section = (head: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', head, ...lines];
  const members = telling.timeline.filter(({ standing }) => standing === 'finding');
  const open = telling.status === 'open';
  const records = members.reduce((sum, { times }) => sum + times, 0);
  return [
    ...wrap(
      `${open ? '' : `${telling.status.toUpperCase()}, was `}${severity.toUpperCase()} ${score.toFixed(1)} of 100${open ? `: ${title}` : ''}`,
      2,
    ),
    `finding ${telling.id}`,
    `account ${telling.account}, ${utc(telling.start)} to ${utc(telling.end)}${open ? `, ${records} ${records === 1 ? 'record' : 'records'}` : ''}`,
    ...(telling.history === '' ? [] : wrap(`judged against ${telling.history}`, 2)),
    ...(telling.triage === undefined ? [] : wrap(telling.triage, 2)),
    ...notes.flatMap((note) => wrap(`! ${note}`, 2)),
    ...section('WHO', [
      ...few(telling.who).flatMap((name) => wrap(`  ${name}`, 4)),
      ...few(telling.from.map((place) => `from ${place}`)).flatMap((line) => wrap(`  ${line}`, 4)),
    ]),
    ...section(
      'WHAT HAPPENED (UTC; . marks what is not part of the finding but belongs to its story)',
      cut(telling.timeline).flatMap((line) => happening(line, telling).flatMap((each) => wrap(each, 6))),
    ),
    ...counted(telling.timeline, 'lines'),
    ...section('WHERE THE DATA CAME FROM AND WENT (oldest first; what <- from what)', [
      ...cut(telling.data).flatMap((step) => wrap(dataLine(step, telling), 6)),
      ...counted(telling.data, 'steps'),
    ]),
    ...section(
      `WHY IT SCORES ${score.toFixed(1)} (weight x strength; further signals of one family count for less)`,
      telling.signals.flatMap((reason) => reasonLines(reason).flatMap((each) => wrap(each, 9))),
    ),
    ...(telling.status === 'open' ? ['', `What to do: ${telling.runbook}`] : []),
    '',
  ].join('\n');
}

function hanging(line: string, indent: number, width: number): string[] {
  const [first = '', ...rest] = wrapAnsi(line, width, { trim: false, hard: true }).split('\n');
  if (rest.length === 0) return [first];
  const remaining = line.slice(first.length).trimStart();
  const more = wrapAnsi(remaining, Math.max(20, width - indent), { hard: true }).split('\n');
  return [first.trimEnd(), ...more.map((each) => `${' '.repeat(indent)}${each}`)];
}

function few(names: readonly string[]): string[] {
  const more = names.length - MAX_NAMES;
  return more > 0 ? [...names.slice(0, MAX_NAMES), `and ${more} more`] : [...names];
}

const cut = <T>(lines: readonly T[]): readonly T[] => lines.slice(0, MAX_LINES);

const counted = (lines: readonly unknown[], noun: string): string[] =>
  lines.length > MAX_LINES ? [`  and ${lines.length - MAX_LINES} more ${noun}; --format json has all`] : [];

function happening({ at, until, times, ...line }: Happening, telling: Telling): string[] {
  const { from, account } = telling;
  const asides = [
    ...(isOnly(line.who, telling) ? [] : [`by ${line.who}`]),
    ...(from.length === 1 && line.from === from[0] ? [] : [`from ${line.from}`]),
    ...(line.account === account ? [] : [`in account ${line.account}`]),
    ...(times > 1 && until !== undefined ? [`${times} times, last ${utc(until)}`] : []),
  ];
  const mark = line.standing === 'finding' ? ' ' : '.';
  return [
    `${mark} ${utc(at)}  ${line.region}  ${line.what}`,
    ...(asides.length > 0 ? [`      ${asides.join('; ')}`] : []),
    ...(line.signals.length > 0 ? [`      why: ${line.signals.join(', ')}`] : []),
  ];
}

/** Where one subject did it all, saying so on every line hides the rest. */
const isOnly = (name: string, { who }: Telling): boolean => who.length === 1 && name === who[0];

function dataLine({ at, to, from, action, who, times, standing }: DataStep, told: Telling): string {
  const mark = standing === 'finding' ? ' ' : '.';
  return `${mark} ${utc(at)}  ${to} <- ${from}, ${action}${times > 1 ? ` (${times} times)` : ''}${isOnly(who, told) ? '' : ` by ${who}`}`;
}

function reasonLines({ signal, family, points, weight, strength, reason, novelty, times }: Reason): string[] {
  const often = times > 1 ? `, ${times} records` : '';
  return [
    `${`+${points.toFixed(1)}`.padStart(7)}  ${signal}  (${family}; ${weight.toFixed(2)} x ${strength.toFixed(2)}${novelty ? '; compared with the past' : ''}${often})`,
    `         ${reason}`,
  ];
}
