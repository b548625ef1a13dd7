import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Policy } from '../../core/policy/policy.ts';

/** A change of a policy that may silence what is needless. */
export interface Candidate {
  readonly kind: 'own account' | 'own network' | 'exception' | 'change window' | 'threshold' | 'weight';
  /** What is changed, in words. */
  readonly what: string;
  readonly apply: (policy: Policy) => Policy;
}

/** What candidates are made of. */
export interface Material {
  readonly policy: Policy;
  /** Needless and heard, oldest first. */
  readonly needless: readonly FindingRecord[];
  /** Closed as attacks: whoever acts in one is not excepted in its account. */
  readonly confirmed: readonly FindingRecord[];
  /** Accounts with records of their own: they are read because they are ours. */
  readonly seen: ReadonlySet<string>;
  /** Who answers for an exception. */
  readonly owner: string;
}

/** Findings that a change must silence: one is remembered, two are a pattern. */
export const SUPPORT = 2;

/** Findings by what they have in common, where at least `SUPPORT` have it; the most common first. */
export function shared<T>(
  findings: readonly FindingRecord[],
  of: (finding: FindingRecord) => readonly T[],
): [T, FindingRecord[]][] {
  const groups = new Map<T, FindingRecord[]>();
  for (const finding of findings)
    for (const each of new Set(of(finding))) groups.set(each, [...(groups.get(each) ?? []), finding]);
  return [...groups]
    .filter(([, group]) => group.length >= SUPPORT)
    .sort(([a, some], [b, others]) => others.length - some.length || (String(a) < String(b) ? -1 : 1));
}
