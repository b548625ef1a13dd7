import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ingest, type PushRequest, type Refusal, type TokenVerdict } from '../../app/ingest.ts';
import type { NoteStore, Place } from '../../app/ports.ts';

const TOKEN = 'head.claims.signature';
const headers = { authorization: `Bearer ${TOKEN}` };
const record = (id: string) => ({ operationName: 'Microsoft.Compute/virtualMachines/write', id });
const inBase64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const pubSub = (data: unknown, more: object = {}): string =>
  JSON.stringify({ message: { data: inBase64(data), messageId: '1' }, subscription: 's', ...more });

/** A place for notes that keeps them here. */
function notes() {
  const kept = new Map<string, { at: number }>();
  const keyOf = ({ subject, id }: Place): string => `${subject} ${id}`;
  const store: NoteStore<{ readonly at: number }> = {
    read: async (place) => {
      const value = kept.get(keyOf(place));
      return value && { value, version: 1 };
    },
    within: async () => new Map(),
    write: async (place, note) => {
      if (kept.has(keyOf(place))) return false;
      kept.set(keyOf(place), note);
      return true;
    },
  };
  return { ...store, size: () => kept.size };
}

function world({ verdict = { ok: true } as TokenVerdict, failing = 0, clouds = ['azure', 'google'] } = {}) {
  const put: [string, readonly object[]][] = [];
  const checked: string[] = [];
  const taken = notes();
  let failures = failing;
  const check = async (token: string): Promise<TokenVerdict> => {
    checked.push(token);
    return verdict;
  };
  const deps = {
    checks: Object.fromEntries(clouds.map((cloud) => [cloud, check])),
    bus: async (cloud: string, records: readonly object[]) => {
      if (failures > 0) {
        failures -= 1;
        throw new Error('the bus is full');
      }
      put.push([cloud, records]);
    },
    taken,
    digest: (text: string) => hash('sha256', text),
    now: () => 1,
  };
  const push = (request: Partial<PushRequest>) =>
    ingest(deps, { method: 'POST', path: '/azure', headers, body: '{"records":[]}', ...request });
  return { put, checked, taken, push };
}

const refusal = (status: number, refused: Refusal) => ({ status, refused, records: 0 });

