import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Access, S3Object } from './client.ts';

export interface FetchOptions {
  /** Bytes of one ranged request; smaller objects come in one. */
  readonly partBytes?: number;
  /** Parts of one object in flight or waiting to be taken: with `partBytes`, the memory one object holds. */
  readonly ahead?: number;
}

/** AWS advises 8 to 16 MB for ranged requests; smaller parts hold less memory. */
const PART_BYTES = 8 * 1024 * 1024;
const AHEAD = 4;
/** A body that breaks off is taken up where it broke; what fails before the body is retried by the SDK. */
const MAX_RESUMES = 4;
const FIRST_WAIT_MS = 200;

/**
 * The bytes of an object as stored, in order, part by part: a small one in a single request, a large one in several ranged
 * requests at once.
 *
 * Every request names the ETag the object had when it was listed, so an object that is replaced meanwhile is an error and
 * never a mixture of two.
 */
export async function* fetchObject(
  access: S3Access,
  object: S3Object,
  { partBytes = PART_BYTES, ahead = AHEAD }: FetchOptions = {},
): AsyncGenerator<Buffer> {
  const stop = new AbortController();
  const waiting: Promise<Buffer>[] = [];
  const start = (from: number): void => {
    const part = fetchPart(access, object, from, Math.min(from + partBytes, object.size), stop.signal);
    part.catch(() => {}); // taken in order: a later part may fail before anyone waits for it
    waiting.push(part);
  };
  try {
    for (let from = 0; from < object.size; from += partBytes) {
      start(from);
      const first = waiting.length >= ahead ? waiting.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (const part of waiting) yield await part;
  } finally {
    stop.abort();
  }
}

/** Bytes `from` (inclusive) to `to` (exclusive). */
async function fetchPart(
  { sdk, client }: S3Access,
  { bucket, key, etag, size, requesterPays }: S3Object,
  from: number,
  to: number,
  abortSignal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let have = from;
  for (let resumed = 0; ; resumed++) {
    const whole = have === 0 && to === size;
    const { Body } = await client.send(
      new sdk.GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(etag !== undefined && { IfMatch: etag }),
        // a whole object is checked against the checksum S3 keeps; a range cannot be
        ...(!whole && { Range: `bytes=${have}-${to - 1}` }),
        ...(requesterPays && { RequestPayer: 'requester' }),
      }),
      { abortSignal },
    );
    try {
      for await (const chunk of Body as Readable) {
        chunks.push(chunk);
        have += chunk.length;
      }
      if (have === to) return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      if (have > to) throw new RangeError(`S3 sent ${have - to} bytes more than it listed`);
    } catch (error) {
      if (error instanceof RangeError || resumed >= MAX_RESUMES || abortSignal.aborted) throw error;
      if (have === to) {
        // all there and yet an error: the checksum does not fit, so nothing of it can be kept
        have = from;
        chunks.length = 0;
      }
    }
    if (resumed >= MAX_RESUMES) throw new Error(`S3 sent ${have - from} of ${to - from} bytes`);
    await sleep(FIRST_WAIT_MS * 2 ** resumed, undefined, { signal: abortSignal });
  }
}
