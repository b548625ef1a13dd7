import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Delivery } from './defects.ts';
import { HOUR } from './estate.ts';
import { type Random, randomOf } from './random.ts';
import { isoTime, type TrailRecord } from './trail-record.ts';

const compress = promisify(gzip);

/** CloudTrail delivers every few minutes; one file an hour holds the same records in fewer files. */
const PER_FILE = HOUR;

/**
 * Writes records the way CloudTrail delivers them to a bucket: one gzip file for each account, Region and hour.
 *
 * @returns files and records written
 */
export async function writeTrail(
  folder: string,
  seed: number,
  deliveries: Iterable<Delivery>,
): Promise<{ files: number; records: number }> {
  const random = randomOf(seed, 'file names');
  const open = new Map<string, TrailRecord[]>();
  let hour = Number.NEGATIVE_INFINITY;
  let files = 0;
  let records = 0;
  const close = async (): Promise<void> => {
    for (const [place, held] of open) {
      const [account = '', region = ''] = place.split('/');
      const path = fileOf(random, account, region, hour + PER_FILE);
      await mkdir(join(folder, path.folder), { recursive: true });
      const text = JSON.stringify({ Records: held });
      await writeFile(join(folder, path.folder, path.name), await compress(text));
      files++;
    }
    open.clear();
  };
  for (const { at, record } of deliveries) {
    const current = Math.floor(at / PER_FILE) * PER_FILE;
    if (current !== hour) {
      await close();
      hour = current;
    }
    const place = `${record.recipientAccountId}/${record.awsRegion}`;
    const held = open.get(place);
    if (held === undefined) open.set(place, [record]);
    else held.push(record);
    records++;
  }
  await close();
  return { files, records };
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
export async function writeLines(out: Writable, records: Iterable<TrailRecord>): Promise<number> {
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
export async function writeLinesFile(path: string, records: Iterable<TrailRecord>): Promise<number> {
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
