import type { Assessment, FindingRecord } from '../core/findings/finding.ts';
import { findingsOf, isTold } from '../core/findings/stories.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { DecisionStore, VerdictStore } from './ports.ts';
import { withNotes } from './triage.ts';

/** All verdicts of a store, also those that are not told any more. For a desk, which has them at hand. */
export async function verdictsIn(store: Pick<VerdictStore, 'all'>): Promise<Assessment[]> {
  const verdicts: Assessment[] = [];
  for await (const verdict of store.all()) verdicts.push(verdict);
  return verdicts;
}

/**
 * All findings that the verdicts of a store make.
 *
 * @param decisions given, the findings say who decided about them, and why
 */
export async function findingsIn(
  store: Pick<VerdictStore, 'all'>,
  policy: Policy,
  decisions?: Pick<DecisionStore, 'at'>,
): Promise<FindingRecord[]> {
  const told = (await verdictsIn(store)).filter((verdict) => isTold(verdict, policy));
  return withNotes(findingsOf(told, policy), decisions);
}
