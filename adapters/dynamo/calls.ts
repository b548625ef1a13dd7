import { setTimeout as sleep } from 'node:timers/promises';
import { ConditionalCheckFailedException, type ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { inFlight } from './in-flight.ts';

/** DynamoDB's own limits for one call. */
const MAX_WRITES = 25;
const MAX_GETS = 100;
/** DynamoDB leaves undone what it is too busy for. Eight tries wait up to 6 s in all, well inside a Lambda's minute. */
const MAX_TRIES = 8;
const FIRST_WAIT_MS = 50;
/**
 * Calls that one client has under way at a time, for all tables together. The SDK opens 50 connections and lets the rest of
 * the calls wait without a word; what waits here holds no request in memory and needs no connection.
 */
export const MAX_IN_FLIGHT = 64;

export type Item = Record<string, unknown>;
export type Key = { readonly pk: string; readonly sk: string };

export interface DynamoOptions {
  /**
   * Is told what each call consumed, in DynamoDB's capacity units; for measuring. DynamoDB charges for a write that a
   * condition refuses, too, but does not say so here.
   */
  readonly onConsumed?: (operation: string, units: { read: number; write: number }) => void;
  /** Is told of what another version wrote and this one cannot read; it is passed over. */
  readonly onUnreadable?: (reason: string) => void;
}

/** One table and the calls the stores make to it; every read is strongly consistent. */
export interface DynamoTable {
  putAll(items: readonly (Item & Key)[]): Promise<void>;
  deleteAll(keys: readonly Key[]): Promise<void>;
  getAll(keys: readonly Key[]): Promise<Item[]>;
  /** One item, for whoever may read no more than one at a time. */
  get(key: Key): Promise<Item | undefined>;
  /** Puts an item; whether it takes the place of another. */
  replace(item: Item & Key): Promise<boolean>;
  /** Puts an item if the version of the one in its place is still `expected`, 0 where there is none; false where not. */
  putVersion(item: Item & Key, expected: number): Promise<boolean>;
  /** Items one by one, fetched page by page as they are taken; `nextLimit` gives the size of each page. */
  query(input: Omit<QueryCommandInput, 'TableName'>, nextLimit?: () => number): AsyncGenerator<Item>;
  scan(input: Omit<ScanCommandInput, 'TableName'>): AsyncGenerator<Item>;
}

type Client = Pick<DynamoDBDocumentClient, 'send'>;

const spared = new WeakMap<Client, Client>();

/** A client that has no more than `MAX_IN_FLIGHT` calls under way, the same one for all tables. */
function sparing(client: Client): Client {
  const known = spared.get(client);
  if (known !== undefined) return known;
  const turn = inFlight(MAX_IN_FLIGHT);
  const send = (command: Parameters<Client['send']>[0]) => turn(() => client.send(command));
  const limited = { send: send as Client['send'] };
  spared.set(client, limited);
  return limited;
}

/** Calls to one table through the document client, with retries of what a batch left undone. */
export function dynamoTable(
  unlimited: DynamoDBDocumentClient,
  table: string,
  { onConsumed }: DynamoOptions = {},
): DynamoTable {
  const client = sparing(unlimited);
  const common = {
    TableName: table,
    ...(onConsumed && { ReturnConsumedCapacity: 'TOTAL' as const }),
  };
  const tell = (
    operation: string,
    kind: 'read' | 'write',
    consumed: ConsumedCapacity | ConsumedCapacity[] | undefined,
  ): void => {
    if (onConsumed === undefined) return;
    const units = [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    onConsumed(operation, { read: 0, write: 0, [kind]: units });
  };

  type WriteRequest = { PutRequest: { Item: Item } } | { DeleteRequest: { Key: Item } };
  const writeChunk = (writes: readonly WriteRequest[]): Promise<void> =>
    untilDone(writes, async (requests) => {
      const { TableName, ...rest } = common;
      const answer = await client.send(
        new BatchWriteCommand({ ...rest, RequestItems: { [table]: [...requests] } }),
      );
      tell('BatchWriteItem', 'write', answer.ConsumedCapacity);
      return (answer.UnprocessedItems?.[table] ?? []).flatMap(
        ({ PutRequest, DeleteRequest }): WriteRequest[] => {
          if (PutRequest?.Item !== undefined) return [{ PutRequest: { Item: PutRequest.Item } }];
          return DeleteRequest?.Key === undefined ? [] : [{ DeleteRequest: { Key: DeleteRequest.Key } }];
        },
      );
    });

  const getChunk = async (keys: readonly Key[]): Promise<Item[]> => {
    const found: Item[] = [];
    await untilDone(keys as readonly Item[], async (pending) => {
      const { TableName, ...rest } = common;
      const answer = await client.send(
        new BatchGetCommand({
          ...rest,
          RequestItems: { [table]: { Keys: [...pending], ConsistentRead: true } },
        }),
      );
      tell('BatchGetItem', 'read', answer.ConsumedCapacity);
      found.push(...(answer.Responses?.[table] ?? []));
      return answer.UnprocessedKeys?.[table]?.Keys ?? [];
    });
    return found;
  };

  return {
    async putAll(items) {
      const puts = distinct(items).map((Item) => ({ PutRequest: { Item } }));
      await Promise.all(chunks(puts, MAX_WRITES).map(writeChunk));
    },

    async deleteAll(keys) {
      const deletes = distinct(keys).map((Key) => ({ DeleteRequest: { Key: { ...Key } } }));
      await Promise.all(chunks(deletes, MAX_WRITES).map(writeChunk));
    },

    async getAll(keys) {
      return (await Promise.all(chunks(distinct(keys), MAX_GETS).map(getChunk))).flat();
    },

    async get(key) {
      const answer = await client.send(new GetCommand({ ...common, Key: key, ConsistentRead: true }));
      tell('GetItem', 'read', answer.ConsumedCapacity);
      return answer.Item;
    },

    async replace(item) {
      const answer = await client.send(new PutCommand({ ...common, Item: item, ReturnValues: 'ALL_OLD' }));
      tell('PutItem', 'write', answer.ConsumedCapacity);
      return answer.Attributes !== undefined;
    },

    async putVersion(item, expected) {
      const condition =
        expected === 0
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : { ConditionExpression: 'v = :expected', ExpressionAttributeValues: { ':expected': expected } };
      try {
        const answer = await client.send(new PutCommand({ ...common, Item: item, ...condition }));
        tell('PutItem', 'write', answer.ConsumedCapacity);
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    async *query(input, nextLimit) {
      let ExclusiveStartKey: Item | undefined;
      do {
        const answer = await client.send(
          new QueryCommand({
            ...common,
            ...input,
            ConsistentRead: true,
            ...(nextLimit && { Limit: nextLimit() }),
            ...(ExclusiveStartKey && { ExclusiveStartKey }),
          }),
        );
        tell('Query', 'read', answer.ConsumedCapacity);
        yield* answer.Items ?? [];
        ExclusiveStartKey = answer.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
    },

    async *scan(input) {
      let ExclusiveStartKey: Item | undefined;
      do {
        const answer = await client.send(
          new ScanCommand({
            ...common,
            ...input,
            ConsistentRead: true,
            ...(ExclusiveStartKey && { ExclusiveStartKey }),
          }),
        );
        tell('Scan', 'read', answer.ConsumedCapacity);
        yield* answer.Items ?? [];
        ExclusiveStartKey = answer.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
    },
  };
}

/** Whether DynamoDB refused a write for the size of its item. */
export const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationException' && /\bitem size\b/i.test(error.message);

/** Calls again with what was left undone, waiting longer each time. A random part keeps workers from meeting again. */
async function untilDone<T>(
  all: readonly T[],
  call: (pending: readonly T[]) => Promise<readonly T[]>,
): Promise<void> {
  let pending = all;
  for (let attempt = 0; ; attempt += 1) {
    pending = await call(pending);
    if (pending.length === 0) return;
    if (attempt + 1 >= MAX_TRIES) {
      throw new Error(
        `DynamoDB left ${pending.length} of ${all.length} items undone ${MAX_TRIES} times; it is throttled`,
      );
    }
    await sleep(FIRST_WAIT_MS * 2 ** attempt * (0.5 + Math.random() / 2));
  }
}

/** As many items as are wanted, no more pages than they take. */
export async function firstOf(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const found: Item[] = [];
  if (count === 0) return found;
  for await (const item of items) {
    found.push(item);
    if (found.length >= count) break;
  }
  return found;
}

/** One item per key, the last of each; a batch may not name a key twice. */
function distinct<T extends Key>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify([item.pk, item.sk]), item])).values()];
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
