import { setImmediate as turn } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoTable, MAX_IN_FLIGHT } from '../../../adapters/dynamo/calls.ts';
import { inFlight } from '../../../adapters/dynamo/in-flight.ts';

/** A client that answers a turn of the event loop later; every third call fails. */
function slowClient() {
  let flying = 0;
  const seen = { most: 0, calls: 0 };
  const send = async (): Promise<object> => {
    flying += 1;
    seen.calls += 1;
    const fails = seen.calls % 3 === 0;
    seen.most = Math.max(seen.most, flying);
    await turn();
    flying -= 1;
    if (fails) throw new Error('refused');
    return {};
  };
  return { client: { send } as unknown as DynamoDBDocumentClient, seen };
}

describe('calls to the tables of one client', () => {
  it('are no more at a time than a process may have in flight, and all are made, whatever becomes of the others', async () => {
    const { client, seen } = slowClient();
    const tables = ['history', 'findings'].map((name) => dynamoTable(client, name));
    const puts = Array.from({ length: 500 }, (_, index) =>
      tables[index % 2]?.replace({ pk: 'p', sk: String(index) }),
    );
    const results = await Promise.allSettled(puts);
    expect(seen).toEqual({ most: MAX_IN_FLIGHT, calls: 500 });
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(166);
  });

  it('do not count against another client', async () => {
    const [one, other] = [slowClient(), slowClient()];
    const tables = [one, other].map(({ client }) => dynamoTable(client, 'history'));
    await Promise.allSettled(
      Array.from({ length: 300 }, (_, index) => tables[index % 2]?.replace({ pk: 'p', sk: String(index) })),
    );
    expect([one.seen.most, other.seen.most]).toEqual([MAX_IN_FLIGHT, MAX_IN_FLIGHT]);
  });
});

describe('a bound on what is in flight', () => {
  it('lets calls go in the order in which they came', async () => {
    const limit = inFlight(2);
    const begun: number[] = [];
    await Promise.all(
      [0, 1, 2, 3, 4, 5].map((index) =>
        limit(async () => {
          begun.push(index);
          // the later it comes, the sooner it is done
          for (let wait = index; wait < 6; wait += 1) await turn();
        }),
      ),
    );
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
