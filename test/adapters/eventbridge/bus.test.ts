import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventBus } from '../../../adapters/eventbridge/bus.ts';
import type { Notice } from '../../../app/forward.ts';
import { defaultPolicy as policy } from '../../../core/policy/policy.ts';
import { toOcsf } from '../../../tell/ocsf.ts';
import { NOW } from '../../builders.ts';
import { publicShare } from '../../findings.ts';
import { awsEndpoint } from '../http-server.ts';

const noticesOf = (count: number, event: 'create' | 'update' | 'close' = 'create'): Notice[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `message-${n}`,
    at: NOW,
    finding: toOcsf({ ...publicShare(), id: `lt-${n}` }, { policy, event }),
  }));

afterEach(() => {
  vi.unstubAllEnvs();
});

async function putting(answer: (entries: number) => object) {
  const server = await awsEndpoint(({ body }) => ({
    status: 200,
    body: JSON.stringify(answer(JSON.parse(body).Entries.length)),
  }));
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', server.config.endpoint);
  const { credentials } = server.config;
  return { server, send: eventBus({ region: 'eu-west-1', credentials }, 'launchtrail-findings') };
}

const taken = (count: number) => ({
  FailedEntryCount: 0,
  Entries: Array.from({ length: count }, () => ({ EventId: 'e' })),
});

describe('findings on a bus', () => {
  it.each([
    ['create', 'Finding Created'],
    ['update', 'Finding Updated'],
    ['close', 'Finding Closed'],
  ] as const)('that %s are events of that name, with OCSF as their detail', async (event, name) => {
    const { server, send } = await putting(taken);
    await using _ = server;
    const [notice] = noticesOf(1, event) as [Notice];
    expect((await send([notice])).size).toBe(0);
    const { Entries } = JSON.parse(server.seen[0]?.body ?? '');
    expect(Entries).toEqual([
      {
        Source: 'launchtrail',
        DetailType: name,
        Time: NOW / 1000,
        Detail: JSON.stringify(notice.finding),
        EventBusName: 'launchtrail-findings',
      },
    ]);
  });

  it('go in calls that always fit, and fail one by one', async () => {
    let calls = 0;
    const { server, send } = await putting((count) => {
      calls += 1;
      return calls === 2
        ? { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'no' }, {}, {}, {}] }
        : taken(count);
    });
    await using _ = server;
    expect([...(await send(noticesOf(10)))]).toEqual([['message-4', 'InternalFailure: no']]);
    expect(server.seen.map(({ body }) => JSON.parse(body).Entries.length)).toEqual([4, 4, 2]);
  });

  it('without an answer come again', async () => {
    const { server, send } = await putting(() => ({}));
    await using _ = server;
    expect([...(await send(noticesOf(1))).keys()]).toEqual(['message-0']);
  });
});
