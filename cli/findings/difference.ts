import type { Run, Telling } from '../../adapters/sqlite/tellings.ts';
import type { Event } from '../../app/told.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { SEVERITIES, type Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { utc } from '../../tell/narrate.ts';
import { rowOf } from '../replay/row.ts';

/** What a run found out about one finding. */
export interface Change {
  readonly event: Event;
  readonly id: string;
  readonly severity: Severity;
  readonly score: number;
  /** What it says now; absent of one that closed. */
  readonly what?: string;
  /** The finding that one which closed is part of now. */
  readonly into?: string;
}

/** What a run told, the worst first. */
export function differenceOf(
  told: readonly Telling[],
  findings: readonly FindingRecord[],
  policy: Policy,
): Change[] {
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  return told
    .flatMap(({ id, event, told: { severity, score, into } }): Change[] => {
      if (event === 'renamed') return [];
      const finding = byId.get(id);
      return [
        {
          event,
          id,
          severity,
          score,
          ...(finding !== undefined && { what: rowOf(finding, policy).what }),
          ...(into !== undefined && { into }),
        },
      ];
    })
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
        b.score - a.score ||
        (a.id < b.id ? -1 : 1),
    );
}

/** The same for a person. */
export function differenceLines(changes: readonly Change[], last: Run, before: Run | undefined): string {
  const since = before === undefined ? 'the first run' : `since the run of ${utc(before.ended)}`;
  const head = `run of ${utc(last.ended)}, ${since}: ${changes.length === 0 ? 'no news' : `${changes.length} of news`}\n`;
  const lines = changes.map(({ event, id, severity, score, what, into }) => {
    const now = what ?? (into === undefined ? 'explained away by later records' : `part of ${into} now`);
    return `${event.padEnd(9)}${severity.toUpperCase().padEnd(9)}${score.toFixed(1).padStart(5)}  ${now}\n${' '.repeat(25)}finding ${id}\n`;
  });
  return head + lines.join('');
}
