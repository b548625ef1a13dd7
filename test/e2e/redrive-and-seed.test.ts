import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchtrail, withFolder } from '../cli/desk.ts';
import { fakeStates } from '../fake-states.ts';
import { smallOrganisation } from '../organisation.ts';
import { ACCOUNT, REGION } from './moto.ts';
import { putEvents, sqsClient } from './pipeline.ts';
import { launch, publicShare, type TrailRecord } from './records.ts';
import { type World, worldOf } from './world.ts';

const TRAIL = 'trail-bucket';
const STACK = ['--stack', 'Launchtrail'];

describe('a deployed stack and the command line', () => {
  let world: World;
  beforeAll(async () => {
    world = await worldOf({ seedFrom: TRAIL });
  });
  afterAll(() => world?.stop());

  /** What the findings topic has heard since the last time. */
  const told = async () => (await world.findings()).map(({ Message }) => JSON.parse(Message));

  it('judges what lay in the dead-letter queue once it is sent back, and leaves there what would fail again', async () => {
    const sqs = sqsClient();
    const QueueUrl = world.deployed.physical('IngestUnjudged');
    const share = publicShare('snap-0123456789abcdef9');
    const event = (detail: object) =>
      JSON.stringify({
        'detail-type': 'AWS API Call via CloudTrail',
        account: share.recipientAccountId,
        detail,
      });
    const poisoned = event({ ...share, eventTime: 'yesterday' });
    for (const MessageBody of [event(share), poisoned])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

    const { code, stdout, stderr } = await launchtrail(['redrive', ...STACK, '--send', '--format', 'json']);
    expect([code, stderr]).toEqual([0, '1 sent back and deleted here, 1 left\n']);
    const reasons = JSON.parse(stdout).groups.map(({ name }: { name: string }) => name);
    expect(reasons.sort()).toEqual(['judging-failed', 'no-time']);

    await world.workOff();
    const ids = (await told()).map(({ finding_info }) => finding_info.uid);
    expect(ids).toEqual([`lt-${share.recipientAccountId}-${share.eventID}`]);
    expect(await world.alerts()).toHaveLength(1);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages.map(({ Body }) => Body)).toEqual([poisoned]);
  });

  it('is seeded from files, tells nobody of them, and judges the first live records by that history', async () => {
    const daily = Array.from({ length: 30 }, (_, day) =>
      launchBy(
        'trainer',
        `i-0${String(day).padStart(16, '0')}`,
        `2026-04-${String(1 + day).padStart(2, '0')}`,
      ),
    );
    const old = publicShare('snap-0123456789abcdef8', { eventTime: '2026-04-20T12:00:00Z' });
    await withFolder(async (folder) => {
      const file = gzipSync(JSON.stringify({ Records: [...daily, old] }));
      await writeFile(join(folder, 'april.json.gz'), file);
      const { code, stderr } = await launchtrail(['seed', folder, ...STACK, '--until', '2026-05-01']);
      expect([code, stderr]).toEqual([0, expect.stringContaining('seeded     31 of 31 records')]);
    });
    await world.workOff();
    expect([await told(), await world.alerts()]).toEqual([[], []]);

    await putEvents([launchBy('trainer', 'i-0aaaaaaaaaaaaaaaa', '2026-05-01')]);
    await world.workOff();
    expect(await told()).toEqual([]);

    const elsewhere = launchBy('trainer', 'i-0bbbbbbbbbbbbbbbb', '2026-05-02', {
      awsRegion: 'ap-southeast-2',
    });
    await putEvents([elsewhere]);
    await world.workOff();
    const [finding, ...others] = await told();
    expect(others).toEqual([]);
    expect(finding.evidences.map(({ uid }: { uid: string }) => uid)).toEqual([elsewhere.eventID]);
    expect(finding.unmapped).toMatchObject({
      learning: false,
      parts: expect.arrayContaining([
        expect.objectContaining({ reason: 'user/trainer uses eu-west-1 and is not known in ap-southeast-2' }),
      ]),
    });
    expect(await world.alerts()).toHaveLength(1);
  });

  it('is seeded by the parts of its state machine as well, which read and judge in any order', async () => {
    const s3 = new S3Client({ forcePathStyle: true });
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await s3.send(new CreateBucketCommand({ Bucket: TRAIL, CreateBucketConfiguration }));
    for (let day = 10; day < 30; day += 1) {
      const Body = gzipSync(
        JSON.stringify({ Records: [launchBy('renderer', `i-0ccccccccccccc0${day}`, `2026-04-${day}`)] }),
      );
      await s3.send(new PutObjectCommand({ Bucket: TRAIL, Key: `AWSLogs/${day}.json.gz`, Body }));
    }
    const keysIn = async (Bucket: string, Prefix: string) =>
      ((await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map(({ Key }) => ({
        Key,
      }));
    const step = (name: string, Items: readonly object[]) =>
      world.fn('seed').invoke({
        BatchInput: {
          step: name,
          task: 'seed',
          run: 'run-1',
          trail: TRAIL,
          wanted: { from: 0, until: Date.UTC(2026, 4, 1) },
        },
        Items,
      });
    await step('begin', []);
    const trail = await keysIn(TRAIL, 'AWSLogs/');
    await step('read', trail.slice(12));
    await step('read', trail.slice(0, 12));
    const kept = await keysIn(world.deployed.physical('SeedResults'), 'run-1/activities/');
    expect(kept).toHaveLength(20);
    await step('judge', kept.slice(10));
    await step('judge', kept.slice(0, 10));
    await putEvents([launchBy('renderer', 'i-0dddddddddddddddd', '2026-05-01')]);
    await world.workOff();
    expect([await told(), await world.alerts()]).toEqual([[], []]);
  });
});

describe('a replay by the state machine', () => {
  let world: World;
  let states: Awaited<ReturnType<typeof fakeStates>>;
  beforeAll(async () => {
    world = await worldOf({ seedFrom: TRAIL, countryDatabase: 'true' });
  });
  afterAll(async () => {
    delete process.env.AWS_ENDPOINT_URL_SFN;
    await states?.close();
    await world?.stop();
  });

  it('gives what a replay of the same objects gives, from tables of its own, and tells nobody', async () => {
    const s3 = new S3Client({ forcePathStyle: true });
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    await s3.send(new CreateBucketCommand({ Bucket: TRAIL, CreateBucketConfiguration }));
    const deliveries = [...smallOrganisation(3)];
    for (let from = 0; from < deliveries.length; from += 12)
      await s3.send(
        new PutObjectCommand({
          Bucket: TRAIL,
          Key: `AWSLogs/${from}.json.gz`,
          Body: gzipSync(JSON.stringify({ Records: deliveries.slice(from, from + 12) })),
        }),
      );
    const dynamo = new DynamoDBClient();
    const tables = async () => (await dynamo.send(new ListTablesCommand({}))).TableNames ?? [];
    const before = await tables();
    let during: string[] = [];
    states = await fakeStates(TRAIL, async (input) => {
      for (const name of ['history', 'findings'])
        await dynamo.send(
          new CreateTableCommand(parametersOf(world.template, `Make ${name}`, String(input.run))),
        );
      const keysIn = async (Bucket: string, Prefix: string) =>
        ((await s3.send(new ListObjectsV2Command({ Bucket, Prefix }))).Contents ?? []).map(({ Key }) => ({
          Key,
        }));
      const step = (name: string, Items: readonly object[]) =>
        world.fn('seed').invoke({ BatchInput: { ...input, step: name, trail: TRAIL }, Items });
      const half = async (name: string, keys: readonly object[]) => {
        await step(name, keys.slice(keys.length / 2));
        await step(name, keys.slice(0, keys.length / 2));
      };
      await half('read', await keysIn(TRAIL, String(input.prefix)));
      await half('judge', await keysIn(world.deployed.physical('SeedResults'), `${input.run}/activities/`));
      await step('tell', []);
      during = await tables();
      for (const name of ['history', 'findings'])
        await dynamo.send(
          new DeleteTableCommand(parametersOf(world.template, `Drop ${name}`, String(input.run))),
        );
    });
    process.env.AWS_ENDPOINT_URL_SFN = states.endpoint;
    const path = `s3://${TRAIL}/AWSLogs/`;
    const there = await launchtrail([
      'replay',
      '--distributed',
      path,
      ...STACK,
      '--run',
      'year',
      '--format',
      'ocsf',
    ]);
    const here = await launchtrail(['replay', path, '--policy', 'none', '--format', 'ocsf']);
    expect([there.code, here.code], there.stderr).toEqual([0, 0]);
    expect(here.stdout.split('\n').length).toBeGreaterThan(2);
    expect(there.stdout).toBe(here.stdout);
    const Bucket = world.deployed.physical('SeedResults');
    const kept = await s3.send(new GetObjectCommand({ Bucket, Key: 'year/findings.ocsf.jsonl.gz' }));
    const bytes = (await kept.Body?.transformToByteArray()) ?? new Uint8Array();
    expect(gunzipSync(bytes).toString()).toBe(here.stdout);
    expect(during.filter((name) => !before.includes(name)).sort()).toEqual([
      'lt-replay-year-findings',
      'lt-replay-year-history',
    ]);
    expect(await tables()).toEqual(before);
    await world.workOff();
    expect([await world.findings(), await world.alerts()]).toEqual([[], []]);
  });
});

/** Of a state of the machine that calls DynamoDB, what it calls it with in a run. */
function parametersOf({ Resources }: World['template'], state: string, run: string) {
  const [machine] = Object.values(Resources).filter(
    ({ Type }) => Type === 'AWS::StepFunctions::StateMachine',
  );
  const { DefinitionString } = Object(machine?.Properties);
  const text = DefinitionString['Fn::Join'][1]
    .map((part: unknown) => (typeof part === 'string' ? part : ''))
    .join('');
  const { 'TableName.$': name, ...parameters } = JSON.parse(text).States[state].Parameters;
  const TableName = /^States\.Format\('(.*)', \$\.run\)$/.exec(name)?.[1]?.replace('{}', run);
  return { TableName, ...parameters };
}

/** What a user launches each day at noon. */
const launchBy = (userName: string, instance: string, day: string, overrides: object = {}): TrailRecord =>
  launch([instance], 'ami-0123456789abcdef0', {
    eventTime: `${day}T12:00:00Z`,
    userIdentity: {
      type: 'IAMUser',
      principalId: `AIDAEXAMPLE${userName.toUpperCase()}`,
      arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`,
      accountId: ACCOUNT,
      userName,
      accessKeyId: `AKIAEXAMPLE${userName.toUpperCase()}`,
    },
    ...overrides,
  });
