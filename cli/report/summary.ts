import { clean } from '../../core/activity/clean.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { DAY } from '../../core/history/facts.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { shellWord } from '../../tell/aws-ids.ts';
import type { Reading, Summary, SuppressionUse } from '../../tell/html/model.ts';
import { PRODUCT } from '../../tell/product.ts';
import { shown } from '../../tell/shown.ts';
import { coveredBy, suppressedBy } from '../../tell/suppression.ts';
import type { Learning } from '../replay/coverage.ts';
import { asideLines, foreignLine } from '../replay/others.ts';
import type { Tally } from '../replay/tally.ts';

/** Paths and lines that are named; of more the number is said. */
const MOST_NAMED = 20;
/** Days of coverage that are drawn. */
const MOST_DAYS = 400;

/** Where findings come from, as a page says it. */
export interface Origin {
  readonly policy: Policy;
  readonly policyFrom: string;
  readonly paths: readonly string[];
  readonly source: string;
  readonly argv: readonly string[];
  /** ms. */
  readonly now: number;
  readonly reading?: Reading;
}

export function summaryOf(findings: readonly FindingRecord[], origin: Origin): Summary {
  const { policy, policyFrom, paths, source, argv, now, reading } = origin;
  const totals = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { severity } of findings) totals[severity] += 1;
  const hits = findings.map((finding) => ({ finding, by: suppressedBy(finding, policy) }));
  return {
    product: `${PRODUCT.name} ${PRODUCT.version}`,
    made: new Date(now).toISOString(),
    command: clean(['launchtrail', ...argv].map(shellWord).join(' '), 600),
    policy: {
      from: clean(policyFrom, 200),
      sha256: policy.identity?.sha256 ?? '',
    },
    inputs: named(paths),
    ...(reading !== undefined && { reading }),
    totals,
    suppressed: hits.filter(({ by }) => by.length > 0).length,
    suppressions: policy.suppressions.map((each): SuppressionUse => {
      const own = hits.filter(({ by }) => by.includes(each)).map(({ finding }) => finding.last);
      return {
        covers: shown(coveredBy(each), 600),
        reason: shown(each.reason, 300),
        owner: shown(each.owner, 120),
        expires: each.expires,
        hits: own.length,
        ...(own.length > 0 && { lastHit: new Date(Math.max(...own)).toISOString() }),
      };
    }),
    bare: 0,
    source,
  };
}

const named = (paths: readonly string[]): string[] => [
  ...paths.slice(0, MOST_NAMED).map((path) => shown(path, 200)),
  ...(paths.length > MOST_NAMED ? [`and ${paths.length - MOST_NAMED} more`] : []),
];

/** What a run read and did not read. */
export function readingOf(
  tally: Tally,
  {
    learning,
    problems,
    seconds,
  }: { learning: readonly Learning[]; problems: readonly string[]; seconds: number },
): Reading {
  const judged = Number.isFinite(tally.first);
  const first = Math.floor(tally.first / DAY);
  const length = judged ? Math.min(MOST_DAYS, Math.floor(tally.last / DAY) - first + 1) : 0;
  return {
    seconds,
    files: tally.files,
    ignored: tally.ignored,
    records: tally.read,
    judged: tally.judged,
    failed: tally.failed,
    damaged: tally.damaged,
    skipped: [...tally.skipped]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .map(([reason, count]) => [shown(reason, 200), count] as const),
    besides: [foreignLine(tally), ...asideLines(tally)].flatMap((line) =>
      line === undefined ? [] : [shown(line, 300)],
    ),
    problems: named(problems),
    ...(judged && { first: new Date(tally.first).toISOString(), last: new Date(tally.last).toISOString() }),
    regions: [...tally.regions].sort().map((region) => clean(region, 30)),
    coverage: [...tally.accounts.keys()].sort().map((account) => ({
      account: clean(account, 20),
      days: Array.from({ length }, (_, index) => tally.days.get(`${account} ${first + index}`) ?? 0),
    })),
    learning: learning.map(({ account, until }) => ({
      account: clean(account, 20),
      until: new Date(until).toISOString(),
    })),
  };
}
