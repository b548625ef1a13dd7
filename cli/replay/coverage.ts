import type { HistoryStore } from '../../app/ports.ts';
import { clean } from '../../core/activity/clean.ts';
import { accountScope, factKey } from '../../core/history/facts.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { utc } from '../../tell/narrate.ts';
import type { Tally } from './tally.ts';

/** Accounts and Regions that are named; of more the number is said. */
const MOST_NAMED = 5;
/** Accounts whose sheets are read in one go. */
const MANY = 100;

/** An account whose learning period was not over at the last record. */
export interface Learning {
  readonly account: string;
  /** When it ends, ms. */
  readonly until: number;
}

/** Accounts among those judged that are still being learnt, the longest first. */
export async function stillLearning(
  history: HistoryStore,
  tally: Tally,
  policy: Policy,
): Promise<Learning[]> {
  const learning: Learning[] = [];
  const accounts = [...tally.accounts.keys()];
  for (let from = 0; from < accounts.length; from += MANY) {
    const scopes = accounts
      .slice(from, from + MANY)
      .map((account) => [accountScope({ account }), account] as const);
    const { sheets } = await history.around(
      scopes.map(([scope]) => scope),
      [],
      tally.last,
    );
    for (const [scope, account] of scopes) {
      const since = sheets.get(scope)?.value.seen[factKey('since', '')]?.at ?? tally.last;
      const until = since + policy.learning.period;
      if (until > tally.last) learning.push({ account, until });
    }
  }
  return learning.sort((a, b) => b.until - a.until || (a.account < b.account ? -1 : 1));
}

/** When and where what was judged happened, and who is still being learnt until when. */
export function coverageLines(
  tally: Tally,
  learning: readonly Learning[],
  { verbose = false }: { verbose?: boolean } = {},
): string[] {
  if (tally.accounts.size === 0) return [];
  const most = verbose ? Number.POSITIVE_INFINITY : MOST_NAMED;
  const accounts = [...tally.accounts.keys()].sort().map((account) => clean(account, 20));
  const regions = [...tally.regions].sort().map((region) => clean(region, 30));
  const counted = [...tally.accounts].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `first      ${utc(tally.first)} of what was judged`,
    `last       ${utc(tally.last)}`,
    `accounts   ${named(accounts, most)}`,
    ...(verbose
      ? counted.map(
          ([account, count]) => `           ${clean(account, 20)} ${count.toLocaleString('en-GB')} judged`,
        )
      : []),
    `Regions    ${named(regions, most)}`,
    ...(learning.length === 0
      ? []
      : [
          `learning   ${named(
            learning.map(({ account, until }) => `${clean(account, 20)} until ${utc(until)}`),
            most,
          )}`,
          '           until then what is merely new stays LOW there',
        ]),
  ];
}

function named(names: readonly string[], most: number): string {
  const [shown, rest] = [names.slice(0, most), names.length - most];
  return `${names.length} (${shown.join(', ')}${rest > 0 ? `, and ${rest} more; --verbose names all` : ''})`;
}
