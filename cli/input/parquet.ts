import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { reasonOf } from './damage.ts';
import type { InputFile } from './input-file.ts';
import type { RandomAccess } from './random-access.ts';
import { emptyReading, type Reading } from './reading.ts';
import type { Span } from './span.ts';
import { valueReader } from './value-reader.ts';

/** Rows decoded in one go; each go decodes its whole row group, which seldom has more. */
const ROWS = 20_000;
/** Longest page, inflated; writers make them of 1 MB, and some of a whole column of a row group. */
const MAX_PAGE = 256 * 1024 * 1024;

type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

/** Node inflates what Security Lake (zstd) and Athena (gzip, zstd) write; Snappy is in the reader itself. */
const inflating =
  (inflate: Inflate) =>
  (bytes: Uint8Array, length: number): Uint8Array => {
    if (length > MAX_PAGE) throw new Error(`has a page of more than ${MAX_PAGE} bytes`);
    return inflate(bytes, { maxOutputLength: length + 1 });
  };

const compressors = {
  GZIP: inflating(gunzipSync),
  ZSTD: inflating(zstdDecompressSync),
  BROTLI: inflating(brotliDecompressSync),
};

/** Reads the rows of a Parquet file: CloudTrail's by column, or Security Lake's. @throws Error where it is none */
export async function* readParquet(
  file: InputFile,
  bytes: RandomAccess,
  span: Span,
): AsyncGenerator<Reading> {
  const access = {
    byteLength: bytes.length,
    slice: (start: number, end = bytes.length): ArrayBuffer =>
      Uint8Array.from(bytes.slice(start, end)).buffer,
  };
  const metadata = await metadataOf(access);
  const count = Math.max(1, Number(metadata.num_rows));
  const values = valueReader(file.path, span);
  yield { ...emptyReading(), files: 1 };
  let row = 0;
  for (const { num_rows } of metadata.row_groups) {
    const next = row + Number(num_rows);
    for (; row < next; row += ROWS) {
      const to = Math.min(next, row + ROWS);
      const reading = { ...emptyReading(), consumed: (file.size * (to - row)) / count };
      const place = `rows ${row + 1} to ${to}`;
      const rows = await parquetReadObjects({
        file: access,
        metadata,
        compressors,
        rowStart: row,
        rowEnd: to,
      }).catch((error: unknown) => reasonOf(error));
      if (typeof rows === 'string') values.tell(reading, place, `cannot be decoded: ${rows}`);
      else if (rows.length < to - row) values.tell(reading, place, `only ${rows.length} are there`);
      if (typeof rows !== 'string') {
        for (const [index, each] of rows.entries())
          values.add(plain(each), `row ${row + index + 1}`, reading);
      }
      yield reading;
      // what one group lacks is not asked for again and again; the next may be whole
      if (reading.damaged > 0 && (typeof rows === 'string' || rows.length === 0)) break;
    }
    row = next;
  }
}

async function metadataOf(access: Parameters<typeof parquetMetadataAsync>[0]): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(access);
  } catch (error) {
    throw new Error(`is damaged Parquet: ${reasonOf(error)}`);
  }
}

/** A row as JSON would hold it: numbers for 64 bits, text for times. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
