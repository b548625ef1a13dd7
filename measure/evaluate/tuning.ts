import { placeOf } from '../../app/place.ts';
import { type Attacks, simulatedAttacks } from '../../cli/tune/attacks.ts';
import { heardAs, isHeard, loudest, type Trial, trials } from '../../cli/tune/trial.ts';
import { tune } from '../../cli/tune/tune.ts';
import { activityKey } from '../../core/activity/activity.ts';
import type { Decision } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { atLeast } from '../../core/findings/severity.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ATTACK_NAMES } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import type { Table } from './tables.ts';

/** Seeds on which nobody has looked at a proposal. */
export const TUNED_SEEDS: readonly number[] = [8001, 8002, 8003];

const ACCOUNTS = 20;
/** The month that decisions are about, and the one after it. */
const MONTH = 30;

/** One month before and after a proposal. */
interface Month {
  readonly needless: number;
  readonly attacks: number;
  /** Less severe than expected. */
  readonly missed: number;
}

export interface TuningScore {
  readonly seed: number;
  readonly proposed: readonly string[];
  /** Simulated attacks that `tune` itself tries, and those that its proposal makes less severe than expected. */
  readonly tried: { readonly count: number; readonly lost: number };
  readonly decided: { readonly before: Month; readonly after: Month };
  readonly next: { readonly before: Month; readonly after: Month };
}

/**
 * Closes every finding of a month as what it is, takes what `tune` proposes, and looks what that would have meant in this month and
 * in the one after it, of which the proposal knows nothing.
 */
export async function scoreTuning(seed: number, attacks: Attacks = simulatedAttacks()): Promise<TuningScore> {
  const made = organisation({ seed, accounts: ACCOUNTS, days: 2 * MONTH, noise: 0, attacks: ATTACK_NAMES });
  const activities = [...made.deliveries()]
    .flatMap(({ record }) => {
      const read = fromCloudTrail(record);
      return read.ok ? [read.activity] : [];
    })
    .sort((a, b) => a.at - b.at);
  const start = activities[0]?.at ?? 0;
  const second = start + MONTH * DAY;
  const policy: Policy = {
    ...defaultPolicy,
    organisation: { ...defaultPolicy.organisation, accounts: made.accounts.map(({ id }) => id) },
    volumeSensitivity: { tags: { 'data-classification': ['restricted'] }, volumes: [] },
  };
  const hostile = new Set(made.labels.flatMap(({ eventIDs }) => eventIDs));
  const isHostile = ({ members }: FindingRecord): boolean =>
    members.some(({ activity }) => hostile.has(activity.id));

  const first = activities.filter(({ at }) => at < second);
  const { findings } = await trials(first)(policy);
  const decisions = findings.map(
    (finding, index): Decision => ({
      ...{ id: `decision-${index}`, at: second, as: isHostile(finding) ? 'confirmed' : 'benign' },
      ...{ finding: finding.id, severity: finding.severity, by: { name: 'the evaluation' } },
      records: finding.members.map(({ activity }) => placeOf(activity)),
    }),
  );
  const attempt = trials(first, decisions);
  const tuned = await tune(first, attempt, { policy, decisions, owner: 'the owner', attacks });

  const keys = new Map(activities.map((activity) => [activity.id, activityKey(activity)]));
  const monthOf = (trial: Trial, from: number, to: number): Month => {
    const worst = loudest(trial);
    const within = made.labels.filter(
      ({ start: began, end }) => Date.parse(began) >= from && Date.parse(end) < to,
    );
    return {
      needless: trial.findings.filter(
        (finding) =>
          finding.start >= from &&
          finding.start < to &&
          !isHostile(finding) &&
          isHeard(heardAs(finding, trial.policy)),
      ).length,
      attacks: within.length,
      missed: within.filter(
        ({ eventIDs, expected }) => !atLeast(worst(eventIDs.flatMap((id) => keys.get(id) ?? [])), expected),
      ).length,
    };
  };
  const whole = trials(activities, decisions);
  const [before, after] = [await whole(policy), await whole(tuned.after)];
  const of = (trial: Trial) =>
    [monthOf(trial, start, second), monthOf(trial, second, second + MONTH * DAY)] as const;
  const [[decidedBefore, nextBefore], [decidedAfter, nextAfter]] = [of(before), of(after)];
  return {
    seed,
    proposed: tuned.proposed.map(({ candidate }) => candidate.what),
    tried: { count: tuned.attacks.count, lost: tuned.attacks.after.length - tuned.attacks.before.length },
    decided: { before: decidedBefore, after: decidedAfter },
    next: { before: nextBefore, after: nextAfter },
  };
}

/** Needless findings and attacks, month by month. */
export function tuningTable(scores: readonly TuningScore[]): Table {
  const change = (before: number, after: number): string => `${before} → ${after}`;
  const row = (name: string, some: readonly TuningScore[]): string[] => {
    const sum = (of: (score: TuningScore) => number): number =>
      some.reduce((total, each) => total + of(each), 0);
    return [
      name,
      String(sum(({ proposed }) => proposed.length)),
      change(
        sum(({ decided }) => decided.before.needless),
        sum(({ decided }) => decided.after.needless),
      ),
      change(
        sum(({ next }) => next.before.needless),
        sum(({ next }) => next.after.needless),
      ),
      `${sum(({ decided, next }) => decided.before.attacks + next.before.attacks)}`,
      change(
        sum(({ decided, next }) => decided.before.missed + next.before.missed),
        sum(({ decided, next }) => decided.after.missed + next.after.missed),
      ),
      `${sum(({ tried }) => tried.lost)} of ${sum(({ tried }) => tried.count)}`,
    ];
  };
  return [
    [
      'organisation',
      'changes proposed',
      'needless in the month decided',
      'needless in the next',
      'attacks in both',
      'of these less severe than expected',
      'tried attacks lost',
    ],
    ...scores.map((score) => row(`seed ${score.seed}`, [score])),
    row('all', scores),
  ];
}
