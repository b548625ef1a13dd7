import { atLeast, SEVERITIES, type Severity } from '../../core/findings/severity.ts';
import type { AttackResult, NeedlessFinding, SeedResult } from './run-seed.ts';

/** One attack over all seeds. */
export interface AttackFigures {
  readonly attack: string;
  readonly expected: Severity;
  readonly times: number;
  /** Times found at each severity, as the worst finding that holds one of its records. */
  readonly found: Readonly<Record<Severity | 'nothing', number>>;
  /** Share found as severe as expected, or more. */
  readonly recall: number;
  /** Watched records until MEDIUM and until the expected severity, and all there are: the middle of the seeds that got there. */
  readonly untilMedium: number | undefined;
  readonly untilExpected: number | undefined;
  readonly watched: number;
  /** Times the finding also held benign records. */
  readonly mixed: number;
}

/** Findings that one routine, or a group of routines in one finding, caused without an attack. */
export interface RoutineFigures {
  readonly routines: string;
  /** MEDIUM or worse, after the learning period. */
  readonly needless: number;
  readonly low: number;
  /** Signals of the needless ones, most frequent first. */
  readonly signals: readonly string[];
}

export interface Figures {
  readonly seeds: readonly number[];
  readonly accounts: number;
  readonly days: number;
  readonly judged: number;
  /** Accounts × days after the learning period, over all seeds. */
  readonly accountDays: number;
  /** Attacks found as severe as expected, of all attacks. */
  readonly recall: number;
  /** Attacks found at MEDIUM or worse. */
  readonly noticed: number;
  readonly played: number;
  /** Findings of MEDIUM or worse that hold an attack's record, of all such findings after the learning period. */
  readonly precision: number;
  /** Findings without an attack per 100 account-days. */
  readonly noise: Readonly<Record<Severity, number>>;
  /** The same, MEDIUM or worse. */
  readonly needless: number;
  /** The seed with most of these, per 100 account-days. */
  readonly worstSeed: number;
  readonly attacks: readonly AttackFigures[];
  readonly routines: readonly RoutineFigures[];
}

const two = (value: number): number => Math.round(value * 100) / 100;
const three = (value: number): number => Math.round(value * 1000) / 1000;
const share = (part: number, whole: number): number => (whole === 0 ? 1 : three(part / whole));

/** Sums up seeds of one size. */
export function figuresOf(results: readonly SeedResult[]): Figures {
  const [first] = results;
  if (first === undefined) throw new Error('no seed was run');
  const { accounts, days, learningDays } = first;
  const daysOfOne = accounts * Math.max(days - learningDays, 0);
  const accountDays = daysOfOne * results.length;
  const per100 = (count: number, among = accountDays): number =>
    among === 0 ? 0 : two((100 * count) / among);
  const attacks = results.flatMap((result) => result.attacks);
  const needless = results.flatMap((result) => result.needless.filter(({ counts }) => counts));
  const bad = needless.filter(isNeedless);
  const deserved = results
    .flatMap((result) => result.deserved)
    .filter((severity) => atLeast(severity, 'medium'));
  return {
    seeds: results.map(({ seed }) => seed),
    accounts,
    days,
    judged: results.reduce((sum, { judged }) => sum + judged, 0),
    accountDays,
    recall: share(attacks.filter(asExpected).length, attacks.length),
    noticed: share(attacks.filter(({ found }) => atLeast(found, 'medium')).length, attacks.length),
    played: attacks.length,
    precision: share(deserved.length, deserved.length + bad.length),
    noise: countBy(SEVERITIES, (severity) =>
      per100(needless.filter((each) => each.severity === severity).length),
    ),
    needless: per100(bad.length),
    worstSeed: Math.max(
      ...results.map(({ needless }) =>
        per100(needless.filter((each) => each.counts && isNeedless(each)).length, daysOfOne),
      ),
    ),
    attacks: [...Map.groupBy(attacks, ({ attack }) => attack).values()].map(attackFigures),
    routines: routineFigures(needless),
  };
}

export const asExpected = ({ found, expected }: AttackResult): boolean => atLeast(found, expected);
export const isNeedless = ({ severity }: NeedlessFinding): boolean => atLeast(severity, 'medium');

function attackFigures(results: readonly AttackResult[]): AttackFigures {
  const [{ attack, expected }] = results as [AttackResult];
  return {
    attack,
    expected,
    times: results.length,
    found: countBy(
      ['nothing', ...SEVERITIES],
      (severity) => results.filter(({ found = 'nothing' }) => found === severity).length,
    ),
    recall: share(results.filter(asExpected).length, results.length),
    untilMedium: middle(results.flatMap(({ untilMedium = [] }) => untilMedium)),
    untilExpected: middle(results.flatMap(({ untilExpected = [] }) => untilExpected)),
    watched: middle(results.map(({ watched }) => watched)) ?? 0,
    mixed: results.filter(({ mixed }) => mixed).length,
  };
}

function routineFigures(findings: readonly NeedlessFinding[]): RoutineFigures[] {
  return [...Map.groupBy(findings, ({ routines }) => routines.join(' + '))]
    .map(([routines, each]): RoutineFigures => {
      const bad = each.filter(isNeedless);
      const signals = Map.groupBy(
        bad.flatMap((finding) => finding.signals),
        (signal) => signal,
      );
      return {
        routines,
        needless: bad.length,
        low: each.length - bad.length,
        signals: [...signals]
          .sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1))
          .map(([signal]) => signal),
      };
    })
    .sort((a, b) => b.needless - a.needless || b.low - a.low || (a.routines < b.routines ? -1 : 1));
}

const countBy = <Key extends string>(
  keys: readonly Key[],
  count: (key: Key) => number,
): Readonly<Record<Key, number>> =>
  Object.fromEntries(keys.map((key) => [key, count(key)])) as Record<Key, number>;

/** The lower middle of some numbers: one that occurred. */
function middle(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];
}
