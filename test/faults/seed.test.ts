import { gunzipSync, gzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoSilence } from '../../adapters/dynamo/silence.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { s3TrailObjects } from '../../adapters/s3/trail-objects.ts';
import { RESULTS, tellBacktest } from '../../app/backtest.ts';
import { judgeKept, readTrail } from '../../app/seed.ts';
import { silenceUntil } from '../../app/silence.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { countingDynamo } from '../../measure/bench/counting-dynamo.ts';
import { smallOrganisation } from '../organisation.ts';
import { FAULTS, type Fault, type FaultyClient, faultyClient, type Lasting } from './faulty-client.ts';

/** All of them where `LAUNCHTRAIL_RUNS` is set; in a usual run every so many, another one of each fault. */
const STRIDE = process.env.LAUNCHTRAIL_RUNS === undefined ? 41 : 1;
/** The state machine calls a part that failed again so often (`lib/constructs/seed.ts`). */
const MAX_TRIES = 4;
const WANTED = { from: 0, until: Date.UTC(2100, 0, 1) };
const PLACES = { trail: 'trail', results: 'results', run: 'run-1' };
const RECORDS = smallOrganisation(3);

interface Trouble {
  readonly call: number;
  readonly fault: Fault;
  readonly lasting: Lasting;
}

/** S3 in memory, by bucket and key. */
function memoryS3() {
  const objects = new Map<string, Uint8Array>();
  const send = async (command: object): Promise<unknown> => {
    if (command instanceof PutObjectCommand) {
      const { Bucket, Key, Body } = command.input;
      objects.set(`${Bucket}/${Key}`, Buffer.from(Body as string | Uint8Array));
      return {};
    }
    if (command instanceof GetObjectCommand) {
      const bytes = objects.get(`${command.input.Bucket}/${command.input.Key}`);
      if (bytes === undefined) throw new Error(`no object ${command.input.Key}`);
      return { Body: { transformToByteArray: async () => bytes } };
    }
    const { Bucket, Prefix } = (command as ListObjectsV2Command).input;
    const keys = [...objects.keys()].filter((key) => key.startsWith(`${Bucket}/${Prefix}`)).sort();
    return { Contents: keys.map((key) => ({ Key: key.slice(`${Bucket}/`.length) })) };
  };
  return { objects, send };
}

const isOfS3 = (command: object): boolean =>
  command instanceof PutObjectCommand ||
  command instanceof GetObjectCommand ||
  command instanceof ListObjectsV2Command;

/** Begins, reads, judges and tells as the state machine does, each part again where it failed or died. */
async function run(trouble?: Trouble) {
  const { client: dynamo, items } = countingDynamo();
  const s3 = memoryS3();
  for (let from = 0; from < RECORDS.length; from += 20)
    s3.objects.set(`trail/${from}`, gzipSync(JSON.stringify({ Records: RECORDS.slice(from, from + 20) })));
  const send = async (command: object): Promise<unknown> =>
    isOfS3(command) ? s3.send(command) : (dynamo.send as (command: object) => Promise<unknown>)(command);
  const real = { send } as unknown as DynamoDBDocumentClient;
  const first = trouble
    ? faultyClient(real, trouble.call, trouble.fault, trouble.lasting)
    : faultyClient(real);
  let worker = first;
  const part = async (work: (worker: FaultyClient) => Promise<unknown>): Promise<void> => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const done = await work(worker).then(
        () => true,
        () => false,
      );
      await worker.batchIsOver();
      const dead = worker.dead();
      if (dead) worker = faultyClient(real);
      if (done && !dead) return;
    }
    throw new Error(`a part failed ${MAX_TRIES} times`);
  };
  const objectsOf = ({ client }: FaultyClient) =>
    // its paginator takes nothing but a client of its own
    s3TrailObjects(
      Object.assign(Object.create(S3Client.prototype), { send: client.send }) as S3Client,
      PLACES,
    );
  const depsOf = ({ client }: FaultyClient) => ({
    history: dynamoHistory(client, 'history'),
    verdicts: dynamoVerdicts(client, 'findings'),
    policy,
  });
  await part(async ({ client }) => {
    const silence = dynamoSilence(client, 'findings');
    await silence.write(silenceUntil(await silence.read(), WANTED));
  });
  for (const keys of [['40', '0'], ['20']]) await part((each) => readTrail(objectsOf(each), keys, WANTED));
  const kept = [...s3.objects.keys()]
    .filter((key) => key.startsWith('results/run-1/activities/'))
    .map((key) => key.slice('results/'.length));
  for (const keys of [kept.slice(kept.length / 2), kept.slice(0, kept.length / 2)])
    await part((each) => judgeKept(depsOf(each), objectsOf(each), keys));
  await part((each) => tellBacktest(depsOf(each), objectsOf(each)));
  const written = (name: string): string => {
    const bytes = s3.objects.get(`results/run-1/${name}`) ?? new Uint8Array();
    return (name.endsWith('.gz') ? gunzipSync(bytes) : Buffer.from(bytes)).toString('utf8');
  };
  return {
    first,
    findings: written(RESULTS.findings)
      .split('\n')
      .flatMap((line): FindingRecord[] => (line === '' ? [] : [JSON.parse(line)])),
    summary: written(RESULTS.summary),
    silence: await dynamoSilence(real, 'findings').read(),
    history: new Map(
      items()
        .filter(({ pk }) => /^[AFW]#/.test(String(pk)))
        // when a Region was last asked depends on what was known then (test/app/seed-partitions.test.ts)
        .map(({ v: _, d, expires, ...item }) => [
          `${item.pk} ${item.sk}`,
          String(item.sk).startsWith('region#') ? item : { ...item, d, expires },
        ]),
    ),
  };
}

function* troubles(calls: number): Generator<Trouble> {
  for (const fault of FAULTS)
    for (let call = 0; call < calls; call += 1)
      for (const lasting of ['for one call', 'until the batch is given back'] as const)
        yield { call, fault, lasting };
}

/** A verdict that DynamoDB takes only short says the same, in fewer words. */
const inShort = (findings: readonly FindingRecord[]) =>
  findings.map(({ id, severity, score, members }) => [id, severity, score, members.length]);

describe('a seed and a replay by the state machine', () => {
  it('end in the same history, silence and results whatever befalls any one call to DynamoDB or S3', async () => {
    const { first, ...expected } = await run();
    expect(expected.findings.length).toBeGreaterThan(0);
    expect(expected.history.size).toBeGreaterThan(50);
    expect(expected.silence.size).toBe(1);

    let runs = 0;
    let struck = 0;
    const wrong: string[] = [];
    for (const [index, trouble] of [...troubles(first.calls())].entries()) {
      if (index % STRIDE !== 0) continue;
      runs += 1;
      try {
        const { first: worker, ...outcome } = await run(trouble);
        if (worker.struck()) struck += 1;
        if (trouble.fault === 'refused for its size')
          expect(inShort(outcome.findings)).toEqual(inShort(expected.findings));
        else expect(outcome).toEqual(expected);
      } catch (error) {
        wrong.push(`${JSON.stringify(trouble)}: ${String(error).slice(0, 600)}`);
      }
    }
    console.log(first.calls(), 'calls', runs, 'runs', struck, 'struck', wrong.length, 'wrong');
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(struck).toBeGreaterThan(runs / 2);
  }, 1_800_000);
});
