import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { type BacktestResults, tellBacktest } from '../../app/backtest.ts';
import { judgeKept, type ReadCounts, readTrail, type TrailObjects } from '../../app/seed.ts';
import { loadPolicy } from '../../cli/load-policy.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { fakeSqs } from '../fake-sqs.ts';
import { fakeStates } from '../fake-states.ts';
import { smallOrganisation } from '../organisation.ts';
import { launchtrail, withFolder } from './desk.ts';
import { startS3 } from './input/s3-server.ts';

const RESULTS = 'seed-results';
const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Seed';
const records = [...smallOrganisation(3)];
const loaded = await loadPolicy('none');
if (!loaded.ok) throw new Error('the built-in policy is no policy');
const { policy } = loaded;

/** What the parts of the state machine leave in the bucket of the results, in memory. */
async function resultsOf(
  run: string,
  wanted: { from: number; until: number },
): Promise<Record<string, Buffer>> {
  const kept = new Map<string, readonly Activity[]>();
  const noted = new Map<string, ReadCounts>();
  const written: Record<string, Buffer> = {};
  const objects: TrailObjects & BacktestResults = {
    records: async (key) =>
      key === '3'
        ? { records: [], damage: 'unexpected end of file' }
        : { records: records.filter((_, index) => index % 3 === Number(key)) },
    keep: async (name, activities) => void kept.set(name, activities),
    kept: async (key) => kept.get(key) ?? [],
    note: async (name, counts) => void noted.set(name, counts),
    async *notes() {
      yield* noted.values();
    },
    async write(name, lines) {
      const text = [...lines].join('');
      written[`${run}/${name}`] = name.endsWith('.gz') ? gzipSync(text) : Buffer.from(text);
    },
  };
  const deps = { history: memoryHistory(), verdicts: memoryVerdicts(), policy };
  await Promise.all(
    [
      ['2', '0'],
      ['1', '3'],
    ].map((keys) => readTrail(objects, keys, wanted)),
  );
  await Promise.all([...kept.keys()].toReversed().map((key) => judgeKept(deps, objects, [key])));
  await tellBacktest(deps, objects);
  return written;
}

let states: Awaited<ReturnType<typeof fakeStates>>;
let stack: Awaited<ReturnType<typeof fakeSqs>>;
let trouble: string | undefined;
let inputs: Readonly<Record<string, unknown>>[];
beforeEach(async () => {
  trouble = undefined;
  inputs = [];
  states = await fakeStates('trail-bucket', async (input) => {
    inputs.push(input);
    if (trouble !== undefined) throw new Error(trouble);
  });
  stack = await fakeSqs({}, [
    { type: 'AWS::StepFunctions::StateMachine', logical: 'SeedMachine1A', physical: MACHINE },
    { type: 'AWS::S3::Bucket', logical: 'SeedResults2B', physical: RESULTS },
  ]);
  vi.stubEnv('AWS_ENDPOINT_URL_SFN', states.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', stack.endpoint);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await states.close();
  await stack.close();
});

const distributed = (...args: string[]) =>
  launchtrail(['replay', '--distributed', '--stack', 'Launchtrail', 's3://trail-bucket/AWSLogs/', ...args]);

/** Serves the results of a run; the environment of S3 alone is taken over. */
async function serving(run: string) {
  const server = await startS3(RESULTS, await resultsOf(run, { from: 0, until: Number.MAX_SAFE_INTEGER }));
  vi.stubEnv('AWS_ENDPOINT_URL_S3', server.env.AWS_ENDPOINT_URL_S3);
  return server;
}

describe('launchtrail replay --distributed', () => {
  it('prints what a replay of the same files prints, in any format, and where the results are', async () => {
    await using _ = await serving('run-1');
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'all.json'), JSON.stringify({ Records: records }));
      for (const format of ['table', 'ocsf', 'json']) {
        const there = await distributed('--run', 'run-1', '--format', format);
        const here = await launchtrail([
          'replay',
          folder,
          '--policy',
          'none',
          '--country-database',
          'none',
          '--format',
          format,
        ]);
        expect(here.stdout.length).toBeGreaterThan(300);
        expect(there.stdout).toBe(here.stdout);
        // one object was damaged
        expect(there.code).toBe(2);
        expect(there.stderr).toContain('3: unexpected end of file');
        expect(there.stderr).toContain(`s3://${RESULTS}/run-1/findings.ocsf.jsonl.gz`);
      }
    });
    expect(inputs).toEqual([
      {
        task: 'replay',
        run: 'run-1',
        prefix: 'AWSLogs/',
        wanted: { from: 0, until: Number.MAX_SAFE_INTEGER },
      },
    ]);
    expect(states.asked.filter((action) => action === 'StartExecution')).toHaveLength(1);
  }, 120_000);

  it('fails with the reason, and goes on with the same run when it is asked the same again', async () => {
    trouble = 'the table is out of reach';
    const first = await distributed('--until', '2026-03-01');
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/started run replay-[0-9a-f]{16}/);
    expect(first.stderr).toContain('the table is out of reach; the same command goes on with it');
    const [run = ''] = states.runs.keys();
    trouble = undefined;
    await using _ = await serving(run);
    const second = await distributed('--until', '2026-03-01');
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining(`goes on with run ${run}`)]);
    expect(second.stderr).toContain('read 12 of 12 objects');
    expect(inputs[1]).toEqual(inputs[0]);
    expect(inputs[0]).toMatchObject({ wanted: { from: 0, until: Date.UTC(2026, 2, 1) } });
    const other = await distributed('--until', '2026-03-02');
    expect(other.stderr).toContain('started run');
  }, 120_000);

  it.each([
    [['replay', '--distributed', '--stack', 'L', 'folder'], 'takes one place in S3'],
    [
      ['replay', '--distributed', '--stack', 'L', 's3://a-bucket/x', 's3://a-bucket/y'],
      'takes one place in S3',
    ],
    [['replay', '--distributed', 's3://a-bucket/x'], 'needs --stack'],
    [['replay', '--distributed', '--stack', 'L', 's3://a-bucket/x', '--run', 'a/b'], '--run takes up to'],
    [
      ['replay', '--distributed', '--stack', 'L', 's3://a-bucket/x', '--policy', 'p.yaml'],
      'cannot be used with option',
    ],
    [
      ['replay', '--distributed', '--stack', 'L', 's3://other-bucket/x'],
      'reads trail-bucket: deploy it with -c seedFrom=other-bucket',
    ],
  ])('is refused before anything is started: %j', async (args, words) => {
    expect(await launchtrail(args)).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
    expect(inputs).toEqual([]);
  });
});
