import type { Decision } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { unmatchedBy } from '../triage/decisions.ts';

/** What was decided about findings as they are now, by the records that they hold. */
export interface Decided {
  readonly needless: readonly FindingRecord[];
  readonly confirmed: readonly FindingRecord[];
  /** Decisions that are about none of the findings. */
  readonly unmatched: number;
}

/** A finding that holds something confirmed is confirmed, whatever else it holds. */
export function decidedOf(findings: readonly FindingRecord[], decisions: readonly Decision[]): Decided {
  const isRuled = ({ members }: FindingRecord, ...rulings: readonly Decision['as'][]): boolean =>
    members.some(({ decided }) => decided !== undefined && rulings.includes(decided.as));
  return {
    confirmed: findings.filter((finding) => isRuled(finding, 'confirmed')),
    needless: findings.filter(
      (finding) => !isRuled(finding, 'confirmed') && isRuled(finding, 'benign', 'false'),
    ),
    unmatched: unmatchedBy(findings, decisions).length,
  };
}
