import type { Activity } from '../../core/activity/activity.ts';
import { subjectLabel } from '../../core/activity/actor.ts';
import { clean } from '../../core/activity/clean.ts';
import { explain } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { weightOf } from '../../core/findings/severity.ts';
import { DAY } from '../../core/history/facts.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { isAccountId } from '../../tell/aws-ids.ts';
import { shown } from '../../tell/shown.ts';
import { type Suppression, suppressedBy } from '../../tell/suppression.ts';

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
/** How long an exception lasts; someone has to look again afterwards. */
const DAYS = 90;
/** Exceptions that one change may take for each account. */
const MOST_SIGNALS = 3;
/** Accounts that one change may name. */
const MOST_ACCOUNTS = 12;

/** What makes changes to try of what is left, the narrowest kind first; of a kind those come first that more findings speak for. */
export const KINDS: readonly ((material: Material) => Candidate[])[] = [
  ownAccounts,
  ownNetworks,
  (material) => exceptions(material, labelOf),
  (material) => exceptions(material, setOf),
  changeWindow,
  thresholds,
  weights,
];

/** Findings by what they have in common, where at least `SUPPORT` have it; the most common first. */
function shared<T>(
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

const speaking = (finding: FindingRecord, signals: readonly SignalId[]): Activity[] =>
  finding.members
    .filter(({ evidence }) => evidence.some(({ signal }) => signals.includes(signal)))
    .map(({ activity }) => activity);

/** Signals that ask whether another account is ours. */
const ABOUT_ACCOUNTS: readonly SignalId[] = ['shared-outside', 'foreign-actor', 'shared-snapshot-used'];

/** Accounts that are strangers to the policy: ours where their own records are read, else a partner's. */
function ownAccounts({ policy, needless, seen }: Material): Candidate[] {
  const { accounts, partners } = policy.organisation;
  const strangers = (finding: FindingRecord): string[] =>
    speaking(finding, ABOUT_ACCOUNTS)
      .flatMap(({ actor, share }) => [actor.account, ...(share?.accounts ?? [])])
      .filter((id) => isAccountId(id) && !accounts.includes(id) && !partners.includes(id));
  return shared(needless, strangers).map(([id]): Candidate => {
    const isOurs = seen.has(id);
    const key = isOurs ? 'accounts' : 'partners';
    // a list of ours that was empty meant: all whose records are read
    const all = isOurs && accounts.length === 0 ? [...seen].sort() : [id];
    return {
      kind: 'own account',
      what: `account ${id} is ${isOurs ? 'ours: its own records are read' : "a partner's"}`,
      apply: (to) => ({
        ...to,
        organisation: { ...to.organisation, [key]: [...to.organisation[key], ...all] },
      }),
    };
  });
}

/** Signals that ask where somebody calls from. */
const ABOUT_NETWORKS: readonly SignalId[] = [
  'unfamiliar-network',
  'key-from-new-network',
  'outside-policy-place',
  'instance-credentials-elsewhere',
];

/** Networks that several needless findings come from, on several days. */
function ownNetworks({ policy, needless }: Material): Candidate[] {
  const prefixes = (finding: FindingRecord): string[] =>
    speaking(finding, ABOUT_NETWORKS).flatMap(({ origin }) => origin.prefix ?? []);
  return shared(needless, prefixes)
    .filter(([prefix, group]) => {
      const days = new Set(group.map(({ start }) => Math.floor(start / DAY)));
      return days.size >= SUPPORT && !policy.organisation.networks.includes(prefix);
    })
    .map(([prefix]) => ({
      kind: 'own network',
      what: `${prefix} is an office or an exit of ours`,
      apply: (to) => ({
        ...to,
        organisation: { ...to.organisation, networks: [...to.organisation.networks, prefix] },
      }),
    }));
}

/** The hash that Identity Center puts behind a permission set, which differs from account to account. */
const SET_HASH = /_[0-9a-f]{16}(?=\)|$)/;

/** Who acts, as a message writes it. */
const labelOf = ({ actor }: Activity): string => shown(subjectLabel(actor), 120);

/** The permission set behind which somebody acts, as it is called in every account; of anybody else nothing. */
const setOf = ({ actor }: Activity): string | undefined =>
  /AWSReservedSSO_\w+/.exec(actor.label)?.[0].replace(SET_HASH, '_');

/** One exception for each account in which the same actor is needlessly told of, for as few signals as it takes. */
function exceptions(
  { policy, needless, confirmed, owner }: Material,
  nameOf: (activity: Activity) => string | undefined,
): Candidate[] {
  const actors = ({ members }: FindingRecord): string[] =>
    members.slice(0, 1).flatMap(({ activity }) => nameOf(activity) ?? []);
  const attacked = new Set(
    confirmed.flatMap(({ members }) =>
      members.map(({ activity }) => `${activity.account} ${nameOf(activity)}`),
    ),
  );
  return shared(needless, actors).flatMap(([actor, all]): Candidate[] => {
    const group = all.filter(({ account }) => !attacked.has(`${account} ${actor}`));
    const found = fewestSignals(actor, group, policy, owner);
    if (found === undefined) return [];
    const { signals, suppressions } = found;
    return [
      {
        kind: 'exception',
        what: `${signals.join(', ')} of ${actor} in ${countOf(suppressions.map(({ account }) => account))}`,
        apply: (to) => ({ ...to, suppressions: [...to.suppressions, ...suppressions] }),
      },
    ];
  });
}

