import { isObj, type Obj } from '../read.ts';
import { asRecord } from './row.ts';
import { inside, type Wrapping } from './wrapping.ts';

/** What beside `message` shows an event of CloudWatch Logs: subscriptions, `filter-log-events`, `get-log-events`. */
const BESIDE = ['ingestionTime', 'logStreamName', 'eventId'] as const;

/**
 * CloudWatch Logs: subscriptions (to Lambda as `awslogs.data`, base64 of gzip; their `logEvents` are a list like any other),
 * `filter-log-events` and `get-log-events`, rows of Insights (`[{field, value}]`, or by column name when exported).
 */
export const cloudWatchLogs: Wrapping = (value) => {
  if (!isObj(value)) return insightsRow(value);
  if (isObj(value.awslogs) && typeof value.awslogs.data === 'string') {
    return { parts: [{ path: ['awslogs', 'data'], value: value.awslogs.data, encoded: true }] };
  }
  if (typeof value['@message'] === 'string' || isObj(value['@message'])) return inside(value, '@message');
  return isLogEvent(value) ? inside(value, 'message') : undefined;
};

const isLogEvent = (value: Obj): boolean =>
  typeof value.message === 'string' &&
  typeof value.timestamp === 'number' &&
  (typeof value.id === 'string' || BESIDE.some((name) => name in value));

/** A query gives the whole record as `@message`, or only the fields that it asked for. */
function insightsRow(row: readonly unknown[]): ReturnType<Wrapping> {
  const cells = row.filter(
    (cell): cell is { field: string; value: unknown } => isObj(cell) && typeof cell.field === 'string',
  );
  if (cells.length === 0 || cells.length !== row.length) return undefined;
  const at = cells.findIndex(({ field }) => field === '@message');
  if (at >= 0) return { parts: [{ path: [at, 'value'], value: cells[at]?.value }] };
  const record = asRecord(Object.fromEntries(cells.map(({ field, value }) => [field, value])));
  return record === undefined ? undefined : { record };
}
