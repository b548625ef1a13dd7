import type { FindingRecord } from '../core/findings/finding.ts';
import type { Policy } from '../core/policy/policy.ts';
import { toOcsf } from '../tell/ocsf.ts';
import { sorted } from '../tell/sorted.ts';
import { findingsIn } from './findings-in.ts';
import type { VerdictStore } from './ports.ts';
import type { ReadCounts } from './seed.ts';

/** Names of the results of a replay by the state machine. The summary is written last: where it is, all is. */
export const RESULTS = {
  /** A line for each finding, as SIEMs take it. */
  ocsf: 'findings.ocsf.jsonl.gz',
  /** A line for each finding as it is, from which any other format can be made. */
  findings: 'findings.jsonl.gz',
  summary: 'summary.json',
} as const;

/** What a replay by the state machine came to. */
export interface BacktestSummary {
  readonly objects: number;
  readonly records: number;
  readonly activities: number;
  readonly unread: number;
  readonly damaged: number;
  /** Some of them, with the reason. */
  readonly damages: readonly string[];
  readonly findings: number;
  /** By which it was judged, and by which findings are told. */
  readonly policy: Policy;
}

/** Where the results of one replay lie. */
export interface BacktestResults {
  /** What each reading came to. */
  notes(): AsyncIterable<ReadCounts>;
  /** Writes lines, packed where the name says so. */
  write(name: string, lines: Iterable<string>): Promise<void>;
}

/** Damaged objects that are named; the others are counted. */
const MOST_DAMAGES = 20;

/** Tells what a replay has found, once all is judged: in the order and by the words of `launchtrail replay`. */
export async function tellBacktest(
  { verdicts, policy }: { readonly verdicts: Pick<VerdictStore, 'all'>; readonly policy: Policy },
  results: BacktestResults,
): Promise<BacktestSummary> {
  const findings = sorted(await findingsIn(verdicts, policy));
  await results.write(
    RESULTS.ocsf,
    linesOf(findings, (finding) => toOcsf(finding, { policy })),
  );
  await results.write(
    RESULTS.findings,
    linesOf(findings, (finding) => finding),
  );
  const sum = { objects: 0, records: 0, activities: 0, unread: 0, damaged: 0 };
  const damages: string[] = [];
  for await (const { damaged, ...counts } of results.notes()) {
    for (const [name, count] of Object.entries(counts)) sum[name as keyof typeof counts] += count;
    sum.damaged += damaged.length;
    damages.push(...damaged.slice(0, MOST_DAMAGES - damages.length));
  }
  const summary = { ...sum, damages, findings: findings.length, policy };
  await results.write(RESULTS.summary, [JSON.stringify(summary)]);
  return summary;
}

function* linesOf(
  findings: readonly FindingRecord[],
  shape: (finding: FindingRecord) => object,
): Generator<string> {
  for (const finding of findings) yield `${JSON.stringify(shape(finding))}\n`;
}
