import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { DynamoDBBatchResponse, SQSBatchResponse } from 'aws-lambda';
import { ACCOUNT, REGION } from './moto.ts';
import type { TrailRecord } from './records.ts';
import type { WarmFunction } from './warm-function.ts';

const MAX_BATCH = 10;
/** A queue from which nothing comes for so long, though it is not empty, was left behind by a test that failed. */
const PATIENCE_MS = 20_000;

/** A client that keeps to the endpoint of the environment; by default it would call the host in a queue's URL. */
export const sqsClient = (): SQSClient => new SQSClient({ useQueueUrlAsEndpoint: false });

/** Puts records on the default bus as CloudTrail does; `source` other than `aws.…` is what anybody else could put. */
export async function putEvents(
  records: readonly TrailRecord[],
  source?: string,
  client = new EventBridgeClient(),
): Promise<void> {
  const entries = records.map((record) => ({
    Source: source ?? `aws.${record.eventSource.split('.')[0]}`,
    DetailType: DETAIL_TYPES[record.eventType] ?? 'AWS API Call via CloudTrail',
    Detail: JSON.stringify(record),
  }));
  for (let index = 0; index < entries.length; index += MAX_BATCH) {
    const { FailedEntryCount } = await client.send(
      new PutEventsCommand({ Entries: entries.slice(index, index + MAX_BATCH) }),
    );
    if (FailedEntryCount !== 0) throw new Error(`${FailedEntryCount} events were not taken`);
  }
}

const DETAIL_TYPES: Readonly<Record<string, string>> = {
  AwsServiceEvent: 'AWS Service Event via CloudTrail',
  AwsConsoleSignIn: 'AWS Console Sign In via CloudTrail',
};

/** Messages in a queue, also those that somebody is working on. */
export async function depth(QueueUrl: string): Promise<number> {
  const { Attributes } = await sqsClient().send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
}

/**
 * Does what Lambda's event source mapping does with a queue until it is empty: batches of ten in, successes deleted,
 * failures delivered again (at once, where SQS would wait for the visibility timeout).
 */
export async function drainQueue(QueueUrl: string, detect: WarmFunction): Promise<void> {
  const client = sqsClient();
  let deadline = Date.now() + PATIENCE_MS;
  while ((await depth(QueueUrl)) > 0) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: MAX_BATCH,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) {
      if (Date.now() > deadline) throw new Error('messages are in flight that nobody is working on');
      await sleep(100);
      continue;
    }
    deadline = Date.now() + PATIENCE_MS;
    await handBatch(QueueUrl, Messages, detect);
  }
}

/** Hands one batch of a queue to the function, which is told in turn how much time it has, ms. */
export async function takeBatch(
  QueueUrl: string,
  detect: WarmFunction,
  remaining: readonly number[],
): Promise<void> {
  const { Messages = [] } = await sqsClient().send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: MAX_BATCH,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  await handBatch(QueueUrl, Messages, detect, remaining);
}

async function handBatch(
  QueueUrl: string,
  messages: readonly Message[],
  detect: WarmFunction,
  remaining?: readonly number[],
): Promise<void> {
  const client = sqsClient();
  const batch = {
    Records: messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      messageAttributes: {},
      eventSource: 'aws:sqs',
      awsRegion: REGION,
    })),
  };
  const { batchItemFailures } = await detect.invoke<SQSBatchResponse>(batch, remaining);
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  await Promise.all(
    messages.map(({ MessageId = '', ReceiptHandle }) =>
      failed.has(MessageId)
        ? client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))
        : client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    ),
  );
}

/**
 * Follows the stream of a table from its beginning and hands on what is new, each time it is asked: what the filter of the
 * mapping lets through, which is a beginning of the partition key.
 */
export async function followStream(
  table: string,
  prefix: string,
): Promise<(consumers: readonly WarmFunction[]) => Promise<number>> {
  const { Table } = await new DynamoDBClient().send(new DescribeTableCommand({ TableName: table }));
  const streams = new DynamoDBStreamsClient();
  const StreamArn = Table?.LatestStreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const first = await streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  let iterator = first.ShardIterator;

  return async (consumers) => {
    let count = 0;
    for (;;) {
      const answer = await streams.send(new GetRecordsCommand({ ShardIterator: iterator }));
      iterator = answer.NextShardIterator ?? iterator;
      if (answer.Records === undefined || answer.Records.length === 0) return count;
      const records = answer.Records.filter(({ dynamodb }) => dynamodb?.Keys?.pk?.S?.startsWith(prefix)).map(
        asLambdaGivesIt,
      );
      count += records.length;
      for (let index = 0; index < records.length; index += MAX_BATCH) {
        const batch = { Records: records.slice(index, index + MAX_BATCH) };
        for (const consumer of consumers) {
          const { batchItemFailures } = await consumer.invoke<DynamoDBBatchResponse>(batch);
          if (batchItemFailures.length > 0) throw new Error(`stream records failed:\n${consumer.log()}`);
        }
      }
    }
  };
}

/** The stream's own record, with binary values as base64 text. */
function asLambdaGivesIt(record: StreamRecord): unknown {
  const { NewImage, OldImage, SequenceNumber, Keys } = record.dynamodb ?? {};
  return {
    eventName: record.eventName,
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    dynamodb: {
      SequenceNumber,
      Keys,
      ...(NewImage && { NewImage: withBase64(NewImage) }),
      ...(OldImage && { OldImage: withBase64(OldImage) }),
    },
  };
}

const withBase64 = (image: Record<string, AttributeValue>): unknown =>
  JSON.parse(
    JSON.stringify(image, (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    ),
  );

/** Deletes every item of a table with the keys of the stack. */
export async function emptyTable(TableName: string): Promise<void> {
  const client = new DynamoDBClient();
  for await (const { Items = [] } of paginateScan(
    { client },
    { TableName, ProjectionExpression: 'pk, sk' },
  )) {
    for (const Key of Items) await client.send(new DeleteItemCommand({ TableName, Key }));
  }
}

/** Subscribes a new queue to a topic and gives a reader of what has come since the last time. */
export async function listenTo(TopicArn: string, name: string): Promise<() => Promise<Received[]>> {
  const sqs = sqsClient();
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
  await new SNSClient().send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }));
  return async () => {
    const received: Received[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: MAX_BATCH }),
      );
      if (Messages.length === 0) return received;
      for (const { Body = '{}', ReceiptHandle } of Messages) {
        received.push(JSON.parse(Body));
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  };
}

/** An SNS notification as a queue gets it. */
export interface Received {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
}
