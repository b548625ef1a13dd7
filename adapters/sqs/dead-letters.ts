import { type AwsCaller, signedCall } from '../aws/signed-call.ts';

/** A message as it lies in a queue. */
export interface Letter {
  readonly id: string;
  /** Names this delivery of it; the next one has another. */
  readonly receipt: string;
  readonly body: string;
  /** Text attributes that whoever sent it gave it. */
  readonly attributes: Readonly<Record<string, string>>;
  /** When it was sent, ms. */
  readonly sent: number;
}

/** What could not be done with a message, and why. */
export interface Refused {
  readonly letter: Letter;
  readonly reason: string;
}

/** SQS hands out and takes at most so many messages in one call, */
const MAX_BATCH = 10;
/** and so many bytes of them; a little is the frame. */
const MAX_BYTES = 250_000;
/** Waits of SQS for messages that it is asked for, s: it then asks all its servers, and not some. */
const POLL_S = 2;
/** A queue that twice gave nothing has no more that is not hidden. */
const EMPTY_POLLS = 2;

const call = async (caller: AwsCaller, name: string, input: object): Promise<Record<string, unknown>> =>
  JSON.parse(
    (await signedCall(caller, { service: 'sqs', target: `AmazonSQS.${name}`, body: JSON.stringify(input) }))
      .text || '{}',
  );

/**
 * Takes the messages of a queue, a few at a time and each once. They are hidden from others meanwhile, for SQS shows none without
 * handing it out; what is not removed comes back by itself when that time is over, or when it is `putBack`.
 *
 * @param hidden how long, s
 */
export async function* lettersIn(
  caller: AwsCaller,
  QueueUrl: string,
  hidden: number,
): AsyncGenerator<Letter[]> {
  const seen = new Set<string>();
  for (let empty = 0; empty < EMPTY_POLLS; ) {
    const { Messages = [] } = (await call(caller, 'ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: MAX_BATCH,
      VisibilityTimeout: hidden,
      WaitTimeSeconds: POLL_S,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    })) as { Messages?: readonly Received[] };
    const letters = Messages.map(letterOf).filter(({ id }) => !seen.has(id));
    for (const { id } of letters) seen.add(id);
    if (letters.length === 0) empty += 1;
    else yield letters;
  }
}

interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, { readonly StringValue?: string }>>;
}

const letterOf = ({
  MessageId,
  ReceiptHandle,
  Body,
  Attributes,
  MessageAttributes = {},
}: Received): Letter => ({
  id: MessageId,
  receipt: ReceiptHandle,
  body: Body,
  attributes: Object.fromEntries(
    Object.entries(MessageAttributes).flatMap(([name, { StringValue }]) =>
      StringValue === undefined ? [] : [[name, StringValue]],
    ),
  ),
  sent: Number(Attributes?.SentTimestamp ?? 0),
});

/** Sends the bodies of messages to a queue; gives those that it did not take. */
export async function sendAll(
  caller: AwsCaller,
  QueueUrl: string,
  letters: readonly Letter[],
): Promise<Refused[]> {
  const refused: Refused[] = [];
  for (const some of batchesOf(letters)) {
    const entries = some.map(({ body }, index) => ({ Id: String(index), MessageBody: body }));
    refused.push(...(await inBatch(caller, 'SendMessageBatch', QueueUrl, some, entries)));
  }
  return refused;
}

/** Deletes messages from the queue that handed them out; gives those that are still there. */
export const removeAll = (
  caller: AwsCaller,
  QueueUrl: string,
  letters: readonly Letter[],
): Promise<Refused[]> => inBatches(caller, 'DeleteMessageBatch', QueueUrl, letters, {});

/** Shows messages again at once that were handed out. */
export const putBack = (
  caller: AwsCaller,
  QueueUrl: string,
  letters: readonly Letter[],
): Promise<Refused[]> =>
  inBatches(caller, 'ChangeMessageVisibilityBatch', QueueUrl, letters, { VisibilityTimeout: 0 });

async function inBatches(
  caller: AwsCaller,
  name: string,
  QueueUrl: string,
  letters: readonly Letter[],
  more: object,
): Promise<Refused[]> {
  const refused: Refused[] = [];
  for (let from = 0; from < letters.length; from += MAX_BATCH) {
    const some = letters.slice(from, from + MAX_BATCH);
    const entries = some.map(({ receipt }, index) => ({
      Id: String(index),
      ReceiptHandle: receipt,
      ...more,
    }));
    refused.push(...(await inBatch(caller, name, QueueUrl, some, entries)));
  }
  return refused;
}

/** One call for several messages. What fails as a whole has failed for each of them: none is taken for done. */
async function inBatch(
  caller: AwsCaller,
  name: string,
  QueueUrl: string,
  letters: readonly Letter[],
  Entries: readonly object[],
): Promise<Refused[]> {
  try {
    const { Successful = [], Failed = [] } = (await call(caller, name, { QueueUrl, Entries })) as {
      Successful?: readonly { Id: string }[];
      Failed?: readonly { Id: string; Code?: string; Message?: string }[];
    };
    const done = new Set(Successful.map(({ Id }) => Id));
    const why = new Map(Failed.map(({ Id, Code, Message }) => [Id, Message ?? Code]));
    return letters.flatMap((letter, index) =>
      done.has(String(index)) ? [] : [{ letter, reason: why.get(String(index)) ?? 'SQS did not confirm it' }],
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return letters.map((letter) => ({ letter, reason }));
  }
}

/** As many together as fit into one call. */
function batchesOf(letters: readonly Letter[]): Letter[][] {
  const batches: Letter[][] = [];
  let room = 0;
  for (const letter of letters) {
    const bytes = Buffer.byteLength(letter.body);
    const last = batches.at(-1);
    if (last !== undefined && last.length < MAX_BATCH && bytes <= room) last.push(letter);
    else {
      batches.push([letter]);
      room = MAX_BYTES;
    }
    room -= bytes;
  }
  return batches;
}

/** The name of the queue that messages of another go to when they have failed too often, where there is one. */
export async function deadLettersOf(caller: AwsCaller, QueueUrl: string): Promise<string | undefined> {
  const { Attributes } = (await call(caller, 'GetQueueAttributes', {
    QueueUrl,
    AttributeNames: ['RedrivePolicy'],
  })) as { Attributes?: { RedrivePolicy?: string } };
  if (Attributes?.RedrivePolicy === undefined) return undefined;
  const { deadLetterTargetArn } = JSON.parse(Attributes.RedrivePolicy) as { deadLetterTargetArn: string };
  return deadLetterTargetArn.split(':').at(-1);
}
