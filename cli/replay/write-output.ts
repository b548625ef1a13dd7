import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { access, chmod, constants, realpath, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { reasonOf } from '../input/damage.ts';

const WRITE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'it lies where nothing may be written',
  ENOENT: 'its folder does not exist',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is used up',
  EFBIG: 'the file would be larger than allowed',
};

/** Says in plain words why writing failed. */
function reasonOfWriting(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return WRITE_ERRORS[code] ?? reasonOf(error);
}

/** Where findings go: a file that is there whole or not at all, or standard output. */
export interface Output {
  write(texts: Iterable<string>): Promise<void>;
  /** Takes away what a run that is given up has written. */
  drop(): void;
}

/** Why a file cannot be written; said before a long run, not after it. Makes no file yet. */
export async function problemWriting(path: string): Promise<string | undefined> {
  try {
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) return `cannot write ${path}: it is a folder`;
    await access(there === undefined ? dirname(path) : path, constants.W_OK);
    return undefined;
  } catch (error) {
    return `cannot write ${path}: ${reasonOfWriting(error)}`;
  }
}

/** The file that a name leads to, which need not be there. */
const real = (path: string): Promise<string> => realpath(path).catch(() => path);

/** @param path a file; absent for standard output */
export function openOutput(path: string | undefined): Output {
  if (path === undefined) return { write: print, drop: () => {} };
  let part: string | undefined;
  const drop = (): void => {
    if (part !== undefined) rmSync(part, { force: true });
  };
  return {
    drop,
    async write(texts) {
      try {
        const there = await stat(path).catch(() => undefined);
        const target = await real(path);
        const beside = await access(dirname(target), constants.W_OK).then(
          () => true,
          () => false,
        );
        // a pipe or a device is no file that could be half written
        if (there !== undefined && (!there.isFile() || !beside))
          return await pipeline(texts, createWriteStream(path));
        part = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
        await pipeline(texts, createWriteStream(part, { flush: true }));
        if (there !== undefined) await chmod(part, there.mode);
        await rename(part, target);
        part = undefined;
      } catch (error) {
        drop();
        throw new Error(`cannot write ${path}: ${reasonOfWriting(error)}`, { cause: error });
      }
    },
  };
}

async function print(texts: Iterable<string>): Promise<void> {
  for (const text of texts) {
    if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
  }
}
