import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { placeOf } from '../../app/place.ts';
import type { Place, VerdictStore } from '../../app/ports.ts';
import { shorter } from '../../core/findings/budget.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { soughtUnder } from '../../core/findings/stories.ts';
import { type DynamoOptions, dynamoTable, firstOf, type Item, isTooLarge } from './calls.ts';
import { pointerItem, stamp, verdictItem, verdictKey, verdictOf, verdictPartition } from './items.ts';
import { nearest } from './nearest.ts';
import { readableItems } from './readable.ts';

/**
 * Verdicts in one DynamoDB table: string keys `pk` and `sk`; its stream is the outbox.
 *
 * Needs BatchGetItem, BatchWriteItem, PutItem, Query and, for `all`, Scan on it.
 */
export function dynamoVerdicts(
  client: DynamoDBDocumentClient,
  tableName: string,
  options?: DynamoOptions,
): VerdictStore {
  const table = dynamoTable(client, tableName, options);
  const readable = readableItems(options?.onUnreadable);
  const verdictsIn = (items: readonly Item[]) =>
    items.flatMap((item) => readable.read(item, verdictOf) ?? []);

  const between = (pk: string, from: string, to: string, newestFirst: boolean, limit: number) =>
    firstOf(
      table.query(
        {
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
          ScanIndexForward: !newestFirst,
        },
        () => limit,
      ),
      limit,
    );

  /** What lies around places of one subject. */
  const nearSome = (places: readonly Place[], count: number, within: number): Promise<Item[]> => {
    const { pk } = verdictKey(places[0] as Place);
    const times = places.map(({ at }) => at);
    const hull = { from: stamp(Math.min(...times) - within), to: stamp(Math.max(...times) + within + 1) };
    const keys = places.map((place) => verdictKey(place).sk).sort();
    return nearest(keys, count, hull, (...asked) => between(pk, ...asked));
  };

  /** Puts as much of a verdict as the table takes. Nobody knows why it should refuse one that is within its budget. */
  const putShort = async (verdict: Assessment, expected: number): Promise<boolean> => {
    try {
      return await table.putVersion(verdictItem(verdict, expected + 1), expected);
    } catch (error) {
      const less = isTooLarge(error) ? shorter(verdict) : undefined;
      if (less === undefined) throw error;
      return putShort(less, expected);
    }
  };

  return {
    async near(places, count, within) {
      const groups = [
        ...Map.groupBy(places, ({ account, subject }) => verdictPartition(account, subject)).values(),
      ];
      const items = (await Promise.all(groups.map((group) => nearSome(group, count, within)))).flat();
      return verdictsIn(items);
    },

    at: async (places) => verdictsIn(await table.getAll(places.map(verdictKey))),

    async save(verdict, expected, before) {
      const known = before === undefined ? [] : soughtUnder(before);
      const names = soughtUnder(verdict).filter((name) => !known.includes(name));
      const place = placeOf(verdict.activity);
      // the pointers first: whoever dies in between leaves some that lead to nothing, which is harmless
      if (names.length > 0) await table.putAll(names.map((name) => pointerItem(name, place)));
      // a verdict that cannot be read is made anew in its place: it rests on nothing but what is stored
      return putShort(verdict, expected === 0 ? (readable.unread(verdictKey(place)) ?? 0) : expected);
    },

    async *all() {
      const verdicts = table.scan({
        FilterExpression: 'begins_with(pk, :verdict)',
        ExpressionAttributeValues: { ':verdict': verdictPartition('', '').slice(0, 2) },
      });
      for await (const item of verdicts) yield* verdictsIn([item]).map(({ value }) => value);
    },
  };
}
