import { type Assessment, type FindingRecord, inSequence } from '../core/findings/finding.ts';
import { DAY } from '../core/history/facts.ts';
import { accountShown } from './shown.ts';

/** How much history of an account stands behind a finding. */
export interface HistoryBehind {
  readonly account: string;
  /** Time of the first record of the account that is known, ms. */
  readonly since: number;
  /** Whole days from then to the first member in the account. */
  readonly days: number;
}

/**
 * How much history each account's members were judged against, the finding's own account first, then by number. An account whose
 * first member says nothing of it is left out: it was too new, or an older version judged it.
 */
export function historyBehind({ account: own, members }: FindingRecord): HistoryBehind[] {
  const first = new Map<string, Assessment>();
  for (const member of members.toSorted(inSequence))
    if (!first.has(member.activity.account)) first.set(member.activity.account, member);
  return [...first]
    .flatMap(([account, { activity, since }]) =>
      since === undefined ? [] : [{ account, since, days: Math.floor((activity.at - since) / DAY) }],
    )
    .sort(
      (a, b) => Number(b.account === own) - Number(a.account === own) || (a.account < b.account ? -1 : 1),
    );
}

/** Accounts whose history is spelled out; the rest is counted. */
const MOST = 3;

/** `34 days of history of account 111122223333, from 2026-01-02`; empty where nothing is known of it. */
export function historyText(record: FindingRecord): string {
  const all = historyBehind(record);
  const some = all
    .slice(0, MOST)
    .map(
      ({ account, since, days }) =>
        `${days} ${days === 1 ? 'day' : 'days'} of history of account ${accountShown(account)}, from ${new Date(since).toISOString().slice(0, 10)}`,
    );
  const rest = all.length - some.length;
  return [...some, ...(rest > 0 ? [`and of ${rest} more ${rest === 1 ? 'account' : 'accounts'}`] : [])].join(
    '; ',
  );
}
