import type { OrganisationScore } from './score.ts';
import { sumsOf } from './score.ts';
import type { Table } from './tables.ts';

/** One line for each organisation, and one for the worst of each figure. */
export function organisationTable(scores: readonly OrganisationScore[]): Table {
  const sums = scores.map((score) => ({ score, ...sumsOf(score) }));
  const least = (of: (each: (typeof sums)[number]) => number): string => two(Math.min(...sums.map(of)), 3);
  const most = (of: (each: (typeof sums)[number]) => number): string => two(Math.max(...sums.map(of)));
  return [
    [
      'organisation',
      'records judged',
      'attacks',
      'recall',
      'of those expected at HIGH or worse',
      'needless per 100 account-days',
      'of these HIGH',
      'linked',
    ],
    ...sums.map(({ score, recall, high, needless, needlessHigh, linked }) => [
      score.name,
      score.judged.toLocaleString('en-GB'),
      String(score.attacks.length),
      two(recall, 3),
      two(high, 3),
      two(needless),
      two(needlessHigh),
      two(linked, 3),
    ]),
    [
      'the worst',
      '',
      '',
      least(({ recall }) => recall),
      least(({ high }) => high),
      most(({ needless }) => needless),
      most(({ needlessHigh }) => needlessHigh),
      least(({ linked }) => linked),
    ],
  ];
}

const two = (value: number, digits = 2): string => value.toFixed(digits);

/** Seeds of one make taken together. */
export function together(name: string, scores: readonly OrganisationScore[]): OrganisationScore {
  return {
    name,
    judged: scores.reduce((sum, { judged }) => sum + judged, 0),
    accountDays: scores.reduce((sum, { accountDays }) => sum + accountDays, 0),
    attacks: scores.flatMap(({ attacks }) => attacks),
    needless: scores.flatMap(({ needless }) => needless),
  };
}

/** One line for every attack missed or held in part, and every needless finding with what it rests on. */
export function organisationShortfalls(scores: readonly OrganisationScore[]): string[] {
  return scores.flatMap(({ name, attacks, needless }) => [
    ...attacks
      .filter(({ found, linked }) => !found || linked < 1)
      .map(
        ({ name: attack, expected, worst = 'nothing', score, linked, found }) =>
          `${name}: ${attack}: ${worst} ${score}, expected ${expected}${found ? `, ${two(100 * linked, 0)} % of its records` : ''}`,
      ),
    ...needless.map(
      ({ id, kind, severity, score, parts }) =>
        `${name}: needless, ${kind}: ${severity} ${score}: ${parts.map(({ signal, points }) => `${signal} ${points}`).join(', ')} (${id})`,
    ),
  ]);
}
