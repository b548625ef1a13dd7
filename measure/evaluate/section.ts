import type { Figures } from './measure.ts';
import { attackTable, markdown, routineTable, summaryTable } from './tables.ts';

const BEGIN = '<!-- evaluation:begin -->';
const END = '<!-- evaluation:end -->';

/** The figures in docs/evaluation.md between their markers, markers included. */
export const sectionOf = (figures: Figures): string => `${BEGIN}
Written by \`npm run evaluate -- --held-apart --write\`.

${markdown(summaryTable(figures))}

Attacks. *Records* are those of its calls that are judged; *until* counts them up to the first finding of that severity,
the middle of the seeds that got there; *with benign records* counts findings that hold somebody's ordinary calls, too.

${markdown(attackTable(figures.attacks))}

Findings without an attack, per 100 account-days, by the routine of the generator that wrote their records.

${markdown(routineTable(figures.routines, figures.accountDays))}
${END}`;

/**
 * A page with its figures replaced.
 *
 * @throws when the page has no markers
 */
export function withSection(page: string, section: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} … ${END}`);
  return page.slice(0, begin) + section + page.slice(end + END.length);
}
