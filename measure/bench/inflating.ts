import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';

const inflate = promisify(gunzip);

/** Inflates every file with zlib, nothing else, one after another; gives the inflated bytes. */
export function inflateAll(files: readonly string[]): number {
  return files.reduce((bytes, file) => bytes + gunzipSync(readFileSync(file)).length, 0);
}

/** The same on several of zlib's threads at once. */
export async function inflateAllParallel(files: readonly string[], lanes: number): Promise<void> {
  await inLanes(files, lanes, async (lane) => {
    for (const file of lane) await inflate(await readFile(file));
  });
}

/** `gzip -dc` over the same files in several processes at once; false where gzip is not installed. */
export async function gzipAll(files: readonly string[], lanes: number): Promise<boolean> {
  try {
    await inLanes(files, lanes, async (lane) => {
      for (let from = 0; from < lane.length; from += FILES_PER_CALL) {
        const child = spawn('gzip', ['-dc', ...lane.slice(from, from + FILES_PER_CALL)], {
          // into /dev/null, as on a command line: reading it here would slow it down
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        const [code] = await once(child, 'close');
        if (code !== 0) throw new Error(`gzip ended with ${code}`);
      }
    });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Keeps a command line below what the system takes. */
const FILES_PER_CALL = 2000;

async function inLanes(
  files: readonly string[],
  lanes: number,
  work: (lane: string[]) => Promise<void>,
): Promise<void> {
  const parts = Array.from({ length: lanes }, (_, lane) =>
    files.filter((_, index) => index % lanes === lane),
  );
  await Promise.all(parts.filter((part) => part.length > 0).map(work));
}
