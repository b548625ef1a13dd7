import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { DecisionStore } from '../../app/ports.ts';
import type { Covered, Decision } from '../../core/findings/decision.ts';
import { pack, unpack } from '../stored/packed.ts';
import { type DynamoOptions, dynamoTable, type Item, type Key } from './calls.ts';
import { stamp } from './items.ts';

/** Records of one item: some 60 kB, where an item takes 400. */
const RECORDS = 2000;

/** How long what is in one partition was decided, ms: few enough partitions to ask all of a year, few enough items in each. */
const STRETCH = 30 * 86_400_000;

const partition = (number: number): string => `C#${number}`;
const numberOf = (at: number): number => Math.floor(at / STRETCH);

/** The parts of a decision that covers many records stand behind the first, which is put last: it makes the decision. */
const keyOf = ({ at, id }: Pick<Decision, 'at' | 'id'>, part = 0): Key => ({
  pk: partition(numberOf(at)),
  sk: `${stamp(at)}#${id}${part === 0 ? '' : `#${part}`}`,
});

/** Decisions in the table of the verdicts, which are kept for good; needs BatchGetItem, PutItem and Query on it. */
export function dynamoDecisions(
  client: DynamoDBDocumentClient,
  tableName: string,
  options?: DynamoOptions,
): DecisionStore {
  const table = dynamoTable(client, tableName, options);

  /** Whole decisions of the items that make them. */
  const wholeOf = async (items: readonly Item[]): Promise<Decision[]> => {
    const heads = items.map((item) => ({
      decision: read(item) as unknown as Decision,
      parts: Number(item.parts ?? 0),
    }));
    const keys = heads.flatMap(({ decision, parts }) =>
      Array.from({ length: parts }, (_, index) => keyOf(decision, index + 1)),
    );
    const more = new Map<string, readonly Covered[]>();
    for (const item of keys.length === 0 ? [] : await table.getAll(keys))
      more.set(String(item.sk), (read(item) as { records: readonly Covered[] }).records);
    return heads.map(({ decision, parts }) => {
      const records = Array.from({ length: parts }, (_, index) => {
        const { sk } = keyOf(decision, index + 1);
        const part = more.get(sk);
        if (part === undefined) throw new Error(`item sk=${sk} is missing: its decision is not whole`);
        return part;
      });
      return parts === 0 ? decision : { ...decision, records: [decision.records, ...records].flat() };
    });
  };

  return {
    async keep(decision) {
      const { records } = decision;
      const parts = Math.max(0, Math.ceil(records.length / RECORDS) - 1);
      for (let part = parts; part >= 0; part -= 1) {
        const own = records.slice(part * RECORDS, (part + 1) * RECORDS);
        const document = part === 0 ? { ...decision, records: own } : { records: own };
        const place = part === 0 ? { parts } : { part };
        await table.putVersion({ ...keyOf(decision, part), v: 1, ...place, b: pack(document) }, 0);
      }
    },

    at: async (which) => wholeOf(await table.getAll(which.map((each) => keyOf(each)))),

    async *within({ from, to }) {
      for (let number = numberOf(from); number <= numberOf(to); number += 1) {
        const items = table.query({
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': partition(number),
            ':from': stamp(from),
            ':to': stamp(to + 1),
          },
        });
        for await (const item of items) if (item.part === undefined) yield* await wholeOf([item]);
      }
    },
  };
}

/** A damaged item is named by its key, so that a person can look at it. */
function read(item: Item): Readonly<Record<string, unknown>> {
  try {
    return unpack(item.b);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`item pk=${item.pk} sk=${item.sk} is damaged: ${reason}`, { cause: error });
  }
}
