import { afterEach, describe, expect, it, vi } from 'vitest';
import { organizationsNames } from '../../../adapters/organizations/account-names.ts';
import { awsEndpoint } from '../http-server.ts';

const MINUTE = 60_000;
const account = '111122223333';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Names by an Organizations on this machine, with a clock that stands until it is put on. */
async function asking(answer: () => { status: number; body: string }) {
  const server = await awsEndpoint(answer);
  vi.stubEnv('AWS_ENDPOINT_URL_ORGANIZATIONS', server.config.endpoint);
  const clock = { now: 0 };
  const { credentials } = server.config;
  const config = { region: async () => 'eu-west-1', credentials };
  return { server, clock, nameOf: organizationsNames(config, () => clock.now) };
}

const called = (Name: string) => ({ status: 200, body: JSON.stringify({ Account: { Name } }) });
const refused = (type: string) => ({ status: 400, body: JSON.stringify({ __type: type, Message: 'no' }) });

describe('names of accounts', () => {
  it('are asked for at the home of Organizations, once an hour', async () => {
    const { server, clock, nameOf } = await asking(() => called('payments-prod'));
    await using _ = server;
    expect([await nameOf(account), await nameOf(account)]).toEqual(['payments-prod', 'payments-prod']);
    expect(server.seen).toHaveLength(1);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ AccountId: account });
    expect(server.seen[0]?.headers).toMatchObject({
      'x-amz-target': 'AWSOrganizationsV20161128.DescribeAccount',
      authorization: expect.stringContaining('/us-east-1/organizations/'),
    });
    clock.now = 61 * MINUTE;
    await nameOf(account);
    expect(server.seen).toHaveLength(2);
  });

  it('are missing where Organizations refuses, which nobody asks again for five minutes', async () => {
    let answer = refused('AccessDeniedException');
    const { server, clock, nameOf } = await asking(() => answer);
    await using _ = server;
    expect([await nameOf(account), await nameOf('444455556666')]).toEqual([undefined, undefined]);
    expect(server.seen).toHaveLength(1);
    answer = called('payments-prod');
    clock.now = 6 * MINUTE;
    expect(await nameOf(account)).toBe('payments-prod');
  });

  it('that were known outlast a refusal', async () => {
    let answer = called('payments-prod');
    const { server, clock, nameOf } = await asking(() => answer);
    await using _ = server;
    await nameOf(account);
    answer = refused('AccessDeniedException');
    clock.now = 61 * MINUTE;
    expect(await nameOf(account)).toBe('payments-prod');
  });

  it('of one account that the organisation does not have stop no other', async () => {
    let answer = refused('AccountNotFoundException');
    const { server, nameOf } = await asking(() => answer);
    await using _ = server;
    expect(await nameOf('444455556666')).toBeUndefined();
    answer = called('payments-prod');
    expect(await nameOf(account)).toBe('payments-prod');
  });

  it('are missing where Organizations is too busy for longer than a message may wait', async () => {
    const { server, nameOf } = await asking(() => ({ status: 503, body: '{}' }));
    await using _ = server;
    const began = performance.now();
    expect(await nameOf(account)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
