import type { Activity } from '../../core/activity/activity.ts';
import { subjectKey, subjectLabel } from '../../core/activity/actor.ts';
import { clean } from '../../core/activity/clean.ts';
import { explain, type Part } from '../../core/findings/assess.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { DAY } from '../../core/history/facts.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { isAccountId } from '../../tell/aws-ids.ts';
import { conditionsOf, EXCEPTION_DAYS, isPlain, PLACES } from '../../tell/exceptions.ts';
import { shown } from '../../tell/shown.ts';
import { type Conditions, type Suppression, suppressedBy } from '../../tell/suppression.ts';
import { type Candidate, type Material, SUPPORT, shared } from './material.ts';

/** Signals that one change may except for each account, before those that would take their place. */
const MOST_SIGNALS = 3;
/** Accounts that one change may name. */
const MOST_ACCOUNTS = 12;
/**
 * Share of findings with a value that no other finding has, from which on the next is likely to have yet another: by Good (1953), that
 * share estimates the probability that the next value is one that was not seen before.
 */
const CHANGING = 0.5;

/** The hash that Identity Center puts behind a permission set, which differs from account to account. */
const SET_HASH = /_[0-9a-f]{16}(?=\)|$)/;

/** How who acts is called; undefined for those that are not asked about. */
type NameOf = (activity: Activity) => string | undefined;

/** Who acts, as a message writes it. */
export const labelOf: NameOf = ({ actor }) => shown(subjectLabel(actor), 120);

/** The permission set behind which somebody acts, as it is called in every account; of anybody else nothing. */
export const setOf: NameOf = ({ actor }) =>
  /AWSReservedSSO_\w+/.exec(actor.label)?.[0].replace(SET_HASH, '_');

/** One exception for each account in which the same actor is needlessly told of, for as few signals as it takes. */
export function exceptions(material: Material, nameOf: NameOf): Candidate[] {
  const { needless, confirmed } = material;
  const actors = ({ members }: FindingRecord): string[] =>
    members.slice(0, 1).flatMap(({ activity }) => nameOf(activity) ?? []);
  const attacked = new Set(
    confirmed.flatMap(({ members }) =>
      members.map(({ activity }) => `${activity.account} ${nameOf(activity)}`),
    ),
  );
  return shared(needless, actors).flatMap(([actor, all]): Candidate[] => {
    const group = all.filter(({ account }) => !attacked.has(`${account} ${actor}`));
    const found = fewestSignals({ actor, nameOf, material }, group);
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

/** Whom exceptions are for. */
interface Excepted {
  readonly actor: string;
  readonly nameOf: NameOf;
  readonly material: Material;
}

/** The fewest signals without which at least `SUPPORT` findings of an actor would not be heard, strongest first. */
function fewestSignals(
  who: Excepted,
  group: readonly FindingRecord[],
): { readonly signals: readonly SignalId[]; readonly suppressions: readonly Suppression[] } | undefined {
  const { policy } = who.material;
  const parts = group.flatMap((finding) => explain(finding, policy).parts);
  const points = new Map<SignalId, number>();
  for (const part of parts) points.set(part.signal, (points.get(part.signal) ?? 0) + part.points);
  const strongest = [...points].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([signal]) => signal);
  for (let count = 1; count <= Math.min(MOST_SIGNALS, strongest.length); count += 1) {
    const signals = withNextOf(strongest.slice(0, count), parts);
    const all = suppressionsFor(who, signals, group);
    const silenced = group.filter(
      (finding) =>
        suppressedBy(finding, { ...policy, suppressions: [...policy.suppressions, ...all] }).length > 0,
    );
    if (silenced.length >= SUPPORT) return { signals, suppressions: suppressionsFor(who, signals, silenced) };
  }
  return undefined;
}

/**
 * Signals with those of their families that spoke beside them, at least `SUPPORT` times: a family counts by its strongest, whose place
 * the next would take.
 */
function withNextOf(signals: readonly SignalId[], parts: readonly Part[]): SignalId[] {
  const families = new Set(
    parts.filter(({ signal }) => signals.includes(signal)).map(({ family }) => family),
  );
  const next = Map.groupBy(
    parts.filter(({ family }) => families.has(family)),
    ({ signal }) => signal,
  );
  const often = [...next].filter(([, each]) => each.length >= SUPPORT).map(([signal]) => signal);
  return [...new Set([...signals, ...often.sort()])];
}

function suppressionsFor(
  { actor, nameOf, material: { owner } }: Excepted,
  signals: readonly SignalId[],
  findings: readonly FindingRecord[],
): Suppression[] {
  const last = Math.max(...findings.map((finding) => finding.last));
  const expires = new Date(last + EXCEPTION_DAYS * DAY).toISOString().slice(0, 10);
  const reason = `closed as expected ${findings.length} times, e.g. ${clean(findings[0]?.id, 80)}`;
  const byAccount = Map.groupBy(findings, ({ account }) => account);
  const accounts = [...byAccount.keys()].filter(isAccountId).sort().slice(0, MOST_ACCOUNTS);
  return accounts.flatMap((account) =>
    signals.flatMap((signal): Suppression[] => {
      const spoken = (some: readonly FindingRecord[]): Activity[][] =>
        some.map((finding) =>
          finding.members
            .filter(({ evidence }) => evidence.some((each) => each.signal === signal))
            .map(({ activity }) => activity)
            .filter((activity) => nameOf(activity) === actor),
        );
      const own = spoken(byAccount.get(account) ?? []).flat();
      const conditions = lasting(conditionsOf(own), spoken(findings));
      if (conditions === undefined) return [];
      const [subject, other] = new Set(own.map((each) => subjectKey(each.actor)));
      const isOne = subject !== undefined && other === undefined && isPlain(subject);
      const who = { account, actor, ...(isOne && { subject }) };
      return [{ signal, ...who, ...conditions, reason, owner, expires }];
    }),
  );
}

/**
 * Conditions without those whose values change from finding to finding, for the next would not fit them either; the Regions where they
 * would all go, so that something is left.
 */
function lasting(
  conditions: Conditions | undefined,
  findings: readonly (readonly Activity[])[],
): Conditions | undefined {
  if (conditions === undefined) return undefined;
  const kept = PLACES.filter(([, valuesOf]) => !isChanging(findings, valuesOf)).map(([key]) => key);
  const left = Object.entries(conditions).filter(([key]) => kept.some((each) => each === key));
  const { regions } = conditions;
  return left.length > 0 ? Object.fromEntries(left) : regions && { regions };
}

function isChanging(
  findings: readonly (readonly Activity[])[],
  valuesOf: (activity: Activity) => readonly string[],
): boolean {
  const each = findings.filter(({ length }) => length > 0).map((own) => new Set(own.flatMap(valuesOf)));
  const times = new Map<string, number>();
  for (const value of each.flatMap((values) => [...values])) times.set(value, (times.get(value) ?? 0) + 1);
  const alone = each.filter((values) => [...values].some((value) => times.get(value) === 1));
  return alone.length >= CHANGING * each.length;
}
