import { SEVERITIES } from '../../core/findings/severity.ts';
import type { AttackFigures, Figures, RoutineFigures } from './measure.ts';

/** A table: its first line is the head. */
export type Table = readonly (readonly string[])[];

export function summaryTable(figures: Figures): Table {
  const { noise } = figures;
  return [
    ['measure', 'value'],
    ['seeds', figures.seeds.join(', ')],
    ['accounts × days, each', `${figures.accounts} × ${figures.days}`],
    ['records judged', figures.judged.toLocaleString('en-GB')],
    ['attacks played', String(figures.played)],
    ['recall: found as severe as expected', figures.recall.toFixed(3)],
    ['found at MEDIUM or worse', figures.noticed.toFixed(3)],
    ['precision of findings at MEDIUM or worse', figures.precision.toFixed(3)],
    ['MEDIUM or worse without an attack, per 100 account-days', figures.needless.toFixed(2)],
    ['the same, in the worst seed', figures.worstSeed.toFixed(2)],
    ...SEVERITIES.toReversed().map((severity) => [
      `${severity.toUpperCase()} without an attack, per 100 account-days`,
      noise[severity].toFixed(2),
    ]),
  ];
}

export function attackTable(attacks: readonly AttackFigures[]): Table {
  return [
    [
      'attack',
      'expected',
      'found as expected',
      'found',
      'records',
      'until MEDIUM',
      'until expected',
      'with benign records',
    ],
    ...attacks.map((each) => [
      each.attack,
      each.expected.toUpperCase(),
      `${Math.round(each.recall * each.times)} of ${each.times}`,
      foundWords(each),
      String(each.watched),
      String(each.untilMedium ?? '–'),
      String(each.untilExpected ?? '–'),
      String(each.mixed),
    ]),
  ];
}

function foundWords({ found }: AttackFigures): string {
  const parts = SEVERITIES.toReversed().map((severity) => [severity.toUpperCase(), found[severity]] as const);
  return [...parts, ['nothing', found.nothing] as const]
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ');
}

export function routineTable(routines: readonly RoutineFigures[], accountDays: number): Table {
  const per100 = (count: number): string => ((100 * count) / accountDays).toFixed(2);
  return [
    ['routine', 'MEDIUM or worse', 'LOW', 'signals of those at MEDIUM or worse'],
    ...routines.map(({ routines: name, needless, low, signals }) => [
      name,
      per100(needless),
      per100(low),
      signals.join(', ') || '–',
    ]),
  ];
}

/** For a terminal: columns under one another. */
export function plain(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** For documentation. */
export function markdown([head = [], ...rows]: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
