import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Damage } from './damage.ts';
import { reasonOf } from './damage.ts';

/** One thing to read: a file, or standard input as `-`. */
export interface InputFile {
  readonly path: string;
  /** Bytes on disk; 0 where unknown (standard input, pipes). */
  readonly size: number;
  /** Whether it can be read whole, in any order: a plain file, not a pipe. */
  readonly plain: boolean;
}

export interface Found {
  readonly files: InputFile[];
  /** Files passed over in folders because of their name. */
  readonly ignored: number;
  readonly damages: Damage[];
}

const EXTENSIONS = /\.(json|jsonl|ndjson)(\.gz)?$/i;

/** CloudTrail puts the time of delivery into every file name: `…_20260101T0005Z_…`. */
const STAMP = /_(\d{8}T\d{4}Z)_/;

/**
 * Lists what the given paths name: files as they are, folders recursively, `-` as standard input.
 *
 * Files are ordered by the time in their CloudTrail name, whatever account or Region folder they lie in, so that
 * records come nearly in order of time; files without one are ordered by path and come first. Symbolic links are
 * followed, each folder once.
 */
export async function findFiles(paths: readonly string[]): Promise<Found> {
  const files: InputFile[] = [];
  const damages: Damage[] = [];
  const visited = new Set<string>();
  let ignored = 0;

  const attempt = async <T>(path: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      damages.push({ path, message: reasonOf(error) });
      return undefined;
    }
  };

  const addFile = (path: string, stats: Stats): void => {
    files.push({ path, size: stats.isFile() ? stats.size : 0, plain: stats.isFile() });
  };

  const walk = async (folder: string): Promise<void> => {
    const real = await attempt(folder, () => realpath(folder));
    if (real === undefined || visited.has(real)) return;
    visited.add(real);
    const entries = await attempt(folder, () => readdir(folder, { withFileTypes: true }));
    for (const entry of entries ?? []) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        await walk(path);
      } else if (entry.isFile() && !EXTENSIONS.test(entry.name)) {
        ignored++;
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        const stats = await attempt(path, () => stat(path));
        if (stats === undefined) continue;
        if (stats.isDirectory()) await walk(path);
        else if (stats.isFile() && EXTENSIONS.test(entry.name)) addFile(path, stats);
        else ignored++;
      } else {
        ignored++;
      }
    }
  };

  for (const path of paths) {
    if (path === '-') {
      files.push({ path, size: 0, plain: false });
      continue;
    }
    const stats = await attempt(path, () => stat(path));
    if (stats === undefined) continue;
    if (stats.isDirectory()) await walk(path);
    else addFile(path, stats);
  }
  const stamp = ({ path }: InputFile): string => STAMP.exec(path)?.[1] ?? '';
  files.sort((a, b) => compare(stamp(a), stamp(b)) || compare(a.path, b.path));
  return { files, ignored, damages };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
