import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { StoryStore } from '../../app/ports.ts';
import { type DynamoOptions, dynamoTable, firstOf, type Item } from './calls.ts';
import { pointedTo, pointersOf, stamp, verdictKey, verdictOf, verdictPartition } from './items.ts';
import { readableItems } from './readable.ts';

/** Most sessions are short, so the first page is small; each further one is twice as large. */
const FIRST_PAGE = 32;
const LARGEST_PAGE = 1024;

/** Verdicts in the table of `dynamoVerdicts` as stories are read; needs BatchGetItem and Query on it. */
export function dynamoStories(
  client: DynamoDBDocumentClient,
  tableName: string,
  options?: DynamoOptions,
): StoryStore {
  const table = dynamoTable(client, tableName, options);
  const readable = readableItems(options?.onUnreadable);
  const verdictsIn = (items: readonly Item[]) =>
    items.flatMap((item) => readable.read(item, verdictOf) ?? []);
  return {
    at: async (places) => verdictsIn(await table.getAll(places.map(verdictKey))),

    async *along({ account, subject, from, to, newestFirst = false }) {
      let page = FIRST_PAGE;
      const items = table.query(
        {
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          // an id follows the time, so that the bare time after the last one ends the stretch
          ExpressionAttributeValues: {
            ':pk': verdictPartition(account, subject),
            ':from': stamp(from),
            ':to': stamp(to + 1),
          },
          ScanIndexForward: !newestFirst,
        },
        () => {
          const size = page;
          page = Math.min(2 * page, LARGEST_PAGE);
          return size;
        },
      );
      for await (const item of items) yield* verdictsIn([item]).map(({ value }) => value);
    },

    async bearing(name, limit) {
      const pointers = table.query(
        {
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pointersOf(name).pk },
        },
        () => limit,
      );
      return (await firstOf(pointers, limit)).map(pointedTo);
    },
  };
}
