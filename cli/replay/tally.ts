import type { RecordOutcome } from '../../app/detect.ts';
import type { Activity } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { SEVERITIES, type Severity } from '../../core/findings/severity.ts';
import { DAY } from '../../core/history/facts.ts';
import { UNREAD } from '../../core/records/cloudtrail/cloudtrail.ts';
import type { Reading } from '../input/reading.ts';
import { asideLines, foreignLine, foreignOf, type Others } from './others.ts';

/** What a replay counts. */
export interface Tally extends Others {
  ignored: number;
  judged: number;
  failed: number;
  readonly skipped: Map<string, number>;
  /** Of what was judged: how much in which account, and in which Regions. */
  readonly accounts: Map<string, number>;
  readonly regions: Set<string>;
  /** How much on which day since the epoch, by `ACCOUNT DAY`. */
  readonly days: Map<string, number>;
  /** Times of the first and last of it, ms; not finite where nothing was. */
  first: number;
  last: number;
}

export const emptyTally = (): Tally => ({
  files: 0,
  ignored: 0,
  read: 0,
  judged: 0,
  failed: 0,
  damaged: 0,
  skipped: new Map(),
  accounts: new Map(),
  regions: new Set(),
  days: new Map(),
  first: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
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

/** Adds when and where something happened that was judged. */
export function countPlace(
  tally: Tally,
  { account, region, at }: Pick<Activity, 'account' | 'region' | 'at'>,
): void {
  tally.accounts.set(account, (tally.accounts.get(account) ?? 0) + 1);
  tally.regions.add(region);
  const day = `${account} ${Math.floor(at / DAY)}`;
  tally.days.set(day, (tally.days.get(day) ?? 0) + 1);
  tally.first = Math.min(tally.first, at);
  tally.last = Math.max(tally.last, at);
}

/** Number of findings by severity. */
function bySeverity(findings: readonly FindingRecord[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

/** Records of watched calls that could not be read: no answer, whatever the rest says. */
export const unreadOf = ({ skipped }: Tally): number =>
  [...UNREAD].reduce((sum, reason) => sum + (skipped.get(reason) ?? 0), 0);

/** Why nothing could be judged though records were found; undefined where one was read. */
export function allUnread(tally: Tally): string[] | undefined {
  const unread = unreadOf(tally);
  if (unread === 0 || unread + foreignOf(tally) < tally.read) return undefined;
  const reasons = [...tally.skipped].map(([reason, count]) => `${grouped(count)} ${reason}`).join(', ');
  return [
    `${grouped(unread)} of ${grouped(tally.read)} record${tally.read === 1 ? '' : 's'} could not be read, though the calls are watched: ${reasons}`,
    'there is no record to judge',
  ];
}

const grouped = (count: number): string => count.toLocaleString('en-GB');

/** What a run says at its end beside its counts. */
export interface Closing {
  /** Findings that the policy suppresses, of those counted. */
  readonly suppressed: number;
  /** What was not printed, and how to see it. */
  readonly hidden: readonly string[];
  /** Lines on when, where and by which policy. */
  readonly coverage: readonly string[];
  readonly seconds: number;
}

/** The closing summary, line by line. */
export function summary(
  tally: Tally,
  findings: readonly FindingRecord[],
  { suppressed, hidden, coverage, seconds }: Closing,
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
    ...hidden.map((line) => `           ${line}`),
    ...coverage,
    `time       ${seconds.toFixed(1)} s${rate}`,
  ];
}
