import type { FindingRecord } from '../../core/findings/finding.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { rowOf } from './row.ts';

const COLUMNS = [
  'id',
  'severity',
  'score',
  'status',
  'type',
  'first',
  'last',
  'account',
  'regions',
  'who',
  'what',
  'signals',
  'events',
] as const;

/** CSV by RFC 4180, a line for each finding. Lists are parted by blanks. */
export function* csvLines(findings: readonly FindingRecord[], policy: Policy): Generator<string> {
  yield line(COLUMNS);
  for (const finding of findings) {
    const row = rowOf(finding, policy);
    yield line(COLUMNS.map((column) => text(row[column])));
  }
}

const text = (value: string | number | readonly string[]): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? value.toFixed(1) : value.join(' ');

const line = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`;

/**
 * Beginnings that make a spreadsheet take a text for a formula, after OWASP's "CSV Injection"; the last two are what some take
 * for the same as `=` and `@`.
 */
const FORMULA = /^\s*[=+\-@\uff1d\uff20\uff0b\uff0d]/;

/** A cell in quotes. What a spreadsheet would run gets an apostrophe in front, which makes it text there. */
const cell = (value: string): string =>
  `"${(FORMULA.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
