import { styleText } from 'node:util';
import type { Activity } from '../../core/activity/activity.ts';
import { subjectLabel } from '../../core/activity/actor.ts';
import { clean } from '../../core/activity/clean.ts';
import { explain, type Part } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { findingTypeOf } from '../../tell/finding-type.ts';
import { headline } from '../../tell/headline.ts';
import { utc } from '../../tell/narrate.ts';
import { boxes } from './boxes.ts';

const HEAD = ['severity', 'score', 'when (UTC)', 'where', 'who', 'what'];
/** Narrower than this the columns would hold single letters. */
const MIN_WIDTH = 80;
/** From here on a time fits on one line beside the rest. */
const ROOMY = 110;
/** Wider lines are hard to read across. */
const MAX_WIDTH = 160;
/** Reasons of one finding shown; the rest is counted. */
const MAX_REASONS = 6;

const STYLES = {
  critical: ['bold', 'red'],
  high: ['red'],
  medium: ['yellow'],
  low: ['dim'],
} as const satisfies Record<Severity, readonly Parameters<typeof styleText>[0][]>;

/** What a person reads: one block per finding, under it the points of every signal; empty without findings. */
export function table(
  findings: readonly FindingRecord[],
  policy: Policy,
  { width, colours }: { width: number; colours: boolean },
): string {
  if (findings.length === 0) return '';
  const full = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width));
  const fixed = full < ROOMY ? [8, 5, 10, 14] : [8, 5, 20, 16];
  // borders and blanks take three cells a column and one more; the last two columns share what is left
  const free = full - fixed.reduce((sum, column) => sum + column, 0) - 3 * HEAD.length - 1;
  const columns = [...fixed, Math.floor(free / 2), Math.ceil(free / 2)];
  const paint = (severity: Severity): string =>
    colours
      ? styleText([...STYLES[severity]], severity.toUpperCase(), { validateStream: false })
      : severity.toUpperCase();
  const blocks = findings.map((finding) => {
    const { parts, capped } = explain(finding, policy);
    return {
      cells: [
        paint(finding.severity),
        finding.score.toFixed(1),
        when(finding),
        where(finding),
        who(finding),
        what(finding),
      ],
      below: detail(finding, parts, capped),
    };
  });
  return boxes(HEAD, blocks, { columns, colours });
}

function when({ start, end }: FindingRecord): string {
  return start === end ? utc(start) : `${utc(start)}\n${utc(end)}`;
}

function where({ account, members }: FindingRecord): string {
  const regions = [...new Set(members.map(({ activity }) => clean(activity.region, 20)))].sort();
  return `${clean(account, 14)}\n${regions.length > 3 ? `${regions.length} Regions` : regions.join('\n')}`;
}

function who({ subject, members }: FindingRecord): string {
  const actor = members[0]?.activity.actor;
  return clean(actor === undefined ? subject : subjectLabel(actor), 120);
}

/** Kinds and how often, with how many of them did not succeed. */
function what({ members, truncated }: FindingRecord): string {
  const kinds = Map.groupBy(
    members.map(({ activity }) => activity),
    ({ kind }) => kind,
  );
  const parts = [...kinds]
    .sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1))
    .map(([kind, activities]) => `${activities.length} ${kind}${vain(activities)}`);
  return `${parts.join(', ')}${truncated ? ', and more' : ''}`;
}

function vain(activities: readonly Activity[]): string {
  const count = activities.filter(({ outcome }) => outcome !== 'succeeded').length;
  return count === 0 ? '' : ` (${count} without success)`;
}

function detail(finding: FindingRecord, parts: readonly Part[], capped: boolean): string {
  const shown = parts.slice(0, MAX_REASONS).map(({ points, signal, reason, times }) => {
    const often = times > 1 ? ` (${times} times)` : '';
    return `${`+${points.toFixed(1)}`.padStart(5)} ${signal}${often}: ${clean(reason, 400)}`;
  });
  const rest = parts.slice(MAX_REASONS);
  const more = rest.reduce((sum, { points }) => sum + points, 0);
  return [
    headline(finding, findingTypeOf(finding, parts)),
    ...shown,
    ...(rest.length > 0 ? [`+${more.toFixed(1)} from ${rest.length} further signals`] : []),
    ...(capped ? ['held at LOW: the account is still being learnt, and this rests only on novelty'] : []),
    `finding ${clean(finding.id, 80)}`,
  ].join('\n');
}
