import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SQSBatchResponse } from 'aws-lambda';
import { build } from 'esbuild';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { verdictsIn } from '../../app/findings-in.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { findingsOf, isTold } from '../../core/findings/stories.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { ALIASES, BUNDLING, policiesFor } from '../../lib/constructs/bundled-function.ts';
import { awsEndpoint } from '../adapters/http-server.ts';
import { type CountingServer, startDynalite } from '../dynalite.ts';
import { startFunction } from '../e2e/warm-function.ts';

/** Room that V8 has in a function of 512 MB: left alone it spreads as far as the memory of the machine suggests to it. */
const AS_FUNCTION = ['--max-old-space-size=256', '--max-semi-space-size=2'];
/** Messages that a function is handed at a time. */
const BATCH = 10;
/** Times that a message comes before it goes to the dead-letter queue. */
const MAX_RECEIVES = 5;

/** The built function that judges, in a process of its own, with a DynamoDB and its queue on this machine. */
export interface Detect {
  readonly server: CountingServer;
  readonly tables: { readonly history: string; readonly findings: string };
  /**
   * Puts messages into the queue, each of one record or several, and has all of it worked off, ten messages at a time; what
   * fails comes again.
   *
   * @param left what each invocation is told that it has left when it begins, ms
   */
  deliver(messages: readonly (object | readonly object[])[], left?: number): Promise<void>;
  /** Bodies of messages that came too often. */
  readonly dead: readonly string[];
  /** Bodies of messages that the function has sent: what it put off. */
  readonly sent: readonly string[];
  /** Each invocation so far: the calls to DynamoDB that it made. */
  readonly calls: readonly number[];
  most(): { readonly ms: number; readonly mb: number };
  /** What it took so far, in words. */
  figures(): string;
  findings(): Promise<FindingRecord[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Waiting {
  readonly id: string;
  readonly body: string;
  received: number;
}

/** Builds the function once for all tests of a file. */
export async function builtDetect(): Promise<{ file: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'launchtrail-attacks-'));
  const file = join(folder, 'index.mjs');
  const { target, mainFields, minify, banner, format } = BUNDLING;
  await build({
    entryPoints: ['lambda/detect.ts'],
    bundle: true,
    outfile: file,
    platform: 'node',
    format,
    target,
    mainFields: [...mainFields],
    minify,
    banner: { js: banner },
    alias: ALIASES,
    define: policiesFor(policy),
  });
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

export async function startDetect(bundle: string): Promise<Detect> {
  const server = await startDynalite();
  const tables = {
    history: await server.makeTable(),
    findings: await server.makeTable(),
    settings: await server.makeTable(),
  };
  const queue: Waiting[] = [];
  const sent: string[] = [];
  const send = (body: string): void => void queue.push({ id: randomUUID(), body, received: 0 });
  const sqs = await awsEndpoint(({ body }) => {
    const { MessageBody } = JSON.parse(body);
    sent.push(MessageBody);
    send(MessageBody);
    return { status: 200, body: '{}' };
  });
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_ENDPOINT_URL_DYNAMODB: server.endpoint,
    HISTORY_TABLE: tables.history,
    FINDINGS_TABLE: tables.findings,
    SETTINGS_TABLE: tables.settings,
    QUEUE_URL: `${sqs.config.endpoint}/111122223333/launchtrail`,
    POWERTOOLS_LOG_LEVEL: 'CRITICAL',
    POWERTOOLS_METRICS_NAMESPACE: 'Launchtrail',
  };
  const detect = startFunction({ bundle, env }, {}, AS_FUNCTION);
  const dead: string[] = [];
  const calls: number[] = [];

  const invoke = async (left: number): Promise<void> => {
    const batch = queue.splice(0, BATCH);
    const Records = batch.map((message) => {
      message.received += 1;
      const attributes = { ApproximateReceiveCount: String(message.received) };
      return { messageId: message.id, body: message.body, attributes };
    });
    const before = server.calls();
    const { batchItemFailures } = await detect.invoke<SQSBatchResponse>({ Records }, [left]);
    calls.push(server.calls() - before);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const message of batch.filter(({ id }) => failed.has(id))) {
      if (message.received < MAX_RECEIVES) queue.push(message);
      else dead.push(message.body);
    }
  };
  const verdicts = () => verdictsIn(dynamoVerdicts(server.client, tables.findings));
  return {
    server,
    tables,
    async deliver(messages, left = 60_000) {
      for (const message of messages) {
        const isOne = !Array.isArray(message);
        const envelope = isOne
          ? { 'detail-type': 'AWS API Call via CloudTrail', detail: message }
          : { Records: message };
        send(JSON.stringify(envelope));
      }
      while (queue.length > 0) await invoke(left);
    },
    sent,
    dead,
    calls,
    most: detect.most,
    figures() {
      const { ms, mb } = detect.most();
      const all = calls.reduce((sum, each) => sum + each, 0);
      return `${calls.length} invocations, ${all} calls to DynamoDB, at most ${Math.max(...calls)} in one; longest ${(ms / 1000).toFixed(1)} s, ${mb} MB`;
    },
    findings: async () =>
      byId(
        findingsOf(
          (await verdicts()).filter((verdict) => isTold(verdict, policy)),
          policy,
        ),
      ),
    [Symbol.asyncDispose]: async () => {
      detect.stop();
      await sqs[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

export const byId = (findings: readonly FindingRecord[]): FindingRecord[] =>
  findings.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Writes items as they are, 25 at a time: what was judged elsewhere. */
export async function load(
  client: DynamoDBDocumentClient,
  table: string,
  items: readonly Record<string, unknown>[],
): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(items.length / 25) }, (_, index) =>
    items.slice(25 * index, 25 * index + 25),
  );
  const next = async (): Promise<void> => {
    for (let chunk = chunks.pop(); chunk !== undefined; chunk = chunks.pop()) {
      const requests = chunk.map((Item) => ({ PutRequest: { Item } }));
      await client.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, next));
}
