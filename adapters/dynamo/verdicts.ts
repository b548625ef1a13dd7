import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Place, VerdictStore, Versioned } from '../../app/ports.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { type DynamoOptions, dynamoTable, type Item } from './calls.ts';
import { stamp, verdictItem, verdictKey, verdictOf, verdictPartition } from './items.ts';

/**
 * Verdicts in one DynamoDB table: string keys `pk` and `sk`; its stream is the outbox.
 *
 * Needs BatchGetItem, PutItem, Query and, for `all`, Scan on it.
 */
export function dynamoVerdicts(
  client: DynamoDBDocumentClient,
  tableName: string,
  options?: DynamoOptions,
): VerdictStore {
  const table = dynamoTable(client, tableName, options);

  const nearOne = async (place: Place, count: number, within: number): Promise<Versioned<Assessment>[]> => {
    const { at } = place;
    const { pk, sk } = verdictKey(place);
    const before = {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': pk, ':from': stamp(at - within), ':to': sk },
      ScanIndexForward: false,
    };
    const after = {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      // nothing sorts between a key and the same with a blank
      ExpressionAttributeValues: { ':pk': pk, ':from': `${sk} `, ':to': stamp(at + within + 1) },
    };
    const [earlier, later] = await Promise.all([
      first(
        table.query(before, () => count + 1),
        count + 1,
      ),
      first(
        table.query(after, () => count),
        count,
      ),
    ]);
    return [...earlier, ...later].map(verdictOf);
  };

  return {
    async near(places, count, within) {
      return (await Promise.all(places.map((place) => nearOne(place, count, within)))).flat();
    },

    at: async (places) => (await table.getAll(places.map(verdictKey))).map(verdictOf),

    save: (verdict, expected) =>
      table.putIf({
        Item: verdictItem(verdict, expected + 1),
        ...(expected === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : { ConditionExpression: 'v = :expected', ExpressionAttributeValues: { ':expected': expected } }),
      }),

    async *all() {
      const verdicts = table.scan({
        FilterExpression: 'begins_with(pk, :verdict)',
        ExpressionAttributeValues: { ':verdict': verdictPartition('', '').slice(0, 2) },
      });
      for await (const item of verdicts) yield verdictOf(item).value;
    },
  };
}

async function first(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const found: Item[] = [];
  if (count === 0) return found;
  for await (const item of items) {
    found.push(item);
    if (found.length >= count) break;
  }
  return found;
}
