import type { RecordOutcome } from '../../app/detect.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { SEVERITIES, type Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { Reading } from '../input/reading.ts';
import { asideLines, foreignLine, type Others } from './others.ts';
import { accountLines } from './own-accounts.ts';

/** What a replay counts. */
export interface Tally extends Others {
  ignored: number;
  judged: number;
  failed: number;
  readonly skipped: Map<string, number>;
  /** Accounts with records of their own. */
  readonly accounts: Set<string>;
}

export const emptyTally = (): Tally => ({
  files: 0,
  ignored: 0,
  read: 0,
  judged: 0,
  failed: 0,
  damaged: 0,
  skipped: new Map(),
  accounts: new Set(),
  foreign: new Map(),
  aside: new Map(),
  objects: [],
});

/** Adds what a stretch of input held beside records. */
export function countOthers(tally: Tally, reading: Pick<Reading, 'foreign' | 'aside' | 'objects'>): void {
  for (const counted of ['foreign', 'aside'] as const) {
    for (const [name, count] of reading[counted]) {
      tally[counted].set(name, (tally[counted].get(name) ?? 0) + count);
    }
  }
  tally.objects.push(...reading.objects);
}

export function countSkipped(tally: Tally, reason: string, count = 1): void {
  tally.skipped.set(reason, (tally.skipped.get(reason) ?? 0) + count);
}

/** Adds the outcomes of a batch and gives back the errors among them. */
export function countOutcomes(tally: Tally, outcomes: readonly RecordOutcome[]): string[] {
  const errors: string[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === 'judged') tally.judged++;
    else if (outcome.status === 'skipped') countSkipped(tally, outcome.reason);
    else {
      tally.failed++;
      errors.push(outcome.error);
    }
  }
  return errors;
}

/** Number of findings by severity. */
function bySeverity(findings: readonly FindingRecord[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

const grouped = (count: number): string => count.toLocaleString('en-GB');

/** The closing summary, line by line. */
export function summary(
  tally: Tally,
  findings: readonly FindingRecord[],
  {
    suppressed,
    hidden,
    seconds,
    policy,
  }: { suppressed: number; hidden: string | undefined; seconds: number; policy: Policy },
): string[] {
  const skipped = [...tally.skipped].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const total = skipped.reduce((sum, [, count]) => sum + count, 0);
  const counts = bySeverity(findings);
  const rate = seconds > 0 ? ` (${grouped(Math.round(tally.read / seconds))} records/s)` : '';
  return [
    `files      ${grouped(tally.files)}${tally.ignored > 0 ? ` (and ${grouped(tally.ignored)} ignored: not named like files of records)` : ''}`,
    `records    ${grouped(tally.read)}`,
    `judged     ${grouped(tally.judged)}`,
    `skipped    ${grouped(total)}`,
    ...skipped.map(([reason, count]) => `           ${grouped(count)} ${reason}`),
    ...[foreignLine(tally), ...asideLines(tally)]
      .filter((line) => line !== undefined)
      .map((line, index) => `${index === 0 ? 'besides   ' : '          '} ${line}`),
    ...(tally.failed > 0 ? [`failed     ${grouped(tally.failed)}`] : []),
    `damaged    ${grouped(tally.damaged)}`,
    `findings   ${SEVERITIES.toReversed()
      .map((severity) => `${counts[severity]} ${severity}`)
      .join(', ')}${suppressed > 0 ? `; ${suppressed} of them suppressed by the policy` : ''}`,
    ...(hidden === undefined ? [] : [`           ${hidden}`]),
    ...(tally.accounts.size === 0 ? [] : accountLines(tally.accounts, findings, policy)).map(
      (line, index) => `${index === 0 ? 'accounts  ' : '          '} ${line}`,
    ),
    `time       ${seconds.toFixed(1)} s${rate}`,
  ];
}
