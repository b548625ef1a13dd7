import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTACK_NAMES } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import { writeTrail } from '../../simulate/write-files.ts';
import { launchtrail } from '../cli/desk.ts';
import { type Moto, REGION, startMoto, withEnv } from './moto.ts';

const BUCKET = 'trail-logs';

describe('replay from S3', () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchtrail-s3-'));
  let moto: Moto;
  let restore = (): void => {};
  let files: string[] = [];

  beforeAll(async () => {
    moto = await startMoto();
    restore = withEnv(moto.env);
    const made = organisation({ seed: 5, days: 15, accounts: 2, noise: 2, attacks: [...ATTACK_NAMES] });
    await writeTrail(folder, 5, made.deliveries());
    files = readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => statSync(path).isFile());
    const client = new S3Client({ forcePathStyle: true });
    await client.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    for (const path of files) {
      await client.send(
        new PutObjectCommand({
          Bucket: BUCKET,
          Key: relative(folder, path),
          Body: readFileSync(path),
          // as CloudTrail stores them
          ContentType: 'application/json',
          ContentEncoding: 'gzip',
        }),
      );
    }
  });
  afterAll(async () => {
    restore();
    await moto?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives the same OCSF bytes as the same files on disk', async () => {
    expect(files.length).toBeGreaterThan(500);
    const [cloud, disk] = [
      await launchtrail(['replay', `s3://${BUCKET}/AWSLogs/`, '--format', 'ocsf']),
      await launchtrail(['replay', join(folder, 'AWSLogs'), '--format', 'ocsf']),
    ];
    expect(cloud.code, cloud.stderr).toBe(0);
    expect(cloud.stdout).toContain('"class_uid":2004');
    expect(cloud.stdout).toBe(disk.stdout);
  });

  it('reads one day of one Region when only that is asked for', async () => {
    const days = [...new Set(files.map((path) => /\/(\d{4}\/\d\d\/\d\d)\//.exec(path)?.[1] ?? ''))].sort();
    const day = days[7]?.replaceAll('/', '-') ?? '';
    const until = new Date(Date.parse(day) + 86_400_000).toISOString();
    const args = ['--learn-from', day, '--until', until, '--format', 'ocsf'];
    const cloud = await launchtrail(['replay', `s3://${BUCKET}/`, ...args]);
    const disk = await launchtrail(['replay', folder, ...args]);
    expect(cloud.code, cloud.stderr).toBe(0);
    expect(cloud.stdout).toBe(disk.stdout);
    const judged = /judged +\d+/;
    expect(judged.exec(cloud.stderr)?.[0]).toBe(judged.exec(disk.stderr)?.[0]);
    const listed = Number(/: ([\d,]+) objects to read/.exec(cloud.stderr)?.[1]?.replaceAll(',', ''));
    expect(listed).toBeLessThan(files.length / 4);
  });
});
