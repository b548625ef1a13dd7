import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { detect } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { explain } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Severity } from '../../core/findings/severity.ts';
import type { TrailRecord } from '../../simulate/trail-record.ts';
import { policy } from './world.ts';

/** What the detector says of some records. */
export interface Verdict {
  readonly severity: Severity | undefined;
  readonly score: number;
  readonly signals: readonly string[];
  /** Open findings that hold one of the records. */
  readonly findings: readonly FindingRecord[];
}

/** Records handed over at once where their order is of no interest. */
const BATCH = 100;

/**
 * Judges a history and then some records one by one.
 *
 * @param about ids of the records in question; findings that hold none of them are left out
 */
export async function verdictOn(
  history: readonly TrailRecord[],
  records: readonly TrailRecord[],
  about: ReadonlySet<string> = new Set(records.map(({ eventID }) => eventID)),
): Promise<Verdict> {
  const deps = { history: memoryHistory(), verdicts: memoryVerdicts(), policy };
  for (let from = 0; from < history.length; from += BATCH) {
    await judgeAll(deps, history.slice(from, from + BATCH));
  }
  for (const record of records) await judgeAll(deps, [record]);

  const findings: FindingRecord[] = [];
  for (const record of await findingsIn(deps.verdicts, policy)) {
    if (record.members.some(({ activity }) => about.has(activity.id))) findings.push(record);
  }
  findings.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  const worst = findings[0];
  if (worst === undefined) return { severity: undefined, score: 0, signals: [], findings };
  const signals = explain(worst, policy).parts.map(({ signal }) => signal);
  return { severity: worst.severity, score: worst.score, signals, findings };
}

async function judgeAll(deps: Parameters<typeof detect>[0], records: readonly TrailRecord[]): Promise<void> {
  for (const outcome of await detect(deps, records)) {
    if (outcome.status === 'failed') throw new Error(outcome.error);
  }
}
