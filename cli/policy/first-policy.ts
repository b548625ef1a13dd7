import type { Activity } from '../../core/activity/activity.ts';
import { subjectLabel } from '../../core/activity/actor.ts';
import { clean } from '../../core/activity/clean.ts';
import { does } from '../../core/activity/kinds.ts';
import { DAY } from '../../core/history/facts.ts';
import { isAccountId, isRegion } from '../../tell/aws-ids.ts';
import { utc } from '../../tell/narrate.ts';

/** Networks and partners that are offered, those of most days. */
const MOST_OFFERED = 10;

/** What records say that a policy may need. */
export interface Seen {
  records: number;
  first: number;
  last: number;
  /** Accounts whose own logs were read, and how many watched records of each. */
  readonly accounts: Map<string, number>;
  /** Regions in which instances were launched or snapshots made. */
  readonly regions: Set<string>;
  /** Networks from which people called: who, and on which days since the epoch. */
  readonly networks: Map<string, Usual>;
  /** Accounts that something was shared with. */
  readonly partners: Map<string, Usual>;
}

interface Usual {
  readonly who: Set<string>;
  readonly days: Set<number>;
}

export const nothingSeen = (): Seen => ({
  records: 0,
  first: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
  accounts: new Map(),
  regions: new Set(),
  networks: new Map(),
  partners: new Map(),
});

/** Adds what one activity shows. Only what succeeded shows anything: anybody may try. */
export function see(seen: Seen, activity: Activity): void {
  const { account, actor, at, kind, origin, outcome, region, share } = activity;
  seen.records++;
  seen.first = Math.min(seen.first, at);
  seen.last = Math.max(seen.last, at);
  if (isAccountId(account)) seen.accounts.set(account, (seen.accounts.get(account) ?? 0) + 1);
  if (outcome !== 'succeeded') return;
  if ((does(kind, 'launch') || does(kind, 'copy')) && isRegion(region)) seen.regions.add(region);
  if (actor.class === 'human' && origin.prefix !== undefined) use(seen.networks, origin.prefix, activity);
  if (!does(kind, 'share')) return;
  for (const other of share?.accounts ?? []) if (isAccountId(other)) use(seen.partners, other, activity);
}

function use(map: Map<string, Usual>, key: string, { actor, at }: Activity): void {
  const known = map.get(key) ?? { who: new Set(), days: new Set() };
  map.set(key, known);
  known.who.add(subjectLabel(actor));
  known.days.add(Math.floor(at / DAY));
}

/**
 * The text of a first policy. What the records prove stands as it is. What they only suggest is commented out, for an intruder may
 * have been among those who were seen.
 */
export function firstPolicy(seen: Seen): string {
  const { records, first, last, accounts, networks, regions } = seen;
  const partners = new Map([...seen.partners].filter(([account]) => !accounts.has(account)));
  return [
    `# First policy, from ${watched(records)} of ${utc(first)} to ${utc(last)}.`,
    '# What is commented out was seen and proves nothing: take it in if you know it. docs/policy.md has every key.',
    '',
    'organisation:',
    '  # Accounts whose own logs were read. Sharing with any other is outside. Add those that are missing.',
    '  accounts:',
    ...[...accounts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([account, count]) => `    - "${account}" # ${watched(count)}`),
    ...offered(
      'Accounts of vendors that data is shared with on purpose.',
      'partners',
      partners,
      (account) => `"${account}"`,
    ),
    ...offered('Networks of your offices and VPN.', 'networks', networks, (network) => network),
    '',
    'geoLocation:',
    '  # Regions in which instances were launched or disks copied; once they stand here, any other is told.',
    ...(regions.size === 0 ? ['  # none were seen'] : [`  # regions: [${[...regions].sort().join(', ')}]`]),
    '',
    'volumeSensitivity:',
    '  # How you mark data that must not leave.',
    '  # tags: { data-classification: [restricted] }',
    '',
  ].join('\n');
}

const watched = (count: number): string =>
  `${count.toLocaleString('en-GB')} watched ${count === 1 ? 'record' : 'records'}`;

function offered(
  about: string,
  key: string,
  usual: ReadonlyMap<string, Usual>,
  show: (value: string) => string,
): string[] {
  if (usual.size === 0) return [];
  const best = [...usual].sort(([a, m], [b, n]) => n.days.size - m.days.size || (a < b ? -1 : 1));
  return [
    `  # ${about}`,
    `  # ${key}:`,
    ...best.slice(0, MOST_OFFERED).map(([value, { who, days }]) => {
      const [one = ''] = [...who].sort();
      const more = who.size > 1 ? ` and ${who.size - 1} more` : '';
      return `  #   - ${show(value)} # on ${days.size} ${days.size === 1 ? 'day' : 'days'}, by ${clean(one, 80)}${more}`;
    }),
    ...(best.length > MOST_OFFERED ? [`  #   and ${best.length - MOST_OFFERED} more`] : []),
  ];
}
