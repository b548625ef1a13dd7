import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { InputFile } from './input-file.ts';
import type { Piece } from './open-bytes.ts';

/** Bytes that can be read from any place. */
export interface RandomAccess {
  /** Present where the bytes are those of a file. */
  readonly path?: string;
  readonly length: number;
  /** Bytes `start` to `end` (exclusive), fewer where there are no more. */
  slice(start: number, end: number): Buffer;
  close(): void;
}

/** What is not a file of its own is kept whole; beyond this, bytes, it must be made one. */
const MOST_KEPT = 256 * 1024 * 1024;

/** Opens a file for reading from any place: as it lies there, or what comes of a pipe, an object, gzip or an archive. */
export async function randomAccess(
  file: InputFile,
  what: string,
  pieces: Iterable<Piece> | AsyncIterable<Piece>,
): Promise<RandomAccess> {
  if (file.plain && file.s3 === undefined && isAsItLies(file.path)) return ofFile(file.path);
  const kept: Buffer[] = [];
  let length = 0;
  for await (const { bytes } of pieces) {
    kept.push(bytes);
    length += bytes.length;
    if (length > MOST_KEPT)
      throw new Error(
        `is ${what} of more than ${MOST_KEPT} bytes that is no file of its own: save it as a file first`,
      );
  }
  return ofBytes(kept.length === 1 && kept[0] !== undefined ? kept[0] : Buffer.concat(kept));
}

export const ofBytes = (bytes: Buffer): RandomAccess => ({
  length: bytes.length,
  slice: (start, end) => bytes.subarray(start, end),
  close: () => {},
});

export function ofFile(path: string): RandomAccess {
  const descriptor = openSync(path, 'r');
  const length = fstatSync(descriptor).size;
  return {
    path,
    length,
    slice(start, end) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(end, length) - start));
      let have = 0;
      while (have < bytes.length) {
        const read = readSync(descriptor, bytes, have, bytes.length - have, start + have);
        if (read === 0) return bytes.subarray(0, have);
        have += read;
      }
      return bytes;
    },
    close: () => closeSync(descriptor),
  };
}

/** Whether the file itself begins as its content does, and not with gzip. */
function isAsItLies(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(2);
    readSync(descriptor, bytes, 0, 2, 0);
    return bytes[0] === 0x50; // P, of PK and of PAR1
  } finally {
    closeSync(descriptor);
  }
}