function countOf(accounts: readonly (string | undefined)[]): string {
  const all = [...new Set(accounts)];
  return all.length === 1 ? `account ${all[0]}` : `${all.length} accounts`;
}

/** The fewest signals without which at least `SUPPORT` findings of an actor would not be heard, strongest first. */
function fewestSignals(
  actor: string,
  group: readonly FindingRecord[],
  policy: Policy,
  owner: string,
): { readonly signals: readonly SignalId[]; readonly suppressions: readonly Suppression[] } | undefined {
  const points = new Map<SignalId, number>();
  for (const finding of group)
    for (const part of explain(finding, policy).parts)
      points.set(part.signal, (points.get(part.signal) ?? 0) + part.points);
  const strongest = [...points].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([signal]) => signal);
  for (let count = 1; count <= Math.min(MOST_SIGNALS, strongest.length); count += 1) {
    const signals = strongest.slice(0, count);
    const silenced = group.filter((finding) => {
      const suppressions = suppressionsFor(actor, signals, [finding], owner);
      return (
        suppressedBy(finding, { ...policy, suppressions: [...policy.suppressions, ...suppressions] }).length >
        0
      );
    });
    if (silenced.length >= SUPPORT)
      return { signals, suppressions: suppressionsFor(actor, signals, silenced, owner) };
  }
  return undefined;
}

function suppressionsFor(
  actor: string,
  signals: readonly SignalId[],
  findings: readonly FindingRecord[],
  owner: string,
): Suppression[] {
  const accounts = [...new Set(findings.map(({ account }) => account))].filter(isAccountId).sort();
  const last = Math.max(...findings.map((finding) => finding.last));
  const expires = new Date(last + DAYS * DAY).toISOString().slice(0, 10);
  const reason = `closed as expected ${findings.length} times, e.g. ${clean(findings[0]?.id, 80)}`;
  return accounts
    .slice(0, MOST_ACCOUNTS)
    .flatMap((account) => signals.map((signal) => ({ signal, account, actor, reason, owner, expires })));
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** A change window that holds what was needlessly told for being outside of it. */
function changeWindow({ policy: { changeWindow: window }, needless }: Material): Candidate[] {
  const outside = needless.filter((finding) => speaking(finding, ['outside-change-window']).length > 0);
  if (window.days.length === 0 || outside.length < SUPPORT) return [];
  const times = outside
    .flatMap((finding) => speaking(finding, ['outside-change-window']))
    .map(({ at }) => new Date(at + window.utcOffset * 60_000));
  const days = WEEKDAYS.filter(
    (day, index) => window.days.includes(day) || times.some((time) => time.getUTCDay() === index),
  );
  const clocks = [window.from, window.to, ...times.map((time) => time.toISOString().slice(11, 16))].sort();
  // one that goes over midnight is not widened at either end by sorting
  const [from, to] = window.from <= window.to ? [clocks[0], clocks.at(-1)] : [window.from, window.to];
  const wider = { ...window, days: [...days], from: from ?? window.from, to: to ?? window.to };
  return [
    {
      kind: 'change window',
      what: `changes are expected on ${days.join(', ')} from ${wider.from} to ${wider.to}`,
      apply: (policy) => ({ ...policy, changeWindow: wider }),
    },
  ];
}

/** Which signal asks about which threshold. */
const THRESHOLDS: readonly (readonly [key: keyof Policy['rateThreshold'], signal: SignalId])[] = [
  ['instances', 'launch-burst'],
  ['snapshots', 'snapshot-burst'],
  ['regions', 'many-regions'],
  ['refused', 'refused-attempts'],
];
const RAISES = [1.5, 2, 3];

function thresholds({ policy, needless }: Material): Candidate[] {
  return THRESHOLDS.flatMap(([key, signal]) => {
    const those = needless.filter((finding) => speaking(finding, [signal]).length > 0);
    if (those.length < SUPPORT) return [];
    return RAISES.map((factor): Candidate => {
      const value = Math.ceil(policy.rateThreshold[key] * factor);
      return {
        kind: 'threshold',
        what: `rateThreshold.${key} ${policy.rateThreshold[key]} → ${value}`,
        apply: (to) => ({ ...to, rateThreshold: { ...to.rateThreshold, [key]: value } }),
      };
    });
  });
}

const SHARES = [0.8, 0.6];

/** Weights of the signals that speak in needless findings: the widest change there is, since it is for everybody. */
function weights({ policy, needless }: Material): Candidate[] {
  const parts = (finding: FindingRecord): SignalId[] =>
    explain(finding, policy).parts.map(({ signal }) => signal);
  return shared(needless, parts).flatMap(([signal]) =>
    SHARES.map((share): Candidate => {
      const [before, after] = [
        weightOf(policy, signal),
        Math.round(weightOf(policy, signal) * share * 100) / 100,
      ];
      return {
        kind: 'weight',
        what: `signals.weights.${signal} ${before} → ${after}`,
        apply: (to) => ({
          ...to,
          signals: { ...to.signals, weights: { ...to.signals.weights, [signal]: after } },
        }),
      };
    }),
  );
}
