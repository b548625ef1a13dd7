import type { Activity } from '../activity/activity.ts';
import { bySame } from '../activity/actor.ts';
import { KINDS, type Kind } from '../activity/kinds.ts';
import { PREPARING } from '../activity/world-open.ts';
import { looksBack } from '../history/looking-back.ts';
import { type Lineage, partsOf } from '../lineage/lineage.ts';
import { once } from '../lineage/walk.ts';
import type { Policy } from '../policy/policy.ts';
import type { SignalId } from '../policy/weights.ts';
import { signals } from '../signals/index.ts';
import type { Memory } from '../signals/memory.ts';
import { accountKnown, type Evidence, type Family, type Signal } from '../signals/signal.ts';
import { type Assessment, inSequence, MAX_BEHIND } from './finding.ts';
import { personNames } from './person.ts';
import { type Severity, severityOf, weightOf } from './severity.ts';

/**
 * Share that each further piece of evidence of one family keeps: the second counts 0.35 of its own, the third 0.12. A new
 * Region, a new network and an odd hour are all "somewhere else", and shades of one cause must not add up to proof. With
 * 0.35 even endless evidence of weight 0.3 in one family stays below 0.42.
 */
const FAMILY_SHARE = 0.35;

const FAMILY = new Map<SignalId, Family>(signals.map(({ id, family }) => [id, family]));

/** Signals that have something to ask about a kind. */
const BY_KIND: ReadonlyMap<Kind, readonly Signal[]> = new Map(
  KINDS.map((kind) => [kind, signals.filter(({ appliesTo }) => appliesTo.includes(kind))]),
);

/** One signal's part of a score. */
export interface Part {
  readonly signal: SignalId;
  readonly family: Family;
  /** Points of the score, one decimal; all parts add up to the score. */
  readonly points: number;
  readonly strength: number;
  readonly reason: string;
  /** How many activities showed it. */
  readonly times: number;
  /** Ids of those activities, in order of time, and of the earlier ones they refer to. */
  readonly activityIds: readonly string[];
}

export interface Explanation {
  /** 0..100, one decimal. */
  readonly score: number;
  readonly severity: Severity | undefined;
  /** Strongest first. */
  readonly parts: readonly Part[];
  /** The score was held below MEDIUM because the account is still being learnt. */
  readonly capped: boolean;
}

/** Asks every signal about one activity. */
export function assess(activity: Activity, memory: Memory, policy: Policy): Assessment {
  const evidence: Evidence[] = [];
  for (const signal of BY_KIND.get(activity.kind) ?? []) {
    if (weightOf(policy, signal.id) === 0) continue;
    const answer = signal.evaluate(activity, memory, policy);
    if (answer !== undefined) evidence.push({ signal: signal.id, ...answer });
  }
  const assessed: Assessment = {
    activity,
    evidence,
    score: 0,
    ...(memory.learning && { learning: true }),
    ...(policy.identity?.version !== undefined && { policy: policy.identity.version }),
    ...(accountKnown(activity, memory, policy) && { since: memory.accountSince }),
  };
  if (evidence.length === 0) return assessed;
  const { score } = scoreOf([assessed], policy);
  // what is no more than context joins nobody's story
  const person = score < policy.severity.medium ? [] : personNames(activity, policy);
  return { ...assessed, score, ...(person.length > 0 && { person }) };
}

/** An assessment with the earlier activities that its evidence cites: what a sentence rests on is told with it. */
export function withBehind(
  assessment: Assessment,
  lineage: Lineage | undefined,
  recent: readonly Activity[],
): Assessment {
  const cited = new Set(assessment.evidence.flatMap(({ refs }) => refs ?? []));
  const prepared = groupsOf(assessment, lineage);
  if (cited.size + prepared.length === 0) return assessment;
  // what is not judged by what came before has none, whatever was read of its subject for others
  const before = looksBack(assessment.activity) ? recent.filter(({ id }) => cited.has(id)) : [];
  const behind = once([...restsOf(assessment, lineage), ...before.toReversed(), ...prepared]);
  return behind.length === 0 ? assessment : { ...assessment, behind: behind.slice(0, MAX_BEHIND) };
}

/** What a subject did to the groups of a launch that is told, such as to make one and to let its own address in. */
function groupsOf({ activity, evidence }: Assessment, lineage: Lineage | undefined): readonly Activity[] {
  if (evidence.length === 0 || activity.kind !== 'instance.launch' || lineage === undefined) return [];
  return lineage.openings.filter(
    (opening) =>
      opening.at <= activity.at && opening.at >= activity.at - PREPARING && bySame(opening, activity),
  );
}

/** Activities of a lineage that evidence refers to, once each, nearest first. */
function restsOf({ evidence }: Assessment, lineage: Lineage | undefined): Activity[] {
  const refs = new Set(evidence.filter((each) => each.lineage === true).flatMap((each) => each.refs ?? []));
  if (refs.size === 0 || lineage === undefined) return [];
  return partsOf(lineage).filter(({ id }) => refs.has(id));
}

interface Weighed {
  readonly signal: SignalId;
  readonly chance: number;
}

