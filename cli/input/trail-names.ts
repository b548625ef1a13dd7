/** Names of files that can hold records; the last two are those of CloudWatch Logs' exports and of Firehose. */
export const RECORD_FILE =
  /\.(?:json|jsonl|ndjson|csv|tsv)(?:\.gz)?$|\.(?:parquet|zip)$|(?:^|\/)[^./]+\.gz$|-\d+-\d{4}(?:-\d\d){5}-[0-9a-f-]{36}$/i;

/** CloudTrail puts the time of delivery into every file name: `…_20260101T0005Z_…`. */
const STAMP = /_(\d{8}T\d{4}Z)_/;

/** The time of delivery in a CloudTrail file name as written there, which sorts like the time; else ''. */
export const stampOf = (path: string): string => STAMP.exec(path)?.[1] ?? '';

/** The same as ms since 1970; undefined where the name does not tell. */
export function deliveredAt(path: string): number | undefined {
  const stamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z$/.exec(stampOf(path));
  if (stamp === null) return undefined;
  const [, year, month, date, hour, minute] = stamp;
  const at = Date.parse(`${year}-${month}-${date}T${hour}:${minute}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** Folders beside CloudTrail's records that hold no records: digests of files, and what Insights made of records. */
export const isAside = (folder: string): boolean => /\/CloudTrail-(Digest|Insight)s?\/?$/.test(`/${folder}`);

/** A stretch of time that records are wanted of, ms; `since` is inclusive, `until` exclusive. */
export interface Times {
  readonly since?: number;
  readonly until?: number;
}

/** A file is written after what it holds; an hour leaves room for clocks that differ. */
const EARLY_MS = 3_600_000;
/** CloudTrail delivers within some fifteen minutes, and hours late when something is broken. */
const LATE_MS = 86_400_000;

/** Days (`2026/01/31`, as in CloudTrail's folders) that can hold files with records of some time, both inclusive. */
export function daysOf({ since, until }: Times): { first?: string; last?: string } {
  return {
    ...(since !== undefined && { first: day(since - EARLY_MS) }),
    ...(until !== undefined && { last: day(until + LATE_MS) }),
  };
}

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '/');

/** Whether a file can hold records of some time, by the time in its name, else by its date folder, else yes. */
export function canHold(path: string, times: Times): boolean {
  const at = deliveredAt(path);
  if (at !== undefined) {
    return at >= (times.since ?? at) - EARLY_MS && at < (times.until ?? at + 1) + LATE_MS;
  }
  const folder = /\/(\d{4}\/\d\d\/\d\d)\/[^/]*$/.exec(path)?.[1];
  if (folder === undefined) return true;
  const { first = folder, last = folder } = daysOf(times);
  return folder >= first && folder <= last;
}
