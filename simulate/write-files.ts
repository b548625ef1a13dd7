import { once } from 'node:events';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Delivery } from './defects.ts';
import { HOUR } from './estate.ts';
import { type Random, randomOf } from './random.ts';
import { isoTime } from './trail-record.ts';

/** Half the time of zlib's default for a tenth more bytes. */
const LEVEL = 3;

/** CloudTrail delivers every few minutes; one file an hour holds the same records in fewer files. */
const PER_FILE = HOUR;

/**
 * Writes records the way CloudTrail delivers them to a bucket: one gzip file for each account, Region and hour. All
 * synchronous: for files this small the threads of zlib and of the file system cost more than they take off.
 *
 * @returns files and records written
 */
export function writeTrail(
  folder: string,
  seed: number,
  deliveries: Iterable<Delivery>,
): { files: number; records: number } {
  const random = randomOf(seed, 'file names');
  const newFolders = folderMaker();
  const open = new Map<string, { readonly account: string; readonly region: string; text: string }>();
  let hour = Number.NEGATIVE_INFINITY;
  let files = 0;
  let records = 0;
  const close = (): void => {
    for (const { account, region, text } of open.values()) {
      const path = fileOf(random, account, region, hour + PER_FILE);
      newFolders(join(folder, path.folder));
      const bytes = gzipSync(`{"Records":[${text}]}`, { level: LEVEL });
      writeFileSync(join(folder, path.folder, path.name), bytes);
      files++;
    }
    open.clear();
  };
  for (const { at, record } of deliveries) {
    const current = Math.floor(at / PER_FILE) * PER_FILE;
    if (current !== hour) {
      close();
      hour = current;
    }
    const { recipientAccountId: account, awsRegion: region } = record;
    const place = `${account}/${region}`;
    const text = JSON.stringify(record);
    const held = open.get(place);
    if (held === undefined) open.set(place, { account, region, text });
    else held.text += `,${text}`;
    records++;
  }
  close();
  return { files, records };
}

/** Makes folders, each only once in a while. */
function folderMaker(): (folder: string) => void {
  const made = new Set<string>();
  return (folder) => {
    if (made.has(folder)) return;
    if (made.size > 100_000) made.clear();
    mkdirSync(folder, { recursive: true });
    made.add(folder);
  };
}

function fileOf(
  random: Random,
  account: string,
  region: string,
  deliveredAt: number,
): { folder: string; name: string } {
  const [date = '', time = ''] = isoTime(deliveredAt).split('T');
  const stamp = `${date.replaceAll('-', '')}T${time.slice(0, 5).replace(':', '')}Z`;
  return {
    folder: join('AWSLogs', account, 'CloudTrail', region, ...date.split('-')),
    name: `${account}_CloudTrail_${region}_${stamp}_${random.letters(16)}.json.gz`,
  };
}

/** Writes one record per line, waiting where the reader is slow; returns how many. */
export async function writeLines(out: Writable, records: Iterable<object>): Promise<number> {
  let count = 0;
  let chunk = '';
  const flush = async (): Promise<void> => {
    if (chunk !== '' && !out.write(chunk)) await once(out, 'drain');
    chunk = '';
  };
  for (const record of records) {
    chunk += `${JSON.stringify(record)}\n`;
    count++;
    if (chunk.length > CHUNK) await flush();
  }
  await flush();
  return count;
}

const CHUNK = 256 * 1024;

/** The same into a file. */
export async function writeLinesFile(path: string, records: Iterable<object>): Promise<number> {
  const out = createWriteStream(path);
  await once(out, 'open');
  const count = await writeLines(out, records);
  out.end();
  await once(out, 'close');
  return count;
}

/** Makes a folder; one that already holds something is refused, so that two organisations are never mixed. */
export async function newFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new Error(`${folder} is not empty: name a new folder, so that two organisations are not mixed`);
  }
}
