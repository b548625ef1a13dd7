import { detectActivities } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { openNetworks } from '../../cli/replay/networks.ts';
import { openStores } from '../../cli/replay/stores.ts';
import { type Explanation, explain } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { atLeast, type Severity } from '../../core/findings/severity.ts';
import { DAY } from '../../core/history/facts.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { KnownAttack, KnownOrganisation } from './organisations.ts';

/** What became of one attack. */
interface AttackScore {
  readonly name: string;
  readonly expected: Severity;
  /** Severity of the worst finding that holds one of its records. */
  readonly worst: Severity | undefined;
  readonly found: boolean;
  /** Most of its records that one finding of the expected severity holds, 0..1. */
  readonly linked: number;
  /** Of that worst finding. */
  readonly score: number;
  readonly parts: Explanation['parts'];
}

/** A finding of MEDIUM or worse, after the learning period, without a record of an attack. */
interface NeedlessScore {
  readonly id: string;
  readonly kind: string;
  readonly score: number;
  readonly severity: Severity;
  readonly parts: Explanation['parts'];
}

export interface OrganisationScore {
  readonly name: string;
  readonly judged: number;
  /** Accounts × days after the learning period. */
  readonly accountDays: number;
  readonly attacks: readonly AttackScore[];
  readonly needless: readonly NeedlessScore[];
}

/** Judges an organisation as `launchtrail replay` does, and compares what it finds with the labels. */
export async function scoreOf(organisation: KnownOrganisation): Promise<OrganisationScore> {
  const { name, policy, start, accounts, days, attacks, kindOf } = organisation;
  const { history, verdicts, close } = openStores(undefined);
  try {
    const deps = { history, verdicts, policy, networks: await openNetworks({}) };
    let judged = 0;
    for await (const batch of organisation.batches()) {
      for (const outcome of await detectActivities(deps, batch))
        if (outcome.status === 'failed') throw new Error(outcome.error);
      judged += batch.length;
    }
    const findings = (await findingsIn(verdicts, policy)).map((finding) => ({
      finding,
      ids: idsOf(finding),
    }));
    const learnt = start + policy.learning.period;
    return {
      name,
      judged,
      accountDays: accounts * Math.max(1, days - policy.learning.period / DAY),
      attacks: attacks.map((attack) => attackScore(attack, findings, policy)),
      needless: findings
        .filter(({ finding, ids }) => {
          const hostile = attacks.some(({ events, related }) =>
            ids.some((id) => events.has(id) || related.has(id)),
          );
          return !hostile && finding.last >= learnt && atLeast(finding.severity, 'medium');
        })
        .map(({ finding, ids }) => ({
          id: finding.id,
          kind: ids.map(kindOf).find((kind) => kind !== 'routine') ?? 'routine',
          score: finding.score,
          severity: finding.severity,
          parts: explain(finding, policy).parts,
        })),
    };
  } finally {
    close();
  }
}

/** Every record that a finding names: its members, and what is told with them. */
const idsOf = ({ members }: FindingRecord): string[] => [
  ...new Set(members.flatMap(({ activity, behind = [] }) => [activity.id, ...behind.map(({ id }) => id)])),
];

function attackScore(
  { name, expected, events }: KnownAttack,
  findings: readonly { readonly finding: FindingRecord; readonly ids: readonly string[] }[],
  policy: Policy,
): AttackScore {
  const own = findings.filter(({ ids }) => ids.some((id) => events.has(id)));
  const severe = own.filter(({ finding }) => atLeast(finding.severity, expected));
  const worst = own.toSorted((a, b) => b.finding.score - a.finding.score)[0];
  return {
    name,
    expected,
    worst: worst?.finding.severity,
    found: severe.length > 0,
    score: worst?.finding.score ?? 0,
    parts: worst === undefined ? [] : explain(worst.finding, policy).parts,
    linked: Math.max(0, ...severe.map(({ ids }) => ids.filter((id) => events.has(id)).length / events.size)),
  };
}

/** The figures of one organisation, as shares and per 100 account-days. */
export function sumsOf({ attacks, needless, accountDays }: OrganisationScore): {
  readonly recall: number;
  readonly high: number;
  readonly needless: number;
  readonly needlessHigh: number;
  readonly linked: number;
} {
  const found = attacks.filter((attack) => attack.found);
  const high = attacks.filter(({ expected }) => atLeast(expected, 'high'));
  const per100 = (count: number): number => (100 * count) / accountDays;
  return {
    recall: share(found.length, attacks.length),
    high: share(high.filter((attack) => attack.found).length, high.length),
    needless: per100(needless.length),
    needlessHigh: per100(needless.filter(({ severity }) => atLeast(severity, 'high')).length),
    linked: found.length === 0 ? 1 : found.reduce((sum, { linked }) => sum + linked, 0) / found.length,
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
