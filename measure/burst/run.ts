import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { failedMessages, readMessages, workOff } from '../../adapters/sqs/message-batch.ts';
import { putOffMessages } from '../../adapters/sqs/put-off.ts';
import { convergeAgain } from '../../app/converge.ts';
import { detect } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { Reopening } from '../../app/reopening.ts';
import { definition } from '../../core/definition.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import type { BurstOfMessages } from './messages.ts';

/** Messages in one batch, and deliveries after which one goes to the dead-letter queue: what the stack says. */
const BATCH = 10;
const MAX_RECEIVES = 5;
/** As long as an invocation may judge again, ms. */
const LONG_MS = 15_000;

interface Queued {
  readonly id: string;
  readonly body: string;
  receives: number;
}

/** What came of a burst. */
export interface Aftermath {
  readonly findings: readonly FindingRecord[];
  /** Bodies in the dead-letter queue. */
  readonly dead: readonly string[];
  readonly invocations: number;
  readonly putOff: number;
  readonly seconds: number;
  /** What the longest invocation took, ms. */
  readonly longest: number;
}

/**
 * Works a queue off as Lambda would: workers at the same time, each with clients of its own, whose batches are deleted message by
 * message, delivered again, or given up. DynamoDB is spoken to over the wire.
 */
export async function workOffBurst(
  { bodies }: BurstOfMessages,
  {
    endpoint,
    tables,
    workers,
    said,
  }: {
    endpoint: string;
    tables: readonly [history: string, findings: string];
    workers: number;
    /** Hears after each batch how many messages wait and how many batches there were. */
    said?: (waiting: number, invocations: number) => void;
  },
): Promise<Aftermath> {
  const started = performance.now();
  const queue: Queued[] = bodies.map((body, index) => ({ id: `m${index}`, body, receives: 0 }));
  const dead: string[] = [];
  let invocations = 0;
  let putOff = 0;
  let busy = 0;
  let longest = 0;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const worker = async (): Promise<void> => {
    const plain = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });
    const client = DynamoDBDocumentClient.from(plain);
    const stores = { history: dynamoHistory(client, tables[0]), verdicts: dynamoVerdicts(client, tables[1]) };
    while (queue.length > 0 || busy > 0) {
      const batch = queue.splice(0, BATCH);
      if (batch.length === 0) {
        await new Promise((done) => setTimeout(done, 20));
        continue;
      }
      busy += 1;
      invocations += 1;
      const began = performance.now();
      const end = began + LONG_MS;
      const defer = async (waiting: readonly Reopening[]): Promise<void> => {
        for (const message of putOffMessages(waiting)) {
          putOff += 1;
          queue.push({ id: `p${putOff}`, body: JSON.stringify(message), receives: 0 });
        }
      };
      const deps = { ...stores, policy, defer, isLate: () => performance.now() > end };
      for (const each of batch) each.receives += 1;
      const messages = readMessages(batch.map(asLambdaGivesIt));
      const worked = await workOff(messages, {
        judge: (records) => detect(deps, records),
        judgeAgain: (waiting) => convergeAgain(deps, waiting),
        isLate: () => false,
      });
      const failed = new Set(
        failedMessages(worked).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
      );
      for (const each of batch.filter(({ id }) => failed.has(id)))
        if (each.receives >= MAX_RECEIVES) dead.push(each.body);
        else queue.push(each);
      busy -= 1;
      longest = Math.max(longest, performance.now() - began);
      said?.(queue.length, invocations);
    }
    plain.destroy();
  };
  await Promise.all(Array.from({ length: workers }, worker));
  const plain = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });
  const findings = await findingsIn(dynamoVerdicts(DynamoDBDocumentClient.from(plain), tables[1]), policy);
  plain.destroy();
  const seconds = (performance.now() - started) / 1_000;
  return { findings: byId(findings), dead, invocations, putOff, seconds, longest };
}

const asLambdaGivesIt = ({ id, body, receives }: Queued): Parameters<typeof readMessages>[0][number] =>
  ({ messageId: id, body, attributes: { ApproximateReceiveCount: String(receives) } }) as Parameters<
    typeof readMessages
  >[0][number];

const byId = (findings: readonly FindingRecord[]): FindingRecord[] =>
  findings.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** What the records mean, and what a replay of them in their order finds. */
export async function expectedOf({ records }: BurstOfMessages): Promise<{
  readonly meant: readonly FindingRecord[];
  readonly replayed: readonly FindingRecord[];
}> {
  const activities = records.flatMap((record) => {
    const read = fromCloudTrail(record);
    return read.ok ? [read.activity] : [];
  });
  const deps = { history: memoryHistory(), verdicts: memoryVerdicts(), policy };
  for (let from = 0; from < records.length; from += 200) await detect(deps, records.slice(from, from + 200));
  return {
    meant: byId(definition(activities, policy)),
    replayed: byId(await findingsIn(deps.verdicts, policy)),
  };
}
