import { SendMessageCommand, SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import type { Reopening } from '../../app/reopening.ts';
import { REOPEN } from './message-batch.ts';

/** A message may hold 256 kB, a little of which is the frame. */
const MAX_BYTES = 250_000;

/** Sends judgements that are put off to a queue, in as many messages as they need; resolves when all are there. */
export async function putOff(
  queueUrl: string,
  waiting: readonly Reopening[],
  config: SQSClientConfig = {},
): Promise<void> {
  const client = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  for (const some of chunksOf(waiting)) {
    const MessageBody = JSON.stringify({ kind: REOPEN, waiting: some });
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  }
}

function chunksOf(waiting: readonly Reopening[]): Reopening[][] {
  const chunks: Reopening[][] = [];
  let room = 0;
  for (const each of waiting) {
    const bytes = Buffer.byteLength(JSON.stringify(each)) + 1;
    if (bytes > room) {
      chunks.push([]);
      room = MAX_BYTES;
    }
    chunks.at(-1)?.push(each);
    room -= bytes;
  }
  return chunks;
}
