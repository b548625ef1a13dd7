import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parquetMetadataAsync, parquetReadObjects, snappyUncompress } from 'hyparquet';
import { reasonOf } from './damage.ts';
import type { RandomAccess } from './random-access.ts';

/** Rows decoded in one go; each go decodes its whole row group, which seldom has more. */
const ROWS = 20_000;
/** Rows handed on at a time. */
const PORTION = 1_000;
/** Longest page, inflated; writers make them of 1 MB, and some of a whole column of a row group. */
const MAX_PAGE = 256 * 1024 * 1024;

/** Rows as JSON, or why they are not there; numbered from 0, `to` exclusive. */
export interface Rows {
  readonly from: number;
  readonly to: number;
  readonly json?: string;
  readonly problem?: string;
  /** Of how many rows. */
  readonly of: number;
}

const checked =
  (inflate: (bytes: Uint8Array, length: number) => Uint8Array) =>
  (bytes: Uint8Array, length: number): Uint8Array => {
    if (length > MAX_PAGE) throw new Error(`has a page of more than ${MAX_PAGE} bytes`);
    return inflate(bytes, length);
  };

/** What Security Lake (zstd) and Athena (gzip, Snappy, zstd) write, and Brotli; LZO and LZ4 are told as not supported. */
const compressors = {
  SNAPPY: checked((bytes, length) => {
    const inflated = new Uint8Array(length);
    snappyUncompress(bytes, inflated);
    return inflated;
  }),
  GZIP: checked((bytes, length) => gunzipSync(bytes, { maxOutputLength: length + 1 })),
  ZSTD: checked((bytes, length) => zstdDecompressSync(bytes, { maxOutputLength: length + 1 })),
  BROTLI: checked((bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: length + 1 })),
};

/** Decodes a Parquet file portion by portion. @throws Error where it is none */
export async function* parquetRows(bytes: RandomAccess): AsyncGenerator<Rows> {
  const file = {
    byteLength: bytes.length,
    slice: (start: number, end = bytes.length): ArrayBuffer =>
      Uint8Array.from(bytes.slice(start, end)).buffer,
  };
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw new Error(`is damaged Parquet: ${reasonOf(error)}`);
  });
  const of = Number(metadata.num_rows);
  let next = 0;
  for (const { num_rows } of metadata.row_groups) {
    const end = next + Number(num_rows);
    for (let from = next; from < end; from += ROWS) {
      const to = Math.min(end, from + ROWS);
      const options = { file, metadata, compressors, rowStart: from, rowEnd: to };
      const rows = await parquetReadObjects(options).catch((error: unknown) => reasonOf(error));
      if (typeof rows === 'string') {
        yield { from, to, of, problem: `cannot be decoded: ${rows}` };
        break; // the next group may be whole
      }
      for (let at = 0; at < rows.length; at += PORTION) {
        const some = rows.slice(at, at + PORTION);
        yield { from: from + at, to: from + at + some.length, of, json: JSON.stringify(some.map(plain)) };
      }
      if (rows.length < to - from) {
        yield { from: from + rows.length, to, of, problem: 'are missing' };
        break;
      }
    }
    next = end;
  }
}

/** A row as JSON can hold it: numbers for 64 bits, text for bytes. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}