/**
 * Combines independent evidence as 1 − Π(1 − weight × strength). A family counts by its strongest member and a shrinking
 * share of the rest, a signal once, by its strongest evidence. docs/signals.md says why.
 */
function combine(best: ReadonlyMap<SignalId, Evidence>, policy: Policy): Weighed[] {
  const ranks = new Map<Family, number>();
  return [...best.values()]
    .map(({ signal, strength }) => ({ signal, chance: weightOf(policy, signal) * strength }))
    .sort((a, b) => b.chance - a.chance || (a.signal < b.signal ? -1 : 1))
    .map(({ signal, chance }) => {
      const family = FAMILY.get(signal) ?? 'thing';
      const rank = ranks.get(family) ?? 0;
      ranks.set(family, rank + 1);
      return { signal, chance: chance * FAMILY_SHARE ** rank };
    });
}

const total = (weighed: readonly Weighed[]): number =>
  tenth(100 * (1 - weighed.reduce((doubt, { chance }) => doubt * (1 - chance), 1)));

const tenth = (points: number): number => Math.round(points * 10) / 10;

/** The strongest evidence of each signal. Among equals it is the earliest activity's, so that order cannot matter. */
function strongest(
  members: readonly Assessment[],
  counts: (evidence: Evidence, member: Assessment) => boolean,
): Map<SignalId, Evidence> {
  const best = new Map<SignalId, Evidence>();
  for (const member of inOrder(members)) {
    for (const evidence of member.evidence) {
      const known = best.get(evidence.signal);
      if (counts(evidence, member) && (known === undefined || evidence.strength > known.strength)) {
        best.set(evidence.signal, evidence);
      }
    }
  }
  return best;
}

const inOrder = (members: readonly Assessment[]): Assessment[] =>
  members.length < 2 ? [...members] : members.toSorted(inSequence);

/** Score of assessments that belong together, 0..100. */
export function scoreOf(
  members: readonly Assessment[],
  policy: Policy,
): { score: number; capped: boolean; weighed: Weighed[]; best: Map<SignalId, Evidence> } {
  const best = strongest(members, () => true);
  const weighed = combine(best, policy);
  const all = total(weighed);
  if (all < policy.severity.medium || !members.some(({ learning }) => learning)) {
    return { score: all, capped: false, weighed, best };
  }
  // While an account is learnt, what rests only on novelty may not pass LOW: nearly everything is new.
  const hard = total(
    combine(
      strongest(members, ({ novelty }, { learning }) => !(novelty && learning)),
      policy,
    ),
  );
  const score = Math.max(hard, Math.min(all, tenth(policy.severity.medium - 0.1)));
  return { score, capped: score < all, weighed, best };
}

/** Every signal's part of the score of assessments that belong together. */
export function explain(
  { members }: { readonly members: readonly Assessment[] },
  policy: Policy,
): Explanation {
  const { score, capped, weighed, best } = scoreOf(members, policy);
  const logs = weighed.map(({ chance }) => -Math.log1p(-Math.min(chance, 0.999_999)));
  const sum = logs.reduce((a, b) => a + b, 0);
  const points = apportion(
    score,
    logs.map((log) => (sum === 0 ? 0 : log / sum)),
  );
  const ordered = inOrder(members);
  const parts = weighed.map(({ signal }, index): Part => {
    const evidence = best.get(signal);
    const showing = ordered.filter(({ evidence }) => evidence.some((e) => e.signal === signal));
    const refs = showing.flatMap((member) =>
      member.evidence.filter((e) => e.signal === signal).flatMap(({ refs }) => refs ?? []),
    );
    return {
      signal,
      family: FAMILY.get(signal) ?? 'thing',
      points: points[index] ?? 0,
      strength: evidence?.strength ?? 0,
      reason: reasonOf(evidence, showing),
      times: showing.length,
      activityIds: [...new Set([...showing.map(({ activity }) => activity.id), ...refs])],
    };
  });
  return { score, severity: severityOf(policy, score), capped, parts };
}

/**
 * The sentence of a signal. What counts over a window is told by the activity that counts most, which is mostly the last; else the
 * strongest evidence speaks.
 */
function reasonOf(strongest: Evidence | undefined, showing: readonly Assessment[]): string {
  if (strongest === undefined) return '';
  if (FAMILY.get(strongest.signal) !== 'volume') return strongest.reason;
  const counting = showing.flatMap(({ evidence }) =>
    evidence.filter(({ signal }) => signal === strongest.signal),
  );
  const behind = ({ refs = [] }: Evidence): number => refs.length;
  return counting.reduce((most, each) => (behind(each) >= behind(most) ? each : most), strongest).reason;
}

/** Splits a score by shares, into parts that have one decimal as it has and add up to it (largest remainder). */
function apportion(score: number, shares: readonly number[]): number[] {
  const tenths = Math.round(score * 10);
  const exact = shares.map((share) => share * tenths);
  const whole = exact.map(Math.floor);
  let left = tenths - whole.reduce((a, b) => a + b, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of byRemainder) {
    if (left <= 0) break;
    whole[index] = (whole[index] ?? 0) + 1;
    left -= 1;
  }
  return whole.map((value) => value / 10);
}
