import { looksLike } from '../../core/records/cloudtrail/looks-like.ts';
import type { ContentReader } from './json-reader.ts';
import { jsonReader } from './json-reader.ts';
import type { TimeRange } from './time-range.ts';

/** Bytes looked at to tell what a file holds: more than the longest record CloudTrail writes. */
export const HEAD = 512 * 1024;

const LINE_FILE = /\.(jsonl|ndjson)(\.gz)?$/i;
const CSV_FILE = /\.(csv|tsv)(\.gz)?$/i;
/** Columns of which one at least is in every table of records that is understood. */
const COLUMNS =
  /(?:^|[,;\t"])(?:event_?name|event_?json|event_?data|@message|message|_raw|cloudtrailevent|event\.original|event\.action|event name|operationnamevalue|protopayload_auditlog)(?:$|[,;\t"])/i;
/** A line of another log, or a record behind the time or host of a log line. */
const LOG_LINE = /^[^{]{1,200}\{"(?:eventVersion|userIdentity|event\w+|awsRegion)"/;

/** What reads content that begins like this, or why nothing can be read of it. */
export async function readerFor(
  path: string,
  head: Buffer,
  ended: boolean,
  range: TimeRange,
): Promise<ContentReader | string | undefined> {
  // no lines are a file of lines; no document is none
  if (head.length === 0) return path === '-' || LINE_FILE.test(path) ? undefined : 'is empty';
  const start = textOf(head);
  if (LINE_FILE.test(path) || /^\s*[[{]/.test(start))
    return jsonReader(path, isLines(path, head, ended), range);
  const line = /^\s*(.*)/.exec(start)?.[1]?.trim() ?? '';
  if (looksLike(line) !== undefined || LOG_LINE.test(line)) {
    const { textReader } = await import('./text-reader.ts');
    return textReader(path, range);
  }
  if (CSV_FILE.test(path) || (COLUMNS.test(line) && !line.includes('{'))) {
    const { csvReader } = await import('./csv-reader.ts');
    return csvReader(path, separatorOf(line), range);
  }
  return refusal(head);
}

function refusal(head: Buffer): string {
  if (head.toString('latin1', 257, 262) === 'ustar') return 'is a tar archive: unpack it first';
  const start = head.toString('latin1', 0, 256);
  const named = OTHERS.find(([magic]) => start.startsWith(magic))?.[1];
  if (named !== undefined) return named;
  return MARKUP.test(start.trimStart())
    ? 'is XML or HTML, perhaps the answer to a failed download'
    : 'is not JSON: it does not begin with { or [';
}

/** What is mistaken for records most: bytes it begins with, as file(1) knows them, in Latin-1; what it is and what to do. */
const OTHERS: readonly (readonly [magic: string, refusal: string])[] = [
  ['BZh', 'is compressed by bzip2, which is not read: decompress it first'],
  ['\xfd7zXZ', 'is compressed by xz, which is not read: decompress it first'],
  ['\x28\xb5\x2f\xfd', 'is compressed by zstd, which is not read: decompress it first'],
  ['7z\xbc\xaf', 'is a 7z archive: unpack it first'],
  ['%PDF-', 'is a PDF, which holds no records: export JSON or CSV'],
  ['\x89PNG', 'is a picture, which holds no records'],
  ['\xff\xd8\xff', 'is a picture, which holds no records'],
  ['GIF8', 'is a picture, which holds no records'],
  ['\xd0\xcf\x11\xe0', 'is a document of Office: export CSV'],
  ['Obj\x01', 'is Avro, which is not read: export JSON, CSV or Parquet'],
  ['SQLite format 3', 'is a SQLite database; the history of earlier runs is named with --state'],
];
const MARKUP = /^(?:\xef\xbb\xbf)?<(?:\?xml|!doctype|html)/i;

const separatorOf = (line: string): string =>
  [',', ';', '\t'].toSorted((a, b) => line.split(b).length - line.split(a).length)[0] ?? ',';

/** The beginning of a text, as much as tells what it is. */
function textOf(head: Buffer): string {
  const start = head.toString('utf8', 0, 4096);
  return start.trim() === '' ? head.toString() : start;
}

/**
 * Whether a file holds one JSON value per line. The name may say so; else the first line must be a whole value with
 * something after it. A first line beyond the head is a document whatever its name.
 */
function isLines(path: string, head: Buffer, ended: boolean): boolean {
  const start = head.findIndex((byte) => !SPACE.has(byte));
  const newline = start < 0 ? -1 : head.indexOf('\n', start);
  if (LINE_FILE.test(path)) return newline >= 0 || ended;
  if (newline < 0 || head.toString('utf8', newline).trim() === '') return false;
  try {
    JSON.parse(head.toString('utf8', start, newline));
    return true;
  } catch {
    return false;
  }
}

const SPACE: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));
