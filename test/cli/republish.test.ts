import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoNotes } from '../../adapters/dynamo/notes.ts';
import { dynamoStories } from '../../adapters/dynamo/stories.ts';
import { handleChanges } from '../../adapters/dynamo/verdict-changes.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { detect } from '../../app/detect.ts';
import { notify } from '../../app/notify.ts';
import { placeOf } from '../../app/place.ts';
import type { Marker } from '../../app/told.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { awsEndpoint, remembering } from '../adapters/http-server.ts';
import { outbox } from '../app/outbox.ts';
import { type DynamoServer, startDynalite } from '../dynalite.ts';
import { fakeSqs } from '../fake-sqs.ts';
import { launchtrail, publicShare } from './desk.ts';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:notify-1';
const STREAM = 'arn:aws:dynamodb:eu-west-1:111122223333:table/findings/stream/2026';
const QUEUES = {
  failed: { logical: 'NotifyFailed7A8B' },
  untagged: { logical: 'RespondFailed9C0D' },
};

/** What Lambda writes of a batch that it gave up. */
const failedBatch = (over: object = {}): string =>
  JSON.stringify({
    requestContext: { requestId: 'r', functionArn: ARN, condition: 'RetryAttemptsExhausted' },
    responseContext: { statusCode: 200, executedVersion: '1', functionError: 'Unhandled' },
    DDBStreamBatchInfo: {
      shardId: 'shard-1',
      startSequenceNumber: '100',
      endSequenceNumber: '300',
      batchSize: 3,
      streamArn: STREAM,
    },
    ...over,
  });

const before = { ...process.env };
let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynalite();
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  await dynamo.stop();
});

let world: Awaited<ReturnType<typeof deployment>>;
beforeEach(async () => {
  world = await deployment();
});
afterEach(() => world.close());

