import { createReadStream, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { InputFile } from './find-files.ts';

/**
 * Where the bytes of an input come from, still compressed: the one place that knows. Called in reading workers for
 * plain inputs, on the main thread for standard input and pipes; an `InputFile` is all that is handed over.
 */

/** All bytes of a small plain input. @throws Error whose reason is told as the file's damage */
export async function readRaw({ path }: InputFile): Promise<Buffer> {
  // in a worker nothing else is to be done meanwhile, and the way through libuv's threads costs more than the read
  return readFileSync(path);
}

/** The bytes of any other input, in order; whoever stops early destroys it. */
export function streamRaw({ path }: InputFile): Readable {
  return path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK });
}

const CHUNK = 256 * 1024;
