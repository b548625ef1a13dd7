import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { BacktestResults } from '../../app/backtest.ts';
import type { ReadCounts, TrailObject, TrailObjects } from '../../app/seed.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { recordsOf } from '../../core/records/cloudtrail/unwrap.ts';
import { DELIVERED } from '../../core/records/cloudtrail/wrappings/delivered.ts';

/** Where a trail lies, and where what is read of it is kept, as the beginning of keys without a slash at its end. */
export interface TrailPlaces {
  readonly trail: string;
  readonly results: string;
  readonly run: string;
}

const isPacked = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
const textIn = (bytes: Uint8Array): string =>
  Buffer.from(isPacked(bytes) ? gunzipSync(bytes) : bytes).toString('utf8');

/** Records of a file of a trail, as far as it can be read. */
function readFile(bytes: Uint8Array): TrailObject {
  const damages: string[] = [];
  try {
    const records = recordsOf(JSON.parse(textIn(bytes)), DELIVERED, {
      onDamage: ({ path, message }) => damages.push(`${path} ${message}`),
    });
    return { records, ...(damages[0] !== undefined && { damage: damages[0] }) };
  } catch (error) {
    return { records: [], damage: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Objects of a trail in S3, and the results of a run: `RUN/activities/DAY/NAME.json.gz`, `RUN/read/NAME.json` and what is told in the end.
 *
 * Needs GetObject on the trail, and GetObject, PutObject and, to sum up what was read, ListBucket on the bucket of the results.
 */
export function s3TrailObjects(
  client: S3Client,
  { trail, results, run }: TrailPlaces,
): TrailObjects & BacktestResults {
  const read = async (Bucket: string, Key: string): Promise<Uint8Array> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  };
  const put = async (name: string, Body: string | Uint8Array): Promise<void> => {
    await client.send(new PutObjectCommand({ Bucket: results, Key: `${run}/${name}`, Body }));
  };
  return {
    records: async (key) => readFile(await read(trail, key)),
    keep: (name, activities) => put(`activities/${name}.json.gz`, gzipSync(JSON.stringify(activities))),
    kept: async (key) => JSON.parse(textIn(await read(results, key))) as Activity[],
    note: (name, counts) => put(`read/${name}.json`, JSON.stringify(counts)),
    async *notes() {
      const Prefix = `${run}/read/`;
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: results, Prefix }))
        for (const { Key = '' } of Contents) yield JSON.parse(textIn(await read(results, Key))) as ReadCounts;
    },
    write: (name, lines) => put(name, name.endsWith('.gz') ? packed(lines) : [...lines].join('')),
  };
}

/** Bytes of text that are packed at a time; packed parts one after the other are one packed file. */
const PART = 8_000_000;

function packed(lines: Iterable<string>): Uint8Array {
  const parts: Uint8Array[] = [];
  let part = '';
  const flush = (): void => {
    if (part !== '' || parts.length === 0)
      parts.push(gzipSync(part, { level: constants.Z_DEFAULT_COMPRESSION }));
    part = '';
  };
  for (const line of lines) {
    part += line;
    if (part.length >= PART) flush();
  }
  flush();
  return Buffer.concat(parts);
}
