import { isObj } from '../read.ts';
import type { Wrapping } from './wrapping.ts';

/** Tables as names of columns and rows of values: the query API of Log Analytics (`tables`), `json_rows` of Splunk. */
export const tables: Wrapping = (value) => {
  if (!isObj(value)) return undefined;
  if (Array.isArray(value.tables)) {
    return { parts: value.tables.map((table, index) => ({ path: ['tables', index], value: table })) };
  }
  const columns = value.columns ?? value.fields;
  if (!Array.isArray(value.rows) || !Array.isArray(columns)) return undefined;
  const names = columns.map((column) => String(isObj(column) ? column.name : column));
  return {
    parts: value.rows.map((row, index) => ({
      path: ['rows', index],
      value: Array.isArray(row)
        ? Object.fromEntries(row.map((cell, column) => [names[column] ?? String(column), cell]))
        : row,
    })),
  };
};
