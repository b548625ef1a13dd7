import type { Activity } from '../../core/activity/activity.ts';
import { explain } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { weightOf } from '../../core/findings/severity.ts';
import { DAY } from '../../core/history/facts.ts';
import type { Policy } from '../../core/policy/policy.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { isAccountId } from '../../tell/aws-ids.ts';
import { exceptions, labelOf, setOf } from './exceptions.ts';
import { type Candidate, type Material, SUPPORT, shared } from './material.ts';

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
