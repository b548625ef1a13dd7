import { gunzipSync, gzipSync } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { TrailObjects } from '../../app/seed.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { recordsOf } from '../../core/records/cloudtrail/unwrap.ts';
import { DELIVERED } from '../../core/records/cloudtrail/wrappings/delivered.ts';

/** Where a trail lies, and where what is read of it is kept, as the beginning of keys without a slash at its end. */
export interface TrailPlaces {
  readonly trail: string;
  readonly results: string;
  readonly run: string;
}

/** Where the activities of a run are kept: `RUN/activities/DAY/NAME.json.gz`. */
const activitiesOf = (run: string): string => `${run}/activities/`;

/** Objects of a trail in S3; needs GetObject on it, and GetObject and PutObject on the bucket of the results. */
export function s3TrailObjects(client: S3Client, { trail, results, run }: TrailPlaces): TrailObjects {
  const textOf = async (Bucket: string, Key: string): Promise<string> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return Buffer.from(isPacked ? gunzipSync(bytes) : bytes).toString('utf8');
  };
  return {
    async records(key) {
      const damage: string[] = [];
      const records = recordsOf(JSON.parse(await textOf(trail, key)), DELIVERED, {
        onDamage: ({ path, message }) => damage.push(`${path} ${message}`),
      });
      if (damage.length > 0) throw new Error(`${key}: ${damage[0]}`);
      return records;
    },
    async keep(name, activities) {
      await client.send(
        new PutObjectCommand({
          Bucket: results,
          Key: `${activitiesOf(run)}${name}.json.gz`,
          Body: gzipSync(JSON.stringify(activities)),
        }),
      );
    },
    kept: async (key) => JSON.parse(await textOf(results, key)) as Activity[],
  };
}
