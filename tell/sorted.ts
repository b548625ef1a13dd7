import type { FindingRecord } from '../core/findings/finding.ts';
import { SEVERITIES } from '../core/findings/severity.ts';

/** Findings in the order they are printed: by severity and score, then oldest first, then by id, so that the bytes are the same. */
export function sorted(findings: readonly FindingRecord[]): FindingRecord[] {
  const rank = ({ severity }: FindingRecord): number => SEVERITIES.indexOf(severity);
  return findings.toSorted(
    (a, b) =>
      rank(b) - rank(a) || b.score - a.score || a.start - b.start || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}
