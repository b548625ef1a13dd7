import type { Figures } from './measure.ts';
import { attackTable, markdown, routineTable, summaryTable, type Table } from './tables.ts';

const begin = (name: string): string => `<!-- ${name}:begin -->`;
const end = (name: string): string => `<!-- ${name}:end -->`;

/** The figures in docs/evaluation.md between their markers, markers included. */
export const sectionOf = (figures: Figures): string => `${begin('evaluation')}
Written by \`npm run evaluate -- --held-apart --write\`.

${markdown(summaryTable(figures))}

Attacks. *Records* are those of its calls that are judged; *until* counts them up to the first finding of that severity,
the middle of the seeds that got there; *with benign records* counts findings that hold somebody's ordinary calls, too.

${markdown(attackTable(figures.attacks))}

Findings without an attack, per 100 account-days, by the routine of the generator that wrote their records.

${markdown(routineTable(figures.routines, figures.accountDays))}
${end('evaluation')}`;

/** What organisations scored, in docs/evaluation.md under a name of its own. */
export const scoresSection = (
  name: 'organisations' | 'makes' | 'clouds' | 'tuning',
  command: string,
  table: Table,
): string =>
  `${begin(name)}\nWritten by \`npm run evaluate -- ${command} --write\`.\n\n${markdown(table)}\n${end(name)}`;

/**
 * A page with one of its generated parts replaced.
 *
 * @throws when the page has no markers
 */
export function withSection(page: string, name: string, section: string): string {
  const from = page.indexOf(begin(name));
  const to = page.indexOf(end(name));
  if (from < 0 || to < from) throw new Error(`the page has no ${begin(name)} … ${end(name)}`);
  return page.slice(0, from) + section + page.slice(to + end(name).length);
}
