import { readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Damage } from './damage.ts';
import { reasonOf } from './damage.ts';
import type { InputFile } from './input-file.ts';
import { isS3, listS3, notesOf } from './s3/list.ts';
import { RECORD_FILE, stampOf, type Times } from './trail-names.ts';

export interface Found {
  readonly files: InputFile[];
  /** Files passed over in folders because of their name. */
  readonly ignored: number;
  readonly damages: Damage[];
  /** What a person should know about the search. */
  readonly notes: string[];
}

export interface FindOptions extends Times {
  /** Told now and then how many bytes were found so far, so that others can get ready. */
  readonly soFar?: (bytes: number) => void;
  /** See S3Bucket. */
  readonly requesterPays?: boolean;
}

/**
 * Lists what the given paths name: files as they are, folders recursively, `s3://bucket/prefix` as the objects below it,
 * `-` as standard input. In S3 files that cannot hold records of the time wanted are left out, since fetching costs.
 *
 * Files are ordered by the time in their CloudTrail name, whatever account or Region folder they lie in, so that
 * records come nearly in order of time; files without one are ordered by path and come first. Symbolic links are
 * followed, each folder once.
 */
export async function findFiles(
  paths: readonly string[],
  { requesterPays = false, soFar, ...times }: FindOptions = {},
): Promise<Found> {
  const files: InputFile[] = [];
  const damages: Damage[] = [];
  const notes: string[] = [];
  const visited = new Set<string>();
  let ignored = 0;
  let bytes = 0;

  // synchronous: thousands of files are found in a tenth of the time that way, and nothing else waits
  const attempt = <T>(path: string, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      damages.push({ path, message: reasonOf(error) });
      return undefined;
    }
  };

  const addFile = (path: string, stats: Stats): void => {
    const size = stats.isFile() ? stats.size : 0;
    files.push({ path, size, plain: stats.isFile() });
    bytes += size;
  };

  const walk = (folder: string): void => {
    // by its number in the file system, so that each folder is searched once however many links lead to it
    const itself = attempt(folder, () => statSync(folder, { bigint: true }));
    if (itself === undefined || visited.has(`${itself.dev} ${itself.ino}`)) return;
    visited.add(`${itself.dev} ${itself.ino}`);
    const entries = attempt(folder, () => readdirSync(folder, { withFileTypes: true }));
    const base = join(folder, 'x').slice(0, -1);
    for (const entry of entries ?? []) {
      const path = `${base}${entry.name}`;
      if (entry.isDirectory()) {
        walk(path);
      } else if (entry.isFile() && !RECORD_FILE.test(entry.name)) {
        ignored++;
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        const stats = attempt(path, () => statSync(path));
        if (stats === undefined) continue;
        if (stats.isDirectory()) walk(path);
        else if (stats.isFile() && RECORD_FILE.test(entry.name)) addFile(path, stats);
        else ignored++;
      } else {
        ignored++;
      }
    }
    soFar?.(bytes);
  };

  for (const path of paths) {
    if (path === '-') {
      files.push({ path, size: 0, plain: false });
      continue;
    }
    if (isS3(path)) {
      const listing = await listS3(path, times, requesterPays);
      for (const file of listing.files) files.push(file);
      damages.push(...listing.damages);
      ignored += listing.ignored;
      notes.push(...notesOf(path, listing));
      continue;
    }
    const stats = attempt(path, () => statSync(path));
    if (stats === undefined) continue;
    if (stats.isDirectory()) walk(path);
    else addFile(path, stats);
  }
  return { files: inOrder(files), ignored, damages, notes };
}

function inOrder(files: readonly InputFile[]): InputFile[] {
  return files
    .map((file) => ({ file, stamp: stampOf(file.path) }))
    .sort((a, b) => compare(a.stamp, b.stamp) || compare(a.file.path, b.file.path))
    .map(({ file }) => file);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