describe('a push', () => {
  it.each([
    ['{"records":[…]} of a forwarder', { body: JSON.stringify({ records: [record('a'), record('b')] }) }],
    ['a list of Event Grid', { body: JSON.stringify([record('a'), record('b')]) }],
  ])('of Azure, %s, is handed on record by record', async (_, request) => {
    const { put, push, checked } = world();
    expect(await push(request)).toEqual({ status: 200, records: 2 });
    expect(put).toEqual([['azure', [record('a'), record('b')]]]);
    expect(checked).toEqual([TOKEN]);
  });

  it('of Azure as one CloudEvent is handed on', async () => {
    const { put, push } = world();
    await push({ body: JSON.stringify({ specversion: '1.0', ...record('a') }) });
    expect(put).toEqual([['azure', [{ specversion: '1.0', ...record('a') }]]]);
  });

  it.each([
    ['in a message of Pub/Sub', pubSub({ insertId: 'a' })],
    ['unwrapped', '{"insertId":"a"}'],
    ['as a list in a message', pubSub([{ insertId: 'a' }])],
  ])('of Google %s is handed on', async (_, body) => {
    const { put, push } = world();
    expect(await push({ path: '/google', body })).toEqual({ status: 200, records: 1 });
    expect(put).toEqual([['google', [{ insertId: 'a' }]]]);
  });

  it.each<[string, Partial<PushRequest>, number, Refusal]>([
    ['to another path', { path: '/' }, 404, 'unknown path'],
    ['that is none', { method: 'GET' }, 405, 'unknown method'],
    ['that asks for consent at Google', { method: 'OPTIONS', path: '/google' }, 405, 'unknown method'],
    ['of ten megabytes', { body: 'x'.repeat(10_000_000) }, 413, 'too large'],
    ['without a token', { headers: {} }, 401, 'unsigned'],
    ['with a password', { headers: { authorization: 'Basic eDp5' } }, 401, 'unsigned'],
    ['with half a token', { headers: { authorization: 'Bearer a.b' } }, 401, 'unsigned'],
  ])('%s is refused before anything is looked at', async (_, request, status, reason) => {
    const { put, push, checked, taken } = world();
    expect(await push({ body: JSON.stringify({ records: [record('a')] }), ...request })).toEqual(
      refusal(status, reason),
    );
    expect([put, checked, taken.size()]).toEqual([[], [], 0]);
  });

  it.each([
    ['forged', 401],
    ['stale', 401],
    ['not for us', 401],
    ['of a stranger', 403],
    ['not now', 503],
  ] as const)('with a token that is %s is refused', async (reason, status) => {
    const { put, push, taken } = world({ verdict: { ok: false, reason } });
    const body = JSON.stringify({ records: [record('a')] });
    expect(await push({ body })).toEqual(refusal(status, reason));
    expect(await push({ body, headers: { ...headers, 'aeg-event-type': 'SubscriptionValidation' } })).toEqual(
      refusal(status, reason),
    );
    expect([put, taken.size()]).toEqual([[], 0]);
  });

  it.each([
    ['no JSON', '/azure', '{'],
    ['nothing', '/azure', ''],
    ['no records', '/azure', '{"records":[]}'],
    ['records that are none', '/azure', '{"records":[1]}'],
    ['a word', '/azure', '"records"'],
    ['no JSON in a message', '/google', JSON.stringify({ message: { data: 'eA==' } })],
    ['nothing in a message', '/google', JSON.stringify({ message: { data: '' } })],
  ])('that holds %s is refused', async (_, path, body) => {
    const { put, push } = world();
    expect(await push({ path, body })).toEqual(refusal(400, 'unreadable'));
    expect(put).toEqual([]);
  });

  it('is refused where its cloud may not push', async () => {
    const { push } = world({ clouds: ['google'] });
    expect(await push({})).toEqual(refusal(404, 'unknown path'));
  });

  it('that comes again is not handed on again, whatever the cloud counts beside it', async () => {
    const { put, push } = world();
    const entry = { insertId: 'a' };
    expect((await push({ path: '/google', body: pubSub(entry) })).status).toBe(200);
    const again = await push({ path: '/google', body: pubSub(entry, { deliveryAttempt: 2 }) });
    expect(again).toEqual(refusal(200, 'repeated'));
    expect((await push({ path: '/google', body: pubSub({ insertId: 'b' }) })).records).toBe(1);
    expect((await push({ body: JSON.stringify(entry) })).records).toBe(1);
    expect(put).toHaveLength(3);
  });

  it('that the bus does not take comes again, and is handed on then', async () => {
    const { put, push, taken } = world({ failing: 1 });
    const body = JSON.stringify({ records: [record('a')] });
    expect(await push({ body })).toEqual({ ...refusal(503, 'not now'), error: 'Error: the bus is full' });
    expect(taken.size()).toBe(0);
    expect(await push({ body })).toEqual({ status: 200, records: 1 });
    expect(put).toHaveLength(1);
  });

  it('that could not be noted as taken comes again, and is handed on once more', async () => {
    const { put, push, taken } = world();
    const body = JSON.stringify({ records: [record('a')] });
    const { write } = taken;
    taken.write = () => Promise.reject(new Error('the table is gone'));
    await expect(push({ body })).rejects.toThrow('the table is gone');
    taken.write = write;
    expect(await push({ body })).toEqual({ status: 200, records: 1 });
    expect(put).toHaveLength(2);
  });

  it('of which a record is more than the bus takes is refused whole', async () => {
    const { put, push } = world();
    const body = JSON.stringify({ records: [record('a'), record('é'.repeat(600_000))] });
    expect(await push({ body })).toEqual(refusal(413, 'too large'));
    expect(put).toEqual([]);
  });
});

describe('Event Grid', () => {
  const asking = { ...headers, 'aeg-event-type': 'SubscriptionValidation' };

  it('is answered with its code when it asks whether it may push', async () => {
    const { put, push, taken } = world();
    const body = JSON.stringify([{ data: { validationCode: '0000-code', validationUrl: 'https://x' } }]);
    expect(await push({ headers: asking, body })).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"validationResponse":"0000-code"}',
      records: 0,
    });
    expect([put, taken.size()]).toEqual([[], 0]);
    expect(await push({ headers: asking, body: '[{"data":{}}]' })).toEqual(refusal(400, 'unreadable'));
  });

  it('is told that it may send CloudEvents, and nobody else is', async () => {
    const { push } = world();
    const ask = (origin: string) =>
      push({ method: 'OPTIONS', headers: { 'webhook-request-origin': origin } });
    expect(await ask('eventgrid.azure.net')).toEqual({
      status: 200,
      headers: { 'webhook-allowed-origin': 'eventgrid.azure.net' },
      records: 0,
    });
    expect(await ask('example.com')).toEqual(refusal(403, 'of a stranger'));
  });
});
