import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoTable } from '../../../adapters/dynamo/calls.ts';
import { connectDynamo, type DynamoServer, startDynalite } from '../../dynalite.ts';

let server: DynamoServer;
beforeAll(async () => {
  server = await startDynalite();
});
afterAll(() => server.stop());

type Pending = Record<string, unknown[] | { Keys: unknown[] }>;

/** A client of a throttled table: of every batch it does `share` at a time and hands the rest back, as DynamoDB does. */
function throttled(share: number): { client: DynamoDBDocumentClient; calls: () => number } {
  const { client } = connectDynamo(server.endpoint);
  let calls = 0;
  client.middlewareStack.add(
    // the document client marshals further in, so this sees plain items
    (next, { commandName = '' }) =>
      async (args) => {
        const input = args.input as { RequestItems?: Pending };
        if (input.RequestItems === undefined) return next(args);
        calls += 1;
        const [[table, all] = ['', []]] = Object.entries(input.RequestItems);
        const list = Array.isArray(all) ? all : all.Keys;
        const shape = (some: unknown[]) => (Array.isArray(all) ? some : { ...all, Keys: some });
        const left = commandName.startsWith('BatchGet') ? 'UnprocessedKeys' : 'UnprocessedItems';
        const doing = list.slice(0, share);
        const answer =
          doing.length === 0
            ? { output: { $metadata: {} }, response: {} }
            : await next({ ...args, input: { ...input, RequestItems: { [table]: shape(doing) } } as never });
        const rest = list.slice(share);
        if (rest.length > 0) Object.assign(answer.output, { [left]: { [table]: shape(rest) } });
        return answer as never;
      },
    { step: 'initialize', priority: 'high' },
  );
  return { client, calls: () => calls };
}

const items = Array.from({ length: 60 }, (_, index) => ({
  pk: 'p',
  sk: `s${String(index).padStart(2, '0')}`,
}));

describe('calls to a throttled table', () => {
  it('are repeated with what was left undone until everything is', async () => {
    const table = await server.makeTable();
    const slow = throttled(9);
    await dynamoTable(slow.client, table).putAll(items);
    expect(slow.calls()).toBe(3 + 3 + 2); // batches of 25, 25 and 10, nine at a time
    const found = await dynamoTable(throttled(20).client, table).getAll(items);
    expect(found.map(({ sk }) => sk).sort()).toEqual(items.map(({ sk }) => sk));
  });

  it('give up with a plain error when nothing moves', async () => {
    const table = await server.makeTable();
    const { client } = throttled(0);
    const put = dynamoTable(client, table).putAll(items.slice(0, 3));
    await expect(put).rejects.toThrow('DynamoDB left 3 of 3 items undone 8 times');
  }, 20_000);
});

describe('calls to a table', () => {
  it('pass on every error but that of the condition', async () => {
    const table = dynamoTable(server.client, 'missing-table');
    const put = table.putVersion({ pk: 'p', sk: 's' }, 0);
    await expect(put).rejects.toThrow(/not found/i);
  });

  it('write a key given twice once, with the last content', async () => {
    const table = dynamoTable(server.client, await server.makeTable());
    await table.putAll([
      { pk: 'p', sk: 's', n: 1 },
      { pk: 'p', sk: 's', n: 2 },
    ]);
    expect(await table.getAll([{ pk: 'p', sk: 's' }])).toEqual([{ pk: 'p', sk: 's', n: 2 }]);
  });
});
