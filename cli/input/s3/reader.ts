import type { InputFile } from '../input-file.ts';
import { openBucket, type S3Access, type S3Object } from './client.ts';
import { fetchObject } from './fetch.ts';
import { troubleOf } from './trouble.ts';

/** Objects up to this size, bytes, are fetched whole and ahead; CloudTrail's are a few hundred kB at most. */
const SMALL = 4 * 1024 * 1024;
/** Requests ahead of the reading: S3 answers the first byte after some 50 ms, so that one after another would crawl. */
const MOST_AHEAD = 32;
/** Bytes as stored that may wait to be taken, all objects together. */
const AHEAD_BYTES = 24 * 1024 * 1024;

export interface S3Reader {
  /** Tells what will be read, in this order, so that small objects are fetched before they are asked for. */
  expect(files: readonly InputFile[]): void;
  /** The whole content as stored. Rejects with a reason in plain words. */
  whole(file: InputFile): Promise<Buffer>;
  /**
   * The content as stored, in stretches, within bounded memory. Rejects likewise. Gives what `whole` gave or rejected
   * with just before, so that what turns out to be damaged is not fetched twice.
   */
  chunks(file: InputFile): AsyncGenerator<Buffer>;
}

/** Reads objects of S3. */
export function s3Reader(): S3Reader {
  const opened = new Map<string, Promise<S3Access>>();
  const expected: InputFile[] = [];
  const started = new Map<InputFile, Promise<Buffer>>();
  let held = 0;
  let last: { file: InputFile; content: Promise<Buffer> } | undefined;

  async function* fetched(file: InputFile): AsyncGenerator<Buffer> {
    const object = objectOf(file);
    const { bucket, region } = object;
    const name = `${bucket} ${region}`;
    const access = opened.get(name) ?? openBucket(object);
    opened.set(name, access);
    try {
      yield* fetchObject(await access, object);
    } catch (error) {
      throw new Error(troubleOf(error, { action: 'get', bucket }), { cause: error });
    }
  }

  const start = (file: InputFile): Promise<Buffer> => {
    const content = collect(fetched(file));
    content.catch(() => {}); // may fail before anyone asks for it
    started.set(file, content);
    held += file.size;
    return content;
  };

  /** Keeps requests in flight within the bounds; what is asked for is fetched, also beyond them. */
  const pump = (): void => {
    for (let file = expected[0]; file !== undefined; file = expected[0]) {
      if (started.size >= MOST_AHEAD || held + file.size > AHEAD_BYTES) return;
      expected.shift();
      void start(file);
    }
  };

  return {
    expect(files) {
      for (const file of files) if (file.s3 !== undefined && file.size <= SMALL) expected.push(file);
      pump();
    },

    async whole(file) {
      if (expected[0] === file) expected.shift();
      const content = started.get(file) ?? start(file);
      last = { file, content };
      try {
        return await content;
      } finally {
        held -= started.delete(file) ? file.size : 0;
        pump();
      }
    },

    async *chunks(file) {
      if (last?.file === file) yield await last.content;
      else yield* fetched(file);
    },
  };
}

async function collect(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const part of parts) all.push(part);
  return all.length === 1 ? (all[0] as Buffer) : Buffer.concat(all);
}

function objectOf({ path, size, s3 }: InputFile): S3Object {
  if (s3 === undefined) throw new TypeError(`${path} does not lie in S3`);
  return { ...s3, key: path.slice(`s3://${s3.bucket}/`.length), size };
}
