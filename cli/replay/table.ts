import { styleText } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Activity } from '../../core/activity/activity.ts';
import { subjectLabel } from '../../core/activity/actor.ts';
import { clean } from '../../core/activity/clean.ts';
import { explain } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { findingTypeOf } from '../../tell/finding-type.ts';
import { headline } from '../../tell/headline.ts';
import { historyText } from '../../tell/history-behind.ts';
import { callOf, sourceOf, utc } from '../../tell/narrate.ts';
import { accountShown, regionShown, shown } from '../../tell/shown.ts';
import { triageLine } from '../../tell/triage.ts';

const HEAD = ['SEVERITY', 'SCORE', 'UTC', 'WHERE', 'WHO', 'FROM AND WHAT'];
/** Columns that are aligned; the last is as wide as there is room. */
const ALIGNED = 5;
/** Narrower than this nothing is. */
const MIN_WIDTH = 80;
/** Room that the last column needs: an address and a call. */
const MIN_WHAT = 40;
/** Two blanks between columns. */
const GAP = '  ';
/** What stands below a finding is indented by. */
const INDENT = ' '.repeat(10);
/** Reasons of one finding shown with its details; the rest is counted. */
const MAX_REASONS = 6;

const STYLES = {
  critical: ['bold', 'red'],
  high: ['red'],
  medium: ['yellow'],
  low: ['dim'],
} as const satisfies Record<Severity, readonly Parameters<typeof styleText>[0][]>;

interface Options {
  /** Cells of a line. */
  readonly width: number;
  readonly colours: boolean;
  /** Under each finding its headline, the points of every signal and its id. */
  readonly details?: boolean;
}

/**
 * What a person reads: one line for each finding, two where the terminal is too narrow; empty without findings. Names and
 * places, which one copies, stand in full.
 */
export function table(
  findings: readonly FindingRecord[],
  policy: Policy,
  { width, colours, details = false }: Options,
): string {
  if (findings.length === 0) return '';
  const full = Math.max(MIN_WIDTH, width);
  const years = new Set(findings.map(({ start }) => utc(start).slice(0, 4)));
  const [year = ''] = years;
  const head = HEAD.map((name) => (name === 'UTC' && years.size === 1 ? `UTC, ${year}` : name));
  const rows = [head, ...findings.map((finding) => cellsOf(finding, years.size === 1))];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => stringWidth(cells[column] ?? ''))));
  const before = widths.slice(0, ALIGNED).reduce((sum, each) => sum + each + GAP.length, 0);
  const oneLine = full - before >= MIN_WHAT;
  const lines = rows.flatMap((cells, index) => {
    const aligned = inRow(cells.slice(0, ALIGNED), widths);
    const last = cells.at(-1) ?? '';
    const told = oneLine
      ? [`${aligned}${GAP}${cutTo(last, full - before)}`]
      : [aligned.trimEnd(), INDENT + cutTo(last, full - INDENT.length)];
    const finding = findings[index - 1];
    if (finding === undefined) return told;
    const [first = '', ...rest] = told;
    const painted = colours ? paint(first, finding.severity) : first;
    return [painted, ...rest, ...(details ? [...detailsOf(finding, policy, full), ''] : [])];
  });
  return `${lines.join('\n').trimEnd()}\n`;
}

const paint = (line: string, severity: Severity): string =>
  styleText([...STYLES[severity]], line.slice(0, severity.length), { validateStream: false }) +
  line.slice(severity.length);

const padded = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - stringWidth(text)));

const inRow = (cells: readonly string[], widths: readonly number[]): string =>
  cells.map((cell, column) => padded(cell, widths[column] ?? 0)).join(GAP);

/** A list without its last entries where there is no room for all; the address before it stays whole. */
function cutTo(text: string, room: number): string {
  if (stringWidth(text) <= room) return text;
  const entries = text.split(', ');
  for (let kept = entries.length - 1; kept > 0; kept--) {
    const cut = `${entries.slice(0, kept).join(', ')} and ${entries.length - kept} more`;
    if (stringWidth(cut) <= room) return cut;
  }
  const [address = '', ...calls] = text.split(GAP);
  return [address, clean(calls.join(GAP), Math.max(8, room - stringWidth(address) - GAP.length))].join(GAP);
}

