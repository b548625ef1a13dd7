import type { Readable, Transform } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { reasonOf } from './damage.ts';
import { isGzip, MAX_RATIO } from './decode.ts';
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

/** Times that something may be zipped over; more is made to exhaust us. */
const MAX_LAYERS = 4;
/** Inflated bytes that a file may come to beyond what its size allows. */
const FREE = 8 * 1024 * 1024;

/** What is left of that; one for all files of an archive. */
export interface Allowance {
  free: number;
}

export const allowance = (): Allowance => ({ free: FREE });

/** The whole content of a small plain file; undefined where it must be streamed: too large, or damaged and to be salvaged. */
export async function wholeContent(file: InputFile): Promise<Buffer | undefined> {
  if (!file.plain || file.size > SMALL_FILE) return undefined;
  try {
    let content = await readRaw(file);
    for (let layer = 0; isGzip(content); layer++) {
      if (layer === MAX_LAYERS) return undefined;
      content = inflatedWhole(content);
    }
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
    yield* contentOf(plain(source), allowance(), fail);
  } catch (error) {
    fail(reasonOf(error));
  } finally {
    source?.destroy();
  }
}

/** Streams what a file in an archive holds: as it is, or inflated by what `make` makes. */
export async function* inflatedPieces(
  raw: AsyncIterable<Buffer>,
  make: (() => Transform) | undefined,
  allowed: Allowance,
  fail: (reason: string) => void,
): AsyncGenerator<Piece> {
  const pieces = plain(raw);
  yield* contentOf(make === undefined ? pieces : inflated(pieces, make, fail), allowed, fail);
}

async function* contentOf(
  pieces: AsyncGenerator<Piece>,
  allowed: Allowance,
  fail: (reason: string) => void,
): AsyncGenerator<Piece> {
  yield* decoded(bounded(unzipped(pieces, fail), allowed, fail));
}

async function* plain(chunks: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  for await (const bytes of chunks) yield { bytes, consumed: bytes.length };
}

/** Takes off gzip, as often as it lies over itself. */
async function* unzipped(
  pieces: AsyncGenerator<Piece>,
  fail: (reason: string) => void,
  layer = 0,
): AsyncGenerator<Piece> {
  const head = await filled(pieces);
  if (head === undefined) return;
  const all = joined(head, pieces);
  if (!isGzip(head.bytes)) yield* all;
  else if (layer === MAX_LAYERS) fail(`is zipped more than ${MAX_LAYERS} times`);
  else
    yield* unzipped(
      inflated(all, () => createGunzip({ chunkSize: PIECE }), fail),
      fail,
      layer + 1,
    );
}

/** The first piece, joined with its successors until the bytes that tell gzip or a byte order mark are there. */
async function filled(pieces: AsyncIterator<Piece>): Promise<Piece | undefined> {
  let head: Piece = { bytes: Buffer.alloc(0), consumed: 0 };
  while (head.bytes.length < 3) {
    const next = await pieces.next();
    if (next.done) return head.bytes.length === 0 ? undefined : head;
    const { bytes, consumed } = next.value;
    head = { bytes: Buffer.concat([head.bytes, bytes]), consumed: head.consumed + consumed };
  }
  return head;
}

/** Pieces with one before them. */
export async function* joined(head: Piece, rest: AsyncGenerator<Piece>): AsyncGenerator<Piece> {
  yield head;
  yield* rest;
}

/** Ends where more has come out than any honest file holds. */
async function* bounded(
  pieces: AsyncGenerator<Piece>,
  allowed: Allowance,
  fail: (reason: string) => void,
): AsyncGenerator<Piece> {
  let [inflated, consumed, excess] = [0, 0, 0];
  for await (const piece of pieces) {
    inflated += piece.bytes.length;
    consumed += piece.consumed;
    excess = Math.max(excess, inflated - MAX_RATIO * consumed);
    if (excess > allowed.free) {
      return fail(`inflates to more than ${MAX_RATIO} times its size: the rest is not read`);
    }
    yield piece;
  }
  allowed.free -= excess;
}

/**
 * Inflates piece by piece, handing on everything that came out before a failure: of a cut file the records before the
 * cut are still good, and Node's own stream would drop the last of them with the error.
 */
async function* inflated(
  pieces: AsyncGenerator<Piece>,
  make: () => Transform,
  fail: (reason: string) => void,
): AsyncGenerator<Piece> {
  const stream = make();
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
    let unsaid = 0;
    for await (const { bytes, consumed } of pieces) {
      for (let at = 0; at < bytes.length && !failed; at += MORSEL) {
        const morsel = bytes.subarray(at, at + MORSEL);
        const written = new Promise<void>((resolve) => stream.write(morsel, () => resolve()));
        await Promise.race([written, stopped]);
        unsaid += (consumed * morsel.length) / bytes.length;
        if (out.length === 0) continue;
        yield* flush(unsaid);
        unsaid = 0;
      }
      if (failed) break;
    }
    if (!failed) stream.end();
    await stopped;
    yield* flush(unsaid);
  } finally {
    stream.destroy();
  }
}

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
