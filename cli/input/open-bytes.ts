import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { reasonOf } from './damage.ts';
import type { InputFile } from './find-files.ts';

/** A stretch of inflated content, UTF-8. */
export interface Piece {
  readonly bytes: Buffer;
  /** Bytes of the file on disk that this piece used up; for progress. */
  readonly consumed: number;
}

/** Compressed files up to this size are read whole and inflated off the main thread: most CloudTrail files are far smaller. */
const SMALL_FILE = 4 * 1024 * 1024;
/** Inflated bytes that all files read ahead may hold together. */
const AHEAD_BUDGET = 96 * 1024 * 1024;
/** Pieces handed on, small enough that parsing one leaves little behind. */
const PIECE = 256 * 1024;

const inflate = promisify(gunzip);

/** A file whose reading has begun. Iterating ends early when the content is damaged; `failure` then says how. */
export interface OpenFile {
  readonly file: InputFile;
  readonly pieces: AsyncIterable<Piece>;
  failure(): string | undefined;
}

/**
 * Opens files in order, reading up to `jobs` small ones ahead so that disk and inflating (on zlib's own threads) run
 * while records are judged. Large files and pipes are streamed.
 */
export async function* openAll(files: Iterable<InputFile>, jobs: number): AsyncGenerator<OpenFile> {
  const ahead: OpenFile[] = [];
  const limit = Math.floor(AHEAD_BUDGET / jobs);
  for (const file of files) {
    ahead.push(open(file, limit));
    if (ahead.length > jobs) yield* ahead.splice(0, 1);
  }
  yield* ahead;
}

function open(file: InputFile, limit: number): OpenFile {
  let failure: string | undefined;
  const fail = (reason: string): void => {
    failure ??= reason;
  };
  const whole = file.plain && file.size <= SMALL_FILE ? readWhole(file, limit) : nothing();
  return { file, pieces: piecesOf(file, whole, fail), failure: () => failure };
}

const nothing = async (): Promise<undefined> => undefined;

/** The inflated content, or undefined where it must be streamed: too large, or damaged in a way worth salvaging. */
async function readWhole(file: InputFile, limit: number): Promise<Buffer | undefined> {
  try {
    const raw = await readFile(file.path);
    if (!isGzip(raw)) return raw;
    return await inflate(raw, { maxOutputLength: limit });
  } catch {
    return undefined;
  }
}

async function* piecesOf(
  file: InputFile,
  whole: Promise<Buffer | undefined>,
  fail: (reason: string) => void,
): AsyncGenerator<Piece> {
  const content = await whole;
  if (content === undefined) {
    yield* decoded(streamed(file, fail));
  } else {
    yield* decoded(cut(content, file.size));
  }
}

function* cut(content: Buffer, size: number): Generator<Piece> {
  for (let at = 0; at < content.length; at += PIECE) {
    const bytes = content.subarray(at, at + PIECE);
    yield { bytes, consumed: (size * bytes.length) / content.length };
  }
}

async function* streamed(file: InputFile, fail: (reason: string) => void): AsyncGenerator<Piece> {
  const source = file.path === '-' ? process.stdin : createReadStream(file.path);
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    const first = await filled(chunks);
    if (first === undefined) return;
    if (isGzip(first)) yield* inflated(first, chunks, fail);
    else yield* plain(first, chunks);
  } catch (error) {
    fail(reasonOf(error));
  } finally {
    source.destroy();
  }
}

/** The first chunk, joined with its successors until the two bytes that tell gzip are there. */
async function filled(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  let head = Buffer.alloc(0);
  while (head.length < 2) {
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
      const written = new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
      await Promise.race([written, stopped]);
      yield* flush(chunk.length);
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

/** Takes a byte order mark off and turns UTF-16, which PowerShell's `>` writes, into UTF-8. */
async function* decoded(pieces: AsyncIterable<Piece> | Iterable<Piece>): AsyncGenerator<Piece> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let started = false;
  for await (const { bytes, consumed } of pieces) {
    if (!started) {
      started = true;
      const [a, b, c] = bytes;
      if (a === 0xff && b === 0xfe) decoder = new TextDecoder('utf-16le');
      else if (a === 0xfe && b === 0xff) decoder = new TextDecoder('utf-16be');
      else if (a === 0xef && b === 0xbb && c === 0xbf) {
        yield { bytes: bytes.subarray(3), consumed };
        continue;
      }
    }
    if (decoder === undefined) yield { bytes, consumed };
    else yield { bytes: Buffer.from(decoder.decode(bytes, { stream: true })), consumed };
  }
}
