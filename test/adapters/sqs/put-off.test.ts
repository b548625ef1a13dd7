import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { readMessages } from '../../../adapters/sqs/message-batch.ts';
import { putOff } from '../../../adapters/sqs/put-off.ts';
import type { Reopening } from '../../../app/reopening.ts';
import { awsEndpoint } from '../http-server.ts';

const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/111122223333/launchtrail';

interface Sent {
  readonly QueueUrl: string;
  readonly MessageBody: string;
}

/** What SQS answers: the MD5 of what it got, which the client checks. */
const taken = ({ body }: { body: string }) => {
  const { MessageBody }: Sent = JSON.parse(body);
  const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
  return { status: 200, body: JSON.stringify({ MessageId: '1', MD5OfMessageBody }) };
};

/** Puts judgements off to an SQS on this machine and gives what arrived there. */
async function sentFor(waiting: readonly Reopening[]): Promise<Sent[]> {
  await using sqs = await awsEndpoint(taken);
  await putOff(QUEUE, waiting, sqs.config);
  return sqs.seen.map(({ body }) => JSON.parse(body));
}

it('sends what was put off as messages that fit and read as what it was', async () => {
  const waiting = Array.from(
    { length: 1_000 },
    (_, index): Reopening => ({
      kind: 'subjects',
      account: '111122223333',
      prefix: `${index} ${'é'.repeat(500)}`,
      from: 0,
      to: index,
    }),
  );
  const sent = await sentFor(waiting);
  expect(sent.length).toBeGreaterThan(3);
  expect(sent.length).toBeLessThan(7);
  for (const { QueueUrl, MessageBody } of sent) {
    expect(QueueUrl).toBe(QUEUE);
    expect(Buffer.byteLength(MessageBody)).toBeLessThanOrEqual(256 * 1024);
  }
  const attributes = { ApproximateReceiveCount: '1' } as never;
  const read = readMessages(
    sent.map(({ MessageBody: body }) => ({ messageId: 'm', body, attributes }) as never),
  );
  expect(read.flatMap((message) => message.waiting)).toEqual(waiting);
});

it('sends nothing where nothing was put off', async () => {
  expect(await sentFor([])).toEqual([]);
});
