import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { InputFile } from './input-file.ts';
import { s3Reader } from './s3/reader.ts';

/**
 * Where the bytes of an input come from, still compressed: the one place that knows. Called in reading workers for
 * plain inputs, on the main thread for standard input and pipes; an `InputFile` is all that is handed over.
 */

/** One for each thread; it loads the SDK when the first object is asked for. */
const s3 = s3Reader();

/** Tells what will be read next, in this order: objects far away are fetched before their turn. */
export const expectRaw = (files: readonly InputFile[]): void => s3.expect(files);

/** All bytes of a small plain input. @throws Error whose reason is told as the file's damage */
export async function readRaw(file: InputFile): Promise<Buffer> {
  if (file.s3 !== undefined) return s3.whole(file);
  // in a worker nothing else is to be done meanwhile, and the way through libuv's threads costs more than the read
  return readFileSync(file.path);
}

/** The bytes of any other input, in order; whoever stops early destroys it. */
export function streamRaw(file: InputFile): Readable {
  if (file.s3 !== undefined) return Readable.from(cut(s3.chunks(file)), { highWaterMark: 1 });
  return file.path === '-' ? process.stdin : createReadStream(file.path, { highWaterMark: CHUNK });
}

const CHUNK = 256 * 1024;

async function* cut(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const part of parts) {
    for (let at = 0; at < part.length; at += CHUNK) yield part.subarray(at, at + CHUNK);
  }
}
