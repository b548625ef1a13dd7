import { isObj, type Obj } from '../read.ts';
import { asRecord } from './row.ts';
import { inside, type Part, type Wrapping } from './wrapping.ts';

/**
 * Athena and CloudTrail Lake: `get-query-results` of both, Lake's column `eventJson`, and `eventData`, which Lake puts around
 * events. Rows by column name, as both export them, are the business of `rows`.
 */
export const athenaAndLake: Wrapping = (value) => {
  if (!isObj(value)) return lakeRow(value);
  if (isObj(value.ResultSet) && Array.isArray(value.ResultSet.Rows)) {
    return { parts: athenaRows(value.ResultSet.Rows, columnsOf(value.ResultSet)) };
  }
  const name = Object.keys(value).find((each) => /^event(json|_?data)$/i.test(each));
  if (name === undefined) return undefined;
  return isObj(value[name]) || typeof value[name] === 'string' ? inside(value, name) : undefined;
};

/** A row of Lake is a list of objects of one member each. */
function lakeRow(row: readonly unknown[]): ReturnType<Wrapping> {
  if (row.length === 0 || !row.every((cell) => isObj(cell) && Object.keys(cell).length === 1))
    return undefined;
  const cells: Obj = Object.fromEntries(row.flatMap((cell) => Object.entries(cell as Obj)));
  const hasEvent = Object.keys(cells).some((name) => /^event_?(name|json|data)$/i.test(name));
  return hasEvent ? { parts: [{ path: [], value: cells }] } : undefined;
}

/** The first row of the first page has the names of the columns; all pages have them in their metadata. */
function athenaRows(all: readonly unknown[], columns: readonly string[]): Part[] {
  const first = cellsOf(all[0]).map(String);
  const isHead = columns.length === 0 || columns.every((name, index) => name === first[index]);
  const names = isHead ? first : columns;
  const skipped = isHead ? 1 : 0;
  return all.slice(skipped).map((row, index) => ({
    path: ['ResultSet', 'Rows', index + skipped],
    value: Object.fromEntries(cellsOf(row).map((cell, column) => [names[column] ?? String(column), cell])),
  }));
}

const columnsOf = ({ ResultSetMetadata: data }: Obj): string[] =>
  isObj(data) && Array.isArray(data.ColumnInfo)
    ? data.ColumnInfo.map((column) => (isObj(column) ? String(column.Name) : ''))
    : [];

const cellsOf = (row: unknown): unknown[] =>
  isObj(row) && Array.isArray(row.Data)
    ? row.Data.map((cell) => (isObj(cell) ? (cell.VarCharValue ?? '') : ''))
    : [];

/** Rows by column name: Athena, Lake, Insights, Splunk without `_raw`, Parquet, CSV. */
export const rows: Wrapping = (value) => {
  const record = isObj(value) ? asRecord(value) : undefined;
  return record === undefined ? undefined : { record };
};
