import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import type { Damage } from '../damage.ts';
import type { InputFile } from '../input-file.ts';
import { canHold, daysOf, isAside, RECORD_FILE, type Times } from '../trail-names.ts';
import { openBucket, regionTold, type S3Access, type S3Bucket } from './client.ts';
import { troubleOf } from './trouble.ts';

export const isS3 = (path: string): boolean => /^s3:\/\//i.test(path);

export interface Listing {
  readonly files: InputFile[];
  /** Objects passed over because of their name. */
  readonly ignored: number;
  /** Objects passed over because of the time in their name or folder; days out of reach are not even listed. */
  readonly outside: number;
  /** Folders of digests and of Insights, passed over whole. */
  readonly aside: number;
  readonly damages: Damage[];
}

/** List requests in flight; each answers with up to 1,000 keys after some 100 ms. */
const LISTS = 16;
/** Below the folder of a Region CloudTrail sorts by date, so that a stretch of time is a stretch of keys. */
const REGION_FOLDER = /^(?:.*\/)?CloudTrail\/[a-z]{2,4}(?:-[a-z]+)+-\d\//;

/**
 * Lists the objects whose keys begin with what follows the bucket in `s3://bucket/prefix`, as S3 itself understands a
 * prefix; the very key of an object names that object alone.
 *
 * Goes down folder by folder, several at once, as far as the Region folders of CloudTrail's layout, and from there on page
 * by page, leaving out the days that `times` rules out.
 *
 * @returns never rejects: what S3 refused is a damage with its place
 */
export async function listS3(path: string, times: Times, requesterPays: boolean): Promise<Listing> {
  const listing = { files: [], ignored: 0, outside: 0, aside: 0, damages: [] };
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(path) ?? [];
  if (bucket === '') {
    return { ...listing, damages: [{ path, message: 'names no bucket: write s3://bucket/prefix' }] };
  }
  try {
    const place = { bucket, requesterPays };
    const { access, region, first } = await reach(place, prefix);
    const exact = (first.Contents ?? []).find(({ Key }) => decoded(Key) === prefix);
    const found = { ...place, region };
    if (prefix !== '' && exact !== undefined && !prefix.endsWith('/')) {
      return { ...listing, files: [fileOf(found, prefix, exact)] };
    }
    return await walk(access, found, prefix, times);
  } catch (error) {
    return { ...listing, damages: [{ path, message: troubleOf(error, { action: 'list', bucket }) }] };
  }
}

/** What was listed and what not, for people. */
export function notesOf(path: string, { files, outside, aside, damages }: Listing): string[] {
  if (files.length === 0 && damages.length > 0) return [];
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return [
    `${path}: ${grouped(files.length)} objects to read, ${(bytes / 1e6).toFixed(1)} MB`,
    ...(outside > 0
      ? [`${path}: ${grouped(outside)} objects delivered too early or too late to matter`]
      : []),
    ...(aside > 0 ? [`${path}: ${grouped(aside)} folders of digests or Insights passed over`] : []),
  ];
}

const grouped = (count: number): string => count.toLocaleString('en-GB');

/** Opens the bucket in its own Region, whatever Region is configured, and asks for the first key. */
async function reach(
  { bucket, requesterPays }: S3Bucket,
  prefix: string,
): Promise<{ access: S3Access; region: string; first: ListObjectsV2CommandOutput }> {
  const ask = async (region: string | undefined) => {
    const access = await openBucket(region === undefined ? {} : { region });
    const first = await access.client.send(
      new access.sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: 1,
        EncodingType: 'url',
        ...(requesterPays && { RequestPayer: 'requester' }),
      }),
    );
    return { access, region: await access.client.config.region(), first };
  };
  try {
    return await ask(undefined);
  } catch (error) {
    const region = regionTold(error);
    if (region === undefined) throw error;
    return await ask(region);
  }
}

async function walk(access: S3Access, place: S3Bucket, prefix: string, times: Times): Promise<Listing> {
  const { bucket } = place;
  const files: InputFile[] = [];
  const damages: Damage[] = [];
  const counts = { ignored: 0, outside: 0, aside: 0 };
  const { first, last } = daysOf(times);

  const take = (key: string, object: Listed): void => {
    if (key.endsWith('/')) return; // what consoles make to show an empty folder
    if (!RECORD_FILE.test(key)) counts.ignored++;
    else if (!canHold(key, times)) counts.outside++;
    else files.push(fileOf(place, key, object));
  };

  const page = (request: object): Promise<ListObjectsV2CommandOutput> =>
    access.client.send(
      new access.sdk.ListObjectsV2Command({
        Bucket: bucket,
        EncodingType: 'url',
        ...(place.requesterPays && { RequestPayer: 'requester' }),
        ...request,
      }),
    );

  /** One folder level; gives the folders below. */
  const level = async (folder: string): Promise<string[]> => {
    const below: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const answer = await page({ Prefix: folder, Delimiter: '/', ContinuationToken });
      for (const object of answer.Contents ?? []) take(decoded(object.Key), object);
      for (const { Prefix } of answer.CommonPrefixes ?? []) {
        if (isAside(decoded(Prefix))) counts.aside++;
        else below.push(decoded(Prefix));
      }
      ContinuationToken = answer.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return below;
  };

  /** Everything below a Region's folder, in order of its days. */
  const below = async (folder: string, regionFolder: string): Promise<string[]> => {
    const dayOf = (key: string): string =>
      /^\d{4}\/\d\d\/\d\d/.exec(key.slice(regionFolder.length))?.[0] ?? '';
    let request: object | undefined = first === undefined ? {} : { StartAfter: `${regionFolder}${first}` };
    while (request !== undefined) {
      const answer = await page({ Prefix: folder, ...request });
      for (const object of answer.Contents ?? []) take(decoded(object.Key), object);
      const newest = dayOf(decoded(answer.Contents?.at(-1)?.Key));
      const next = answer.NextContinuationToken;
      if (next === undefined) request = undefined;
      else if (last !== undefined && newest > last) request = { StartAfter: `${regionFolder}9999/99` };
      else request = { ContinuationToken: next };
    }
    return [];
  };

  const visit = async (folder: string): Promise<string[]> => {
    try {
      const regionFolder = REGION_FOLDER.exec(folder)?.[0];
      return regionFolder === undefined ? await level(folder) : await below(folder, regionFolder);
    } catch (error) {
      damages.push({
        path: `s3://${bucket}/${folder}`,
        message: troubleOf(error, { action: 'list', bucket }),
      });
      return [];
    }
  };

  const waiting = [prefix];
  const running = new Set<Promise<void>>();
  while (waiting.length > 0 || running.size > 0) {
    while (waiting.length > 0 && running.size < LISTS) {
      const task: Promise<void> = visit(waiting.pop() as string).then((folders) => {
        waiting.push(...folders);
        running.delete(task);
      });
      running.add(task);
    }
    await Promise.race(running);
  }
  return { files, ...counts, damages };
}

interface Listed {
  readonly Size?: number | undefined;
  readonly ETag?: string | undefined;
}

function fileOf(place: S3Bucket, key: string, { Size = 0, ETag }: Listed): InputFile {
  return {
    path: `s3://${place.bucket}/${key}`,
    size: Size,
    plain: true,
    s3: { ...place, ...(ETag !== undefined && { etag: ETag }) },
  };
}

/** S3 sends keys URL-encoded when asked to, since XML cannot hold every character a key can. */
const decoded = (key = ''): string => decodeURIComponent(key.replaceAll('+', ' '));
