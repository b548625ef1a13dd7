import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';

/** Capacity units that one partition key has taken. */
export interface Load {
  read: number;
  /** Queries that found nothing: dynalite charges none, DynamoDB a unit each. */
  empty: number;
  write: number;
  /** Writes refused because another worker was first; charged like writes. */
  refused: number;
}

type Item = Record<string, unknown>;

const [READ_UNIT, WRITE_UNIT, PAGE] = [4096, 1024, 1024 * 1024];

/**
 * One DynamoDB table in memory that counts, by partition key, what strongly consistent reads and writes of it cost.
 *
 * For measuring only: a thousandth of dynalite's time, and it knows just the calls and expressions of `dynamo-calls.ts`;
 * anything else throws. Its sums agree with dynalite's, which `partitions.ts` checks before it measures.
 */
export function countingDynamo(): {
  client: DynamoDBDocumentClient;
  loads: Map<string, Load>;
  /** Bytes that all items together take, without what DynamoDB adds for itself. */
  stored: () => number;
  /** All that is kept, in no particular order. */
  items: () => Item[];
} {
  let stored = 0;
  const table = new Map<string, { keys: string[]; items: Map<string, Item> }>();
  const loads = new Map<string, Load>();

  const loadOf = (pk: string): Load => {
    const load = loads.get(pk) ?? { read: 0, empty: 0, write: 0, refused: 0 };
    loads.set(pk, load);
    return load;
  };
  const partitionOf = (pk: string) => {
    const partition = table.get(pk) ?? { keys: [], items: new Map<string, Item>() };
    table.set(pk, partition);
    return partition;
  };

  const put = (item: Item): number => {
    const { keys, items } = partitionOf(String(item.pk));
    const sk = String(item.sk);
    const before = items.get(sk);
    if (before === undefined) keys.splice(lowerBound(keys, sk), 0, sk);
    items.set(sk, item);
    const [now, then] = [itemBytes(item), before === undefined ? 0 : itemBytes(before)];
    stored += now - then;
    return units(Math.max(now, then), WRITE_UNIT);
  };

  const batchWrite = ({ input }: BatchWriteCommand) => {
    let sum = 0;
    for (const { PutRequest } of Object.values(input.RequestItems ?? {}).flat()) {
      const item = PutRequest?.Item ?? {};
      const cost = put(item);
      loadOf(String(item.pk)).write += cost;
      sum += cost;
    }
    return { ConsumedCapacity: [{ CapacityUnits: sum }] };
  };

  const batchGet = ({ input }: BatchGetCommand) => {
    const [name = '', wanted] = Object.entries(input.RequestItems ?? {})[0] ?? [];
    let sum = 0;
    const found: Item[] = [];
    for (const { pk, sk } of wanted?.Keys ?? []) {
      const item = table.get(pk)?.items.get(sk);
      if (item !== undefined) found.push(item);
      const cost = units(item === undefined ? 0 : itemBytes(item), READ_UNIT);
      loadOf(String(pk)).read += cost;
      sum += cost;
    }
    return { Responses: { [name]: found }, ConsumedCapacity: [{ CapacityUnits: sum }] };
  };

  const putIf = ({ input }: PutCommand) => {
    const item = input.Item ?? {};
    const before = table.get(String(item.pk))?.items.get(String(item.sk));
    const { ConditionExpression: condition, ExpressionAttributeValues: values } = input;
    const holds =
      condition === undefined ||
      (condition === 'attribute_not_exists(pk)' && before === undefined) ||
      (condition === 'v = :expected' && before !== undefined && before.v === values?.[':expected']);
    if (condition !== undefined && !/^(attribute_not_exists\(pk\)|v = :expected)$/.test(condition)) {
      throw new Error(`condition not known: ${condition}`);
    }
    const load = loadOf(String(item.pk));
    if (!holds) {
      load.refused += units(Math.max(itemBytes(item), itemBytes(before ?? {})), WRITE_UNIT);
      throw new ConditionalCheckFailedException({ message: 'refused', $metadata: {} });
    }
    const cost = put(item);
    load.write += cost;
    return { ConsumedCapacity: { CapacityUnits: cost } };
  };

  const query = ({ input }: QueryCommand) => {
    const values = input.ExpressionAttributeValues ?? {};
    const pk = String(values[':pk']);
    const { keys, items } = partitionOf(pk);
    const [low, high] = rangeOf(keys, String(input.KeyConditionExpression), values);
    const chosen = keys.slice(low, high);
    if (input.ScanIndexForward === false) chosen.reverse();
    const start = input.ExclusiveStartKey?.sk;
    let at = start === undefined ? 0 : chosen.indexOf(String(start)) + 1;
    let bytes = 0;
    const page: Item[] = [];
    for (
      ;
      at < chosen.length && page.length < (input.Limit ?? Number.POSITIVE_INFINITY) && bytes < PAGE;
      at++
    ) {
      const item = items.get(chosen[at] as string) as Item;
      bytes += itemBytes(item);
      page.push(item);
    }
    const cost = page.length === 0 ? 0 : units(bytes, READ_UNIT);
    const load = loadOf(pk);
    load.read += cost;
    if (page.length === 0) load.empty++;
    const last = page.at(-1);
    // DynamoDB names a last key also where a page ends with the last item that a limit let in
    const more = at < chosen.length || (input.Limit !== undefined && page.length === input.Limit);
    return {
      Items: page,
      ...(more && last !== undefined && { LastEvaluatedKey: { pk, sk: last.sk } }),
      ConsumedCapacity: { CapacityUnits: cost },
    };
  };

  const items = (): Item[] => [...table.values()].flatMap((partition) => [...partition.items.values()]);

  const scan = ({ input }: ScanCommand) => {
    const { FilterExpression: filter = '', ExpressionAttributeValues: values = {} } = input;
    const name = /^begins_with\(pk, (:\w+)\)$/.exec(filter)?.[1];
    if (name === undefined) throw new Error(`filter not known: ${filter}`);
    return { Items: items().filter(({ pk }) => String(pk).startsWith(String(values[name]))) };
  };

  const send = async (command: object): Promise<object> => {
    if (command instanceof BatchWriteCommand) return batchWrite(command);
    if (command instanceof BatchGetCommand) return batchGet(command);
    if (command instanceof PutCommand) return putIf(command);
    if (command instanceof QueryCommand) return query(command);
    if (command instanceof ScanCommand) return scan(command);
    throw new Error(`command not known: ${command.constructor.name}`);
  };
  return { client: { send } as unknown as DynamoDBDocumentClient, loads, stored: () => stored, items };
}

