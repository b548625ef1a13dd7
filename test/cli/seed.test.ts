import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoSilence } from '../../adapters/dynamo/silence.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { type DetectDeps, detect } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { awsEndpoint } from '../adapters/http-server.ts';
import { type DynamoServer, startDynalite } from '../dynalite.ts';
import { fakeSqs } from '../fake-sqs.ts';
import { smallOrganisation } from '../organisation.ts';
import { launch, launchtrail, publicShare, withFolder } from './desk.ts';

const before = { ...process.env };
let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynalite();
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  await dynamo.stop();
});

interface Tables extends DetectDeps {
  readonly names: { readonly history: string; readonly findings: string };
}

async function tables(): Promise<Tables> {
  const names = { history: await dynamo.makeTable(), findings: await dynamo.makeTable() };
  const { client } = dynamo;
  return {
    names,
    history: dynamoHistory(client, names.history),
    verdicts: dynamoVerdicts(client, names.findings),
    policy,
  };
}

/** All items of a table but versions, which say only how often something was written. */
async function itemsOf(TableName: string): Promise<unknown[]> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: dynamo.endpoint, region: 'eu-west-1', credentials });
  const all: Record<string, unknown>[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName }))
    for (const { v: _, ...item } of Items) if (item.pk?.S !== 'S#silence') all.push(item);
  client.destroy();
  return all.sort((a, b) => (JSON.stringify([a.pk, a.sk]) < JSON.stringify([b.pk, b.sk]) ? -1 : 1));
}

let stack: Tables;
let aws: Awaited<ReturnType<typeof fakeSqs>>;
beforeEach(async () => {
  stack = await tables();
  aws = await fakeSqs({}, [
    { type: 'AWS::DynamoDB::Table', logical: 'StoresHistory1A', physical: stack.names.history },
    { type: 'AWS::DynamoDB::Table', logical: 'StoresFindings2B', physical: stack.names.findings },
  ]);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_CLOUDFORMATION: aws.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  return () => aws.close();
});

/** Files as CloudTrail delivers them, of some records each. */
async function trail(folder: string, records: readonly unknown[], each = 40): Promise<string> {
  for (let from = 0; from < records.length; from += each)
    await writeFile(
      join(folder, `part-${String(from).padStart(6, '0')}.json.gz`),
      gzipSync(JSON.stringify({ Records: records.slice(from, from + each) })),
    );
  return folder;
}

const seed = (...args: string[]) =>
  launchtrail(['seed', '--stack', 'Launchtrail', '--policy', 'none', '--country-database', 'none', ...args]);

describe('a seed', () => {
  it('leaves what the deployed detector would know, had it seen the same records, and the same again when it is begun anew', async () => {
    const records = [...smallOrganisation(3)];
    const live = await tables();
    for (const record of records) await detect(live, [record]);
    await withFolder(async (folder) => {
      await trail(folder, records);
      for (let time = 0; time < 2; time += 1) {
        const { code, stderr } = await seed(folder, '--until', new Date().toISOString());
        expect([code, stderr]).toEqual([0, expect.stringContaining('nobody is told of them')]);
        expect(await itemsOf(stack.names.history)).toEqual(await itemsOf(live.names.history));
        expect(await findingsIn(stack.verdicts, policy)).toEqual(await findingsIn(live.verdicts, policy));
      }
    });
  }, 120_000);

  it('ends the learning of an account early: its first live record is judged by that history', async () => {
    const habit = Array.from({ length: 30 }, (_, day) =>
      launch(`launch-${day}`, new Date(Date.UTC(2026, 0, 1 + day, 10)).toISOString()),
    );
    const usual = launch('launch-live', '2026-02-03T10:00:00Z');
    const requestParameters = { ...Object(usual.requestParameters), instanceType: 'p5.48xlarge' };
    const other = { ...usual, awsRegion: 'ap-southeast-2', requestParameters };
    const unseeded = await tables();
    await detect(unseeded, [other]);
    await withFolder(async (folder) => {
      await trail(folder, habit);
      expect((await seed(folder, '--until', '2026-02-01')).code).toBe(0);
    });
    await detect(stack, [other]);
    const told = async ({ verdicts }: Tables) =>
      (await findingsIn(verdicts, policy)).flatMap(({ members }) =>
        members
          .filter(({ activity }) => activity.id === 'launch-live')
          .map(({ learning, evidence }) => ({ learning, signals: evidence.map(({ signal }) => signal) })),
      );
    expect(await told(unseeded)).toEqual([{ learning: true, signals: ['accelerated-launch'] }]);
    const [seeded] = await told(stack);
    expect(seeded?.learning).toBeUndefined();
    expect(seeded?.signals).toEqual(expect.arrayContaining(['accelerated-launch', 'unfamiliar-region']));
  });

  it('silences what it seeds before it writes, by account where accounts are named, and never for less long than before', async () => {
    await withFolder(async (folder) => {
      await trail(folder, [publicShare('share-a'), publicShare('share-b', '2026-03-09T10:00:00Z')]);
      expect((await seed(folder, '--until', '2026-03-05')).code).toBe(0);
      const told = await findingsIn(stack.verdicts, policy);
      expect(told.map(({ id }) => id)).toEqual(['lt-111122223333-share-a']);
      await seed(folder, '--until', '2026-03-04');
      await seed(folder, '--until', '2026-03-20', '--account', '444455556666');
    });
    const silence = await dynamoSilence(dynamo.client, stack.names.findings).read();
    expect(silence).toEqual(
      new Map([
        ['*', Date.UTC(2026, 2, 5)],
        ['444455556666', Date.UTC(2026, 2, 20)],
      ]),
    );
    expect(await findingsIn(stack.verdicts, policy)).toHaveLength(1);
  });
});

