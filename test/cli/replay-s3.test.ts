import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { launch, launchtrail, publicShare, record, withFolder } from './desk.ts';
import { type Refusal, startS3 } from './input/s3-server.ts';

const BUCKET = 'trail-logs';

afterEach(() => vi.unstubAllEnvs());

async function s3(...args: Parameters<typeof startS3> extends [string, ...infer Rest] ? Rest : never) {
  const server = await startS3(BUCKET, ...args);
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  return server;
}

const trail = (records: readonly unknown[]): Buffer => gzipSync(JSON.stringify({ Records: records }));
const denied: Refusal = { status: 403, code: 'AccessDenied', message: 'Access Denied' };
const ocsf = (path: string, ...more: string[]) => launchtrail(['replay', path, '--format', 'ocsf', ...more]);

describe('launchtrail replay s3://', () => {
  it('gives the findings that the same files on disk give', async () => {
    const noise = Array.from({ length: 12_000 }, (_, i) => record(`n${i}`, { filler: Math.random() }));
    const contents = {
      'logs/a.json.gz': trail([launch('l1'), launch('l2', '2026-03-02T11:00:00Z')]),
      'logs/deep/b.json.gz': trail([publicShare('s1', '2026-03-03T10:00:00Z')]),
      'logs/large.json': Buffer.from(JSON.stringify({ Records: [...noise, publicShare('s2')] })),
    };
    expect(contents['logs/large.json'].length).toBeGreaterThan(5e6);
    await using server = await s3(contents);
    await withFolder(async (folder) => {
      for (const [key, bytes] of Object.entries(contents)) {
        await mkdir(dirname(join(folder, key)), { recursive: true });
        await writeFile(join(folder, key), bytes);
      }
      const [cloud, disk] = [await ocsf(`s3://${BUCKET}/logs`), await ocsf(join(folder, 'logs'))];
      expect(cloud.code).toBe(0);
      expect(cloud.stdout.length).toBeGreaterThan(100);
      expect(cloud.stdout).toBe(disk.stdout);
      expect(cloud.stderr).toContain(`s3://${BUCKET}/logs: 3 objects to read`);
    });
    expect(server.asked.filter(({ action }) => action === 'get')).toHaveLength(3);
  });

  it('names an object it may not read with what to allow, and judges the rest', async () => {
    await using _ = await s3(
      { 'a.json.gz': trail([launch('l1')]), 'b.json.gz': trail([publicShare('s1')]) },
      { refuse: ({ key }) => (key === 'a.json.gz' ? denied : undefined) },
    );
    const { code, stdout, stderr } = await ocsf(`s3://${BUCKET}/`);
    expect(code).toBe(2);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/s3:\/\/trail-logs\/a\.json\.gz: access denied: allow s3:GetObject .*kms:Decrypt/);
  });

  it.each([
    [{ status: 403, code: 'InvalidObjectState' }, /archived: restore it first/],
    [{ status: 404, code: 'NoSuchKey' }, /was deleted since it was listed/],
    [{ status: 400, code: 'KMS.DisabledException' }, /enable the key/],
    [
      {
        status: 403,
        code: 'AccessDenied',
        message: 'User is not authorized to perform: kms:Decrypt on resource arn:aws:kms:eu-west-1:1:key/2',
      },
      /allow kms:Decrypt on it/,
    ],
  ])('says what to do about an object refused with %o', async (refusal, remedy) => {
    await using _ = await s3(
      { 'a.json.gz': trail([launch('l1')]), 'b.json.gz': trail([launch('l2')]) },
      { refuse: ({ key }) => (key === 'a.json.gz' ? refusal : undefined) },
    );
    const { code, stderr } = await ocsf(`s3://${BUCKET}/`);
    expect(code).toBe(2);
    expect(stderr).toMatch(remedy);
    expect(stderr).toMatch(/judged +1\n/);
  });

  it('salvages what a damaged object still holds without fetching it again', async () => {
    const whole = trail(Array.from({ length: 200 }, (_, i) => launch(`l${i}`)));
    await using server = await s3({ 'a.json.gz': whole.subarray(0, whole.length - 200) });
    const { code, stderr } = await ocsf(`s3://${BUCKET}/`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/a\.json\.gz: after record \d+: damaged gzip/);
    expect(stderr).not.toMatch(/judged +0\n/);
    expect(server.asked.filter(({ action }) => action === 'get')).toHaveLength(1);
  });

  it('says the same of many objects only so often, and counts all', async () => {
    const contents = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${i}.json.gz`, trail([])]));
    await using _ = await s3(contents, { refuse: ({ key }) => (key === '' ? undefined : denied) });
    const { code, stderr } = await ocsf(`s3://${BUCKET}/`);
    expect(code).toBe(1);
    expect(stderr.match(/access denied/g)?.length).toBeLessThan(40);
    expect(stderr).toContain('nothing could be read');
  });

  it('ends with 1 where nothing is listed or listing is refused', async () => {
    await using _ = await s3(
      {},
      { refuse: ({ query }) => (query.get('prefix') === 'shut/' ? denied : undefined) },
    );
    expect(await ocsf(`s3://${BUCKET}/empty/`)).toMatchObject({ code: 1, stdout: '' });
    expect(await ocsf(`s3://${BUCKET}/shut/`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/s3:\/\/trail-logs\/shut\/: access denied: allow s3:ListBucket/),
    });
  });

  it('passes over what was delivered outside --learn-from and --until and says how much', async () => {
    const name = (day: string) =>
      `AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/${day}/111122223333_CloudTrail_eu-west-1_202603${day}T1005Z_abc.json.gz`;
    const contents = Object.fromEntries(
      ['01', '05', '10'].map((day) => [name(day), trail([launch(`l${day}`, `2026-03-${day}T10:00:00Z`)])]),
    );
    await using server = await s3(contents);
    const run = await ocsf(`s3://${BUCKET}/`, '--learn-from', '2026-03-04', '--until', '2026-03-06');
    expect(run.stderr).toMatch(/records +1\n/);
    expect(run.stderr).toContain('1 objects to read');
    expect(server.asked.filter(({ action }) => action === 'get').map(({ key }) => key)).toEqual([name('05')]);
  });
});
