import type { FindingRecord } from '../core/findings/finding.ts';

/**
 * Up to when what happened in an account is history that was seeded, ms, by account; under `EVERY_ACCOUNT` for all others. What
 * happened before is learnt from and judged like anything else, but nobody is told of it.
 */
export type Silence = ReadonlyMap<string, number>;

const EVERY_ACCOUNT = '*';

/** What is to be written where a seed begins. What was silenced longer stays so. */
export const silenceUntil = (
  known: Silence,
  { until, accounts = [EVERY_ACCOUNT] }: { readonly until: number; readonly accounts?: readonly string[] },
): Silence => new Map(accounts.map((each) => [each, Math.max(until, known.get(each) ?? 0)]));

/**
 * Whether all of a finding is such history. As soon as something joins it that is not, all of it is told. By the records' own time,
 * so that it does not matter when they arrive, or who brings them.
 */
export function isHistory({ members, last, truncated }: FindingRecord, silence: Silence): boolean {
  if (silence.size === 0) return false;
  const until = (account: string): number => silence.get(account) ?? silence.get(EVERY_ACCOUNT) ?? 0;
  // what is not kept of a large finding is not known by account
  if (truncated && last >= Math.min(...silence.values())) return false;
  return members.every(({ activity: { account, at } }) => at < until(account));
}