function cellsOf(finding: FindingRecord, sameYear: boolean): string[] {
  const main = finding.members[0]?.activity;
  return [
    finding.severity.toUpperCase(),
    finding.score.toFixed(1).padStart(HEAD[1]?.length ?? 0),
    utc(finding.start).slice(sameYear ? 5 : 0, 16),
    where(finding),
    main === undefined ? shown(finding.subject, 120) : whoOf(main),
    `${standing(finding)}${main === undefined ? '' : `${sourceOf(main.origin)}  `}${calls(finding)}`,
  ];
}

/** Where it stands with the people who look after it, where it is not simply open. */
const standing = ({ triage }: FindingRecord): string =>
  triage === undefined ? '' : `[${triage.state === 'closed' ? `closed as ${triage.as}` : triage.state}]  `;

const whoOf = ({ actor }: Activity): string => shown(actor.person?.label ?? actor.label, 120);

function where({ account, members }: FindingRecord): string {
  const regions = [...new Set(members.map(({ activity }) => regionShown(activity.region)))]
    .filter(Boolean)
    .sort();
  return `${accountShown(account)} ${regions.length > 1 ? `${regions.length} Regions` : regions.join('')}`.trimEnd();
}

/** The calls by the names that everybody knows, each with how often it was made, and how often in vain. */
function calls({ members, truncated }: FindingRecord): string {
  const byName = Map.groupBy(
    members.map(({ activity }) => activity),
    callOf,
  );
  // members come best evidence first, and so do their calls
  const parts = [...byName].map(
    ([name, made]) => `${made.length > 1 ? `${made.length} ` : ''}${name}${inVain(made)}`,
  );
  return [...parts, ...(truncated ? ['and more'] : [])].join(', ');
}

function inVain(made: readonly Activity[]): string {
  const count = made.filter(({ outcome }) => outcome !== 'succeeded').length;
  if (count === 0) return '';
  return ` (${count === made.length ? '' : `${count} `}in vain)`;
}

function detailsOf(finding: FindingRecord, policy: Policy, full: number): string[] {
  const { parts, capped } = explain(finding, policy);
  const main = finding.members[0]?.activity;
  const reasons = parts.slice(0, MAX_REASONS).map(({ points, signal, reason, times }) => {
    const often = times > 1 ? ` (${times} times)` : '';
    return `${`+${points.toFixed(1)}`.padStart(5)} ${signal}${often}: ${shown(reason, 400)}`;
  });
  const behind = historyText(finding);
  const rest = parts.slice(MAX_REASONS);
  const more = rest.reduce((sum, { points }) => sum + points, 0);
  const lines = [
    headline(finding, findingTypeOf(finding, parts)),
    ...reasons,
    ...(rest.length > 0
      ? [`+${more.toFixed(1)} from ${rest.length} further ${rest.length === 1 ? 'signal' : 'signals'}`]
      : []),
    ...(capped ? [heldDown(finding.severity)] : []),
    ...(main === undefined
      ? []
      : [
          `by ${[...new Set([subjectLabel(main.actor), main.actor.arn ?? main.actor.key])].map((each) => shown(each, 200)).join(', ')}`,
        ]),
    `${utc(finding.start)} to ${utc(finding.last)}`,
    ...(behind === '' ? [] : [`judged against ${behind}`]),
    ...(finding.triage === undefined ? [] : [triageLine(finding.triage)]),
    `finding ${shown(finding.id, 80)}`,
  ];
  return lines.flatMap((line) => hanging(line, full));
}

const heldDown = (severity: Severity): string =>
  severity === 'low'
    ? 'held at LOW: the account is still being learnt, and what would lift it rests only on novelty'
    : 'held down: the account is still being learnt, and what rests only on novelty does not count here';

/** A line below a finding, wrapped where a blank is; an id that is longer than the line stays whole. */
function hanging(line: string, full: number): string[] {
  const [first = '', ...rest] = wrapAnsi(line, full - INDENT.length - 2, { trim: false }).split('\n');
  return [INDENT + first.trimEnd(), ...rest.map((each) => `${INDENT}  ${each.trim()}`)];
}
