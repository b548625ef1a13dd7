import type { Assessment, FindingRecord } from '../core/findings/finding.ts';
import { findingsOf, isTold } from '../core/findings/stories.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { VerdictStore } from './ports.ts';

/** All verdicts of a store, also those that are not told any more. For a desk, which has them at hand. */
export async function verdictsIn(store: Pick<VerdictStore, 'all'>): Promise<Assessment[]> {
  const verdicts: Assessment[] = [];
  for await (const verdict of store.all()) verdicts.push(verdict);
  return verdicts;
}

/** All findings that the verdicts of a store make. */
export async function findingsIn(store: Pick<VerdictStore, 'all'>, policy: Policy): Promise<FindingRecord[]> {
  const verdicts = await verdictsIn(store);
  return findingsOf(
    verdicts.filter((verdict) => isTold(verdict, policy)),
    policy,
  );
}
