import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Flood } from '../../app/flood.ts';
import type { NoteStore } from '../../app/ports.ts';
import { type DynamoOptions, dynamoTable } from './calls.ts';
import { noteItem, noteKey, noteOf, notePartition, stamp } from './items.ts';

/**
 * Sorts of notes, by the letter that their partitions begin with: what has been told of a finding; how its instances have
 * been tagged, or would have been. The stack allows each function its own (see LeadingKeys there).
 */
type NoteSort = 'T' | 'I' | 'D';

/** Notes that belong to no finding: what was last seen of instances, when Regions were last heard, what a cloud has pushed, who was able. */
type LedgerSort = 'B' | 'H' | 'P' | 'W';

/**
 * Days that they are kept. The first two as long as the sheets of history: an instance that has not changed for so long is old
 * enough to be taken as it is. What was pushed as long as Pub/Sub may send it again, which is a week, and a day.
 */
const LEDGER_DAYS: Readonly<Record<LedgerSort, number>> = { B: 400, H: 400, P: 8, W: 400 };

/** Notes in the table of the history, which go in time; needs BatchGetItem, PutItem and Query on it. */
export const ledger = <T extends object>(
  client: DynamoDBDocumentClient,
  tableName: string,
  sort: LedgerSort,
): NoteStore<T> =>
  notesIn(client, tableName, sort, {
    expires: () => Math.floor(Date.now() / 1000) + LEDGER_DAYS[sort] * 86_400,
  });

/** Notes of one sort in the table of the verdicts; needs BatchGetItem, PutItem and Query on it. */
export const dynamoNotes = <T extends object>(
  client: DynamoDBDocumentClient,
  tableName: string,
  sort: NoteSort,
  options?: DynamoOptions,
): NoteStore<T> => notesIn(client, tableName, sort, options);

/** What has been told one by one, and what waits to be told together, among the notes on what has been told. */
export const dynamoFlood = (client: DynamoDBDocumentClient, tableName: string): Flood => ({
  singly: dynamoNotes(client, tableName, 'T'),
  waiting: dynamoNotes(client, tableName, 'T'),
});

function notesIn<T extends object>(
  client: DynamoDBDocumentClient,
  tableName: string,
  sort: NoteSort | LedgerSort,
  { expires, ...options }: DynamoOptions & { readonly expires?: () => number } = {},
): NoteStore<T> {
  const table = dynamoTable(client, tableName, options);
  return {
    async read(place) {
      const [item] = await table.getAll([noteKey(sort, place)]);
      if (item === undefined) return undefined;
      const { value, version } = noteOf(item);
      return { value: value as T, version };
    },

    async within({ account, subject, from, to }) {
      const notes = new Map<string, { value: T; version: number }>();
      const items = table.query({
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': notePartition(sort, { account, subject }),
          ':from': stamp(from),
          ':to': stamp(to + 1),
        },
      });
      for await (const item of items) {
        const { key, value, version } = noteOf(item);
        notes.set(key, { value: value as T, version });
      }
      return notes;
    },

    write(place, note, expected) {
      const item = noteItem(sort, place, note, expected + 1);
      return table.putVersion(expires === undefined ? item : { ...item, expires: expires() }, expected);
    },
  };
}
