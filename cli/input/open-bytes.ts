import type { Readable } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { reasonOf } from './damage.ts';
import type { InputFile } from './input-file.ts';
import { readRaw, streamRaw } from './raw-bytes.ts';

/** A stretch of inflated content, UTF-8. */
export interface Piece {
  readonly bytes: Buffer;
  /** Bytes of the file on disk that this piece used up; for progress. */
  readonly consumed: number;
}

/** Files up to this size are read whole: most CloudTrail files are far smaller. */
const SMALL_FILE = 4 * 1024 * 1024;
/** Inflated bytes up to which a small file is kept whole. */
const MAX_WHOLE = 16 * 1024 * 1024;
/** Pieces of inflated content handed on otherwise. */
const PIECE = 256 * 1024;
/** Compressed bytes inflated in one go; a thousand times as much can come out. */
const MORSEL = 16 * 1024;

/** The whole content of a small plain file; undefined where it must be streamed: too large, or damaged and to be salvaged. */
export async function wholeContent(file: InputFile): Promise<Buffer | undefined> {
  if (!file.plain || file.size > SMALL_FILE) return undefined;
  try {
    const raw = await readRaw(file);
    const content = isGzip(raw) ? inflatedWhole(raw) : raw;
    return decoderFor(content)(content);
  } catch {
    return undefined;
  }
}

/** Gzip ends with the length of its content, which saves zlib growing its buffer; where that is wrong it only costs time. */
function inflatedWhole(raw: Buffer): Buffer {
  const length = raw.length < 18 ? 0 : raw.readUInt32LE(raw.length - 4);
  const chunkSize = Math.min(Math.max(length + 1, 1024), MAX_WHOLE);
  return gunzipSync(raw, { chunkSize, maxOutputLength: MAX_WHOLE });
}

/** Streams the content; ends early where it is damaged, and then tells how. */
export async function* streamedContent(
  file: InputFile,
  fail: (reason: string) => void,
): AsyncGenerator<Piece> {
  let source: Readable | undefined;
  try {
    source = streamRaw(file);
    const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const first = await filled(chunks);
    if (first === undefined) return;
    yield* decoded(isGzip(first) ? inflated(first, chunks, fail) : plain(first, chunks));
  } catch (error) {
    fail(reasonOf(error));
  } finally {
    source?.destroy();
  }
}

/** The first chunk, joined with its successors until the bytes that tell gzip or a byte order mark are there. */
async function filled(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  let head = Buffer.alloc(0);
  while (head.length < 3) {
    const next = await chunks.next();
    if (next.done) return head.length === 0 ? undefined : head;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* plain(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Piece> {
  yield { bytes: first, consumed: first.length };
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    yield { bytes: next.value, consumed: next.value.length };
  }
}

/**
 * Inflates chunk by chunk, handing on everything that came out before a failure: of a cut file the records before the
 * cut are still good, and Node's own stream would drop the last of them with the error.
 */
async function* inflated(
  first: Buffer,
  rest: AsyncIterator<Buffer>,
  fail: (reason: string) => void,
): AsyncGenerator<Piece> {
  const stream = createGunzip({ chunkSize: PIECE });
  let out: Buffer[] = [];
  let failed = false;
  stream.on('data', (bytes: Buffer) => out.push(bytes));
  const stopped = new Promise<void>((resolve) => {
    stream.once('end', resolve);
    stream.once('error', (error) => {
      failed = true;
      fail(`damaged gzip: ${error.message}`);
      resolve();
    });
  });
  const flush = function* (consumed: number): Generator<Piece> {
    const ready = out;
    out = [];
    for (const bytes of ready) yield { bytes, consumed: consumed / ready.length };
  };
  try {
    for (let chunk: Buffer | undefined = first; chunk !== undefined && !failed; ) {
      for (let at = 0; at < chunk.length && !failed; at += MORSEL) {
        const morsel = chunk.subarray(at, at + MORSEL);
        const written = new Promise<void>((resolve) => stream.write(morsel, () => resolve()));
        await Promise.race([written, stopped]);
        yield* flush(morsel.length);
      }
      const next: IteratorResult<Buffer> = await rest.next();
      chunk = next.done ? undefined : next.value;
    }
    if (!failed) stream.end();
    await stopped;
    yield* flush(0);
  } finally {
    stream.destroy();
  }
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

async function* decoded(pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  let decode: ((bytes: Buffer) => Buffer) | undefined;
  for await (const { bytes, consumed } of pieces) {
    decode ??= decoderFor(bytes);
    yield { bytes: decode(bytes), consumed };
  }
}

/** What takes a byte order mark off and turns UTF-16, which PowerShell's `>` writes, into UTF-8, piece by piece. */
function decoderFor([a, b, c]: Buffer): (bytes: Buffer) => Buffer {
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    const decoder = new TextDecoder(a === 0xff ? 'utf-16le' : 'utf-16be');
    return (bytes) => Buffer.from(decoder.decode(bytes, { stream: true }));
  }
  let mark = a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
  return (bytes) => {
    const rest = mark === 0 ? bytes : bytes.subarray(mark);
    mark = 0;
    return rest;
  };
}