/** At least one unit is charged, also for nothing. */
const units = (bytes: number, unit: number): number => Math.max(1, Math.ceil(bytes / unit));

/** Places of the sort keys that a condition chooses: from (inclusive), to (exclusive). */
function rangeOf(keys: readonly string[], condition: string, values: Item): [number, number] {
  const value = (name = ''): string => String(values[name]);
  const after = (text: string): number => lowerBound(keys, `${text}\0`);
  if (condition === 'pk = :pk') return [0, keys.length];
  const between = /^pk = :pk AND sk BETWEEN (:\w+) AND (:\w+)$/.exec(condition);
  if (between !== null) return [lowerBound(keys, value(between[1])), after(value(between[2]))];
  const onwards = /^pk = :pk AND sk >= (:\w+)$/.exec(condition);
  if (onwards !== null) return [lowerBound(keys, value(onwards[1])), keys.length];
  throw new Error(`key condition not known: ${condition}`);
}

function lowerBound(keys: readonly string[], wanted: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Size by DynamoDB's rules, bytes: names and text in UTF-8, numbers by their digits, three bytes and more per list or map. */
export function itemBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(Math.abs(value)).replace('.', '').length / 2) + 1;
  if (typeof value === 'boolean' || value === null) return 1;
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return value.reduce((sum, each) => sum + 1 + itemBytes(each), 3);
  if (typeof value === 'object') {
    // an item itself is a map without the bytes of one; the difference is less than a rounding
    return Object.entries(value).reduce(
      (sum, [name, each]) => sum + 1 + Buffer.byteLength(name) + itemBytes(each),
      0,
    );
  }
  return 0;
}
