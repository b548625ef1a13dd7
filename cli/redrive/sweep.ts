import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { AwsCaller } from '../../adapters/aws/signed-call.ts';
import { stamp, verdictItem, verdictOf } from '../../adapters/dynamo/items.ts';
import { reasonOf } from '../input/damage.ts';
import { asPut, handTo, nameOf, type StreamRecord } from './changes.ts';

/** Changes handed to a function in one call: as many as the stream hands to it at most. */
const TOGETHER = 25;

/** What came of going through all verdicts. */
export interface Swept {
  readonly verdicts: number;
  /** What could not be read, or not be told, and why. */
  readonly problems: readonly string[];
}

/**
 * Hands every verdict to functions as if it had just changed. What has been told is marked as told, so only what has not been is
 * told now. It is for changes that nobody has any more.
 *
 * @param since time of the activities from which on it goes, ms
 */
export async function sweep(
  caller: AwsCaller,
  table: string,
  functions: readonly string[],
  since: number,
  progress: (verdicts: number) => void,
): Promise<Swept> {
  const [sdk, { marshall, unmarshall }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/util-dynamodb'),
  ]);
  const client = new sdk.DynamoDBClient({ region: caller.region });
  const problems: string[] = [];
  let verdicts = 0;
  let batch: StreamRecord[] = [];
  const hand = async (): Promise<void> => {
    for (const name of batch.length === 0 ? [] : functions) {
      const problem = await handTo(caller, name, batch).catch(reasonOf);
      if (problem !== undefined) problems.push(`${nameOf(name)}: ${problem}`);
    }
    verdicts += batch.length;
    batch = [];
    progress(verdicts);
  };
  try {
    const pages = sdk.paginateScan(
      { client },
      {
        TableName: table,
        ConsistentRead: true,
        FilterExpression: 'begins_with(pk, :verdict) AND sk >= :since',
        ExpressionAttributeValues: { ':verdict': { S: 'V#' }, ':since': { S: stamp(since) } },
      },
    );
    for await (const { Items = [] } of pages) {
      for (const item of Items) {
        try {
          batch.push(asPut(item, beforeOf(item, unmarshall, marshall)));
        } catch (error) {
          problems.push(reasonOf(error));
        }
        if (batch.length >= TOGETHER) await hand();
      }
    }
    await hand();
    return { verdicts, problems };
  } finally {
    client.destroy();
  }
}

type Item = Record<string, AttributeValue>;

/**
 * The verdict as if it had weighed as much as any can. So one that says nothing any more is known to have been in a story, and is
 * told as withdrawn where what was told of it is still open.
 */
function beforeOf(
  item: Item,
  unmarshall: (item: Item) => Record<string, unknown>,
  marshall: (item: Record<string, unknown>) => Item,
): Item | undefined {
  const { value, version } = verdictOf(unmarshall(item));
  return value.score === 100 ? undefined : marshall({ ...verdictItem({ ...value, score: 100 }, version) });
}