/** A stack whose notify function runs here, on tables of dynalite, with a stream that holds three records. */
async function deployment() {
  const [history, findings] = [await dynamo.makeTable(), await dynamo.makeTable()];
  const { client } = dynamo;
  const deps = {
    history: dynamoHistory(client, history),
    verdicts: dynamoVerdicts(client, findings),
    policy,
  };
  const topic = outbox();
  const state: { broken: boolean; forgotten: boolean; invoked: number; kept?: string } = {
    broken: false,
    forgotten: false,
    invoked: 0,
  };
  const put = (number: string, pk: string, image: object): DynamoDBRecord =>
    ({ dynamodb: { Keys: { pk: { S: pk } }, NewImage: image, SequenceNumber: number } }) as DynamoDBRecord;
  const stream: DynamoDBRecord[] = [];
  const note = async (): Promise<void> => {
    const plain = new DynamoDBClient({
      endpoint: dynamo.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { Items = [] } = await plain.send(new ScanCommand({ TableName: findings }));
    plain.destroy();
    const [verdict] = Items.filter(({ pk }) => pk?.S?.startsWith('V#'));
    const image = JSON.parse(
      JSON.stringify(verdict, (_, value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
      ),
    );
    stream.push(put('100', 'N#pointer', {}), put('200', String(verdict?.pk?.S), image), put('300', 'T#', {}));
  };
  const streams = await awsEndpoint(({ headers, body }) => {
    const action = String(headers['x-amz-target']).split('.')[1];
    if (state.forgotten)
      return {
        status: 400,
        body: JSON.stringify({ __type: 'x#TrimmedDataAccessException', message: 'gone' }),
      };
    if (action === 'GetShardIterator')
      return { status: 200, body: JSON.stringify({ ShardIterator: JSON.parse(body).SequenceNumber }) };
    const { ShardIterator } = JSON.parse(body);
    // an empty page first, as DynamoDB may give
    const Records = ShardIterator === '100' ? [] : stream;
    return { status: 200, body: JSON.stringify({ Records, NextShardIterator: 'next' }) };
  });
  const s3 = await bucketEndpoint(state);
  const lambda = await functionEndpoint(async (Records) => {
    state.invoked += 1;
    if (state.broken) throw new Error('the topic is gone');
    const telling = {
      stories: dynamoStories(client, findings),
      markers: dynamoNotes<Marker>(client, findings, 'T'),
      findings: topic,
      policy,
      now: Date.now,
      wait: async () => undefined,
    };
    return handleChanges(Records, (changes) => notify(telling, changes));
  });
  const asked = new Set<string>();
  const front = await remembering(dynamo.endpoint, asked);
  const sqs = await fakeSqs(QUEUES, [
    { type: 'AWS::Lambda::Function', logical: 'NotifyFunction1A', physical: 'notify-1' },
    { type: 'AWS::Lambda::Function', logical: 'DetectFunction2B', physical: 'detect-1' },
    { type: 'AWS::DynamoDB::Table', logical: 'StoresFindings3C', physical: findings },
  ]);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ENDPOINT_URL_S3: s3.config.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: sqs.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: streams.config.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: front.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  await detect(deps, [publicShare('share-a', '2026-03-02T10:00:00Z')]);
  await note();
  return {
    deps,
    state,
    sqs,
    /** Rights that the command has used. */
    rights: () => [
      ...sqs.asked,
      ...asked,
      ...streams.seen.map(({ headers }) => `dynamodb:${String(headers['x-amz-target']).split('.')[1]}`),
      ...(s3.seen.length > 0 ? ['s3:GetObject'] : []),
      ...(state.invoked > 0 ? ['lambda:InvokeFunction'] : []),
    ],
    told: () => topic.messages.splice(0).map(({ body }) => JSON.parse(body).finding_info.uid),
    async close() {
      front.server.closeAllConnections();
      front.server.close();
      await Promise.all([
        sqs.close(),
        lambda.close(),
        streams[Symbol.asyncDispose](),
        s3[Symbol.asyncDispose](),
      ]);
    },
  };
}

/** A bucket with one object, or none. */
const bucketEndpoint = (state: { kept?: string }) =>
  awsEndpoint(() =>
    state.kept === undefined
      ? { status: 404, body: '<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>' }
      : { status: 200, body: state.kept },
  );

/** What EventBridge tells of an object that Lambda has put. */
const noteOfObject = JSON.stringify({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: 'failed-changes' }, object: { key: 'aws/lambda/m/shardId-0/2026/03/02/x' } },
});

/** Lambda's way to invoke a function, whatever its name. */
async function functionEndpoint(run: (records: readonly DynamoDBRecord[]) => Promise<object>) {
  const { createServer } = await import('node:http');
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    try {
      expect(decodeURIComponent(String(request.url))).toMatch(
        /^\/2015-03-31\/functions\/[\w:-]+\/invocations$/,
      );
      response.end(JSON.stringify(await run(JSON.parse(body).Records)));
    } catch (error) {
      response
        .writeHead(200, { 'x-amz-function-error': 'Unhandled' })
        .end(JSON.stringify({ errorMessage: String(error) }));
    }
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((done) => server.close(done)),
  };
}

const republish = (...args: string[]) => launchtrail(['republish', '--stack', 'Launchtrail', ...args]);

