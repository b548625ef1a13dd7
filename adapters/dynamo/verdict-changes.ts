import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { Done, VerdictChange } from '../../app/changes.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { logger } from '../powertools/observability.ts';
import { verdictOf } from './items.ts';

/**
 * Hands the changes of a stream batch to a use case and says where to start again.
 *
 * Lambda takes up a stream at the first change it is told of, so the ones behind it come again too; that only repeats
 * what is safe to repeat. An image that cannot be read fails on its own and does not keep the others waiting.
 */
export async function handleChanges(
  records: readonly DynamoDBRecord[],
  use: (changes: readonly VerdictChange[]) => Promise<readonly Done[]>,
): Promise<DynamoDBBatchResponse> {
  const read = records.map(readChange);
  const changes = read.flatMap((change) => (change !== undefined && 'after' in change ? [change] : []));
  const results = [...(await use(changes))];
  const failed = records.filter((record, index) => {
    const change = read[index];
    if (change === undefined) return false;
    const result = 'after' in change ? results.shift() : change;
    if (result === undefined || result.ok) return false;
    logger.error('change failed', { sequence: record.dynamodb?.SequenceNumber, error: result.error.message });
    return true;
  });
  return {
    batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })),
  };
}

/** One record of the stream as a change; undefined for a deletion: its time to live is over, or somebody empties the table. */
function readChange({ dynamodb }: DynamoDBRecord): VerdictChange | { ok: false; error: Error } | undefined {
  if (dynamodb?.NewImage === undefined) return undefined;
  try {
    const before = dynamodb.OldImage && verdictBefore(dynamodb.OldImage);
    return { after: verdictIn(dynamodb.NewImage), ...(before && { before }) };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** What another version wrote before is not needed to tell what there is now. */
function verdictBefore(image: Image): Assessment | undefined {
  try {
    return verdictIn(image);
  } catch {
    return undefined;
  }
}

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

/** Lambda's types for an image differ from the SDK's in binary values only, which `verdictOf` takes either way. */
const verdictIn = (image: Image): Assessment =>
  verdictOf(unmarshall(image as Record<string, AttributeValue>)).value;
