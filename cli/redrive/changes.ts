import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type AwsCaller, AwsRefusal, signedCall } from '../../adapters/aws/signed-call.ts';
import type { Letter } from '../../adapters/sqs/dead-letters.ts';
import { isObj } from '../../core/records/cloudtrail/read.ts';
import { shown } from '../../tell/shown.ts';
import { keptIn } from './kept-object.ts';
import type { Reason } from './reasons.ts';

/** A record of a DynamoDB stream, as Lambda hands it to a function. */
export type StreamRecord = Readonly<Record<string, unknown>>;

/** Empty pages in a row after which what is sought is taken to be gone. */
const MAX_EMPTY = 20;

/** What Lambda keeps of changes that a function could not handle: itself a message of a queue, or an object in S3. */
interface FailedBatch {
  readonly functionArn: string;
  readonly condition: string;
  readonly functionError?: string;
  /** The records themselves, where Lambda kept them (it does in S3). */
  readonly records?: readonly StreamRecord[];
  /** Where in the stream they are, as long as that keeps them: a day. */
  readonly place?: {
    readonly streamArn: string;
    readonly shardId: string;
    readonly from: string;
    readonly to: string;
  };
}

/** Reads what Lambda wrote; undefined where it is something else. */
export function failedBatchIn(body: string): FailedBatch | undefined {
  const parsed = jsonOf(body);
  if (!isObj(parsed)) return undefined;
  const { requestContext: context, responseContext: answer, DDBStreamBatchInfo: info, payload } = parsed;
  if (!isObj(context) || typeof context.functionArn !== 'string') return undefined;
  const kept = typeof payload === 'string' ? jsonOf(payload) : payload;
  const records = isObj(kept) && Array.isArray(kept.Records) ? (kept.Records as StreamRecord[]) : undefined;
  const error = isObj(answer) ? answer.functionError : undefined;
  return {
    functionArn: context.functionArn,
    condition: String(context.condition ?? 'unknown'),
    ...(typeof error === 'string' && { functionError: error }),
    ...(records !== undefined && { records }),
    ...(isObj(info) && {
      place: {
        streamArn: String(info.streamArn),
        shardId: String(info.shardId),
        from: String(info.startSequenceNumber),
        to: String(info.endSequenceNumber),
      },
    }),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why changes were not told, and by which function. */
export function untoldReason(letter: Letter): Reason {
  const batch = failedBatchIn(letter.body);
  if (keptIn(letter.body) !== undefined)
    return {
      name: 'object-gone',
      words: 'names an object that is no longer in its bucket; republish --all goes through all verdicts',
      hopeless: true,
    };
  if (batch === undefined)
    return { name: 'damaged', words: 'is nothing that Lambda writes about a stream', hopeless: true };
  const name = nameOf(batch.functionArn);
  const error =
    batch.functionError === undefined ? '' : `, which ended with ${shown(batch.functionError, 60)}`;
  return { name: shown(batch.condition, 60), words: `changes of verdicts for ${shown(name, 80)}${error}` };
}

export const nameOf = (functionArn: string): string => functionArn.split(':')[6] ?? functionArn;

/** The records of a failed batch. Undefined where nobody has them any more. */
export async function recordsOf(
  caller: AwsCaller,
  { records, place }: FailedBatch,
): Promise<readonly StreamRecord[] | undefined> {
  if (records !== undefined) return records;
  if (place === undefined) return undefined;
  const { streamArn: StreamArn, shardId: ShardId, from, to } = place;
  try {
    const first = await ask(caller, 'GetShardIterator', {
      StreamArn,
      ShardId,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      SequenceNumber: from,
    });
    const found: StreamRecord[] = [];
    let empty = 0;
    for (let ShardIterator = first.ShardIterator; typeof ShardIterator === 'string'; ) {
      const page = await ask(caller, 'GetRecords', { ShardIterator });
      const some = page.Records as readonly StreamRecord[];
      for (const record of some) {
        found.push(record);
        if (numberOf(record) === to) return found.filter(isVerdict);
      }
      // a shard that is still written to has no end, and a page may be empty before it
      empty = some.length === 0 ? empty + 1 : 0;
      if (empty > MAX_EMPTY) return undefined;
      ShardIterator = page.NextShardIterator;
    }
    return undefined;
  } catch (error) {
    if (error instanceof AwsRefusal && /TrimmedDataAccess|ResourceNotFound|ExpiredIterator/.test(error.name))
      return undefined;
    throw error;
  }
}

const numberOf = ({ dynamodb }: StreamRecord): unknown => Object(dynamodb).SequenceNumber;

/** What the filter of the event source mapping lets through. */
const isVerdict = ({ dynamodb }: StreamRecord): boolean =>
  String(Object(Object(dynamodb).Keys).pk?.S).startsWith('V#');

const ask = async (caller: AwsCaller, name: string, input: object): Promise<Record<string, unknown>> =>
  JSON.parse(
    (
      await signedCall(caller, {
        service: 'dynamodb',
        target: `DynamoDBStreams_20120810.${name}`,
        body: JSON.stringify(input),
      })
    ).text,
  );

/** Hands records to a function as the stream does; gives why it did not handle all of them, if it did not. */
export async function handTo(
  caller: AwsCaller,
  functionArn: string,
  records: readonly StreamRecord[],
): Promise<string | undefined> {
  const { text, headers } = await signedCall(caller, {
    service: 'lambda',
    path: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
    contentType: 'application/json',
    body: JSON.stringify({ Records: records }),
  });
  const answer = Object(jsonOf(text));
  if (headers.get('x-amz-function-error') !== null)
    return `the function ended with ${shown(String(answer.errorMessage ?? text), 300)}`;
  const failures: unknown = answer.batchItemFailures;
  if (!Array.isArray(failures)) return `the function answered ${shown(text, 100)}`;
  return failures.length === 0
    ? undefined
    : `${failures.length} of ${records.length} changes failed; its log says why`;
}

/** An item as a stream would report that it was put; binary values as Lambda hands them over. */
export const asPut = (
  item: Record<string, AttributeValue>,
  before?: Record<string, AttributeValue>,
): StreamRecord => ({
  eventName: 'MODIFY',
  eventSource: 'aws:dynamodb',
  dynamodb: {
    Keys: { pk: item.pk, sk: item.sk },
    NewImage: withBase64(item),
    ...(before && { OldImage: withBase64(before) }),
    SequenceNumber: item.sk?.S,
  },
});

/** An item of ours has no binary value but those of its own attributes. */
const withBase64 = (image: Record<string, AttributeValue>): object =>
  Object.fromEntries(
    Object.entries(image).map(([name, value]) => [
      name,
      value.B === undefined ? value : { B: Buffer.from(value.B).toString('base64') },
    ]),
  );