describe('a republish', () => {
  it('says by reason what was not told, and tells nothing', async () => {
    world.sqs.put('failed', failedBatch());
    world.sqs.put('untagged', 'no JSON');
    const { code, stdout, stderr } = await republish();
    expect([code, world.state.invoked]).toEqual([0, 0]);
    expect(stdout).toContain('RetryAttemptsExhausted');
    expect(stdout).toContain('changes of verdicts for notify-1, which ended with Unhandled');
    expect(stdout).toContain('nothing that Lambda writes');
    expect(stderr).toContain('nothing was told');
    expect([world.sqs.bodies('failed').length, world.sqs.hidden('failed')]).toEqual([1, 0]);
  });

  it('needs no more rights than are written down', async () => {
    world.sqs.put('failed', failedBatch());
    world.sqs.put('failed', noteOfObject);
    await republish('--send');
    await republish('--all');
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/operations.md'), 'utf8');
    const section = page.slice(page.indexOf('## Republish'), page.indexOf('## Seed'));
    const written = new Set(
      [...section.matchAll(/"((?:sqs|cloudformation|s3|dynamodb|lambda):\w+)"/g)].map(([, right]) => right),
    );
    // without it S3 says of an object that is gone that it may not be read
    written.delete('s3:ListBucket');
    expect([...new Set(world.rights())].sort()).toEqual([...written].sort());
  });

  it('has the function tell what is still in the stream, and deletes what it confirms', async () => {
    world.sqs.put('failed', failedBatch());
    const { code, stderr } = await republish('--send');
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 told and deleted here, 0 left')]);
    expect(world.told()).toEqual(['lt-111122223333-share-a']);
    expect(world.sqs.bodies('failed')).toEqual([]);
  });

  it('keeps what the function fails at again, and tells it once in the end', async () => {
    world.sqs.put('failed', failedBatch());
    world.state.broken = true;
    const { code, stderr } = await republish('--send');
    expect([code, stderr]).toEqual([2, expect.stringContaining('the topic is gone')]);
    expect([world.sqs.bodies('failed').length, world.sqs.hidden('failed')]).toEqual([1, 0]);
    world.state.broken = false;
    world.sqs.put('failed', failedBatch());
    expect((await republish('--send')).code).toBe(0);
    expect(world.told()).toEqual(['lt-111122223333-share-a']);
  });

  it('takes the records that Lambda kept whole', async () => {
    world.state.forgotten = true;
    const [record] = [{ dynamodb: { Keys: { pk: { S: 'V#' } }, SequenceNumber: '1' } }];
    world.sqs.put('failed', failedBatch({ payload: JSON.stringify({ Records: [record] }) }));
    expect((await republish('--send')).code).toBe(0);
    expect(world.state.invoked).toBe(1);
  });

  it('takes the records from the object that a message names', async () => {
    world.state.forgotten = true;
    const [record] = [{ dynamodb: { Keys: { pk: { S: 'V#' } }, SequenceNumber: '1' } }];
    world.state.kept = failedBatch({ payload: JSON.stringify({ Records: [record] }) });
    world.sqs.put('failed', noteOfObject);
    expect((await republish()).stdout).toContain('changes of verdicts for notify-1');
    world.sqs.put('failed', noteOfObject);
    expect((await republish('--send')).code).toBe(0);
    expect(world.state.invoked).toBeGreaterThan(0);
    expect(world.sqs.bodies('failed')).toEqual([]);
  });

  it('says that an object is gone, and leaves the message', async () => {
    world.sqs.put('failed', noteOfObject);
    const { code, stdout } = await republish('--send');
    expect([code, stdout]).toEqual([0, expect.stringContaining('object-gone')]);
    expect(world.sqs.bodies('failed')).toHaveLength(1);
  });

  it('says that the stream has forgotten it; then all verdicts are gone through, and what was told is not told again', async () => {
    world.sqs.put('failed', failedBatch());
    world.state.forgotten = true;
    const { code, stderr } = await republish('--send');
    expect([code, stderr]).toEqual([2, expect.stringContaining('republish --all')]);
    expect(world.sqs.bodies('failed')).toHaveLength(1);
    expect((await republish('--all')).code).toBe(0);
    expect(world.told()).toEqual(['lt-111122223333-share-a']);
    expect((await republish('--all')).code).toBe(0);
    expect(world.told()).toEqual([]);
  });

  it('of all verdicts tells also that a finding has been withdrawn, and passes over what is older than it is asked for', async () => {
    await republish('--all');
    expect(world.told()).toHaveLength(1);
    const { verdicts } = world.deps;
    for await (const { activity } of verdicts.all()) {
      const [known] = await verdicts.at([placeOf(activity)]);
      expect(await verdicts.save({ activity, evidence: [], score: 0 }, known?.version ?? 0)).toBe(true);
    }
    expect((await republish('--all', '--since', '2026-03-03')).code).toBe(0);
    expect(world.told()).toEqual([]);
    expect((await republish('--all')).code).toBe(0);
    expect(world.told()).toEqual(['lt-111122223333-share-a']);
  });
});