describe("a seed from CloudTrail's own history", () => {
  const DAY = 86_400_000;
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString().replace(/\.\d+Z/, 'Z');

  it('leaves what the deployed detector would know, had it seen the same records', async () => {
    const records = [3, 2.5, 1.5, 1].map((days) => launch(`launch-${days}`, daysAgo(days)));
    await using cloudTrail = await awsEndpoint(({ body }) => {
      const { StartTime, EndTime, NextToken = '0' } = JSON.parse(body);
      const within = records.filter(({ eventTime }) => {
        const at = Date.parse(String(eventTime)) / 1000;
        return at >= StartTime && at <= EndTime;
      });
      const Events = within
        .slice(Number(NextToken), Number(NextToken) + 1)
        .map((record) => ({ CloudTrailEvent: JSON.stringify(record) }));
      const next = Number(NextToken) + 1;
      return {
        status: 200,
        body: JSON.stringify({ Events, ...(next < within.length && { NextToken: `${next}` }) }),
      };
    });
    process.env.AWS_ENDPOINT_URL_CLOUDTRAIL = cloudTrail.config.endpoint;
    const live = await tables();
    await detect(live, records);
    const range = ['--learn-from', daysAgo(4), '--until', daysAgo(0)];
    const { code, stderr } = await seed('--lookup-events', 'eu-west-1', ...range);
    expect([code, stderr]).toEqual([0, expect.stringContaining('seeded     4 of 4 records')]);
    expect(await itemsOf(stack.names.history)).toEqual(await itemsOf(live.names.history));
  });
});

describe('a seed that makes no sense', () => {
  const days = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString();

  it.each([
    [['x', '--until', days(1)], 'nobody would be told of what happens until then'],
    [['x', '--until', '2026-03-01', '--learn-from', '2026-03-01'], '--learn-from is not before --until'],
    [['--until', '2026-03-01'], 'name files or folders, or --lookup-events'],
    [['x', '--until', days(-1), '--lookup-events'], 'either files or --lookup-events'],
    [
      ['--until', days(-1), '--lookup-events', 's3://bucket'],
      'takes Regions such as eu-west-1, not s3://bucket',
    ],
    [['--until', days(-91), '--lookup-events'], 'for 90 days'],
    [['x'], "'--until <time>' not specified"],
    [['x', '--until', 'yesterday'], 'Expected a date such as'],
  ])('is refused before anything is written: %j', async (args, words) => {
    expect(await seed(...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
    expect(await itemsOf(stack.names.findings)).toEqual([]);
    expect(await dynamoSilence(dynamo.client, stack.names.findings).read()).toEqual(new Map());
  });
});
