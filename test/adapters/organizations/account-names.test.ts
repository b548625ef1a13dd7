import { afterEach, describe, expect, it, vi } from 'vitest';
import { organizationsNames } from '../../../adapters/organizations/account-names.ts';
import { awsEndpoint } from '../http-server.ts';

const MINUTE = 60_000;
const account = '111122223333';

afterEach(() => {
  vi.unstubAllEnvs();
});

type Answer = { status: number; body: string };
const UNIT = { Id: 'ou-ab12-production', Name: 'Production' };

/** Names by an Organizations on this machine, with a clock that stands until it is put on. */
async function asking(answer: () => Answer, parents: () => Answer = atRoot) {
  const server = await awsEndpoint(({ headers }) => {
    const call = String(headers['x-amz-target']);
    if (call.endsWith('.ListParents')) return parents();
    return call.endsWith('Unit')
      ? { status: 200, body: JSON.stringify({ OrganizationalUnit: UNIT }) }
      : answer();
  });
  vi.stubEnv('AWS_ENDPOINT_URL_ORGANIZATIONS', server.config.endpoint);
  const clock = { now: 0 };
  const { credentials } = server.config;
  const config = { region: async () => 'eu-west-1', credentials };
  const asked = () =>
    server.seen.map(({ headers, body }) => [
      String(headers['x-amz-target']).replace('AWSOrganizationsV20161128.', ''),
      JSON.parse(body),
    ]);
  return { server, clock, asked, nameOf: organizationsNames(config, () => clock.now) };
}

const parentsAre = (...Parents: readonly object[]) => ({ status: 200, body: JSON.stringify({ Parents }) });
const atRoot = () => parentsAre({ Id: 'r-ab12', Type: 'ROOT' });
const called = (Name: string) => ({ status: 200, body: JSON.stringify({ Account: { Name } }) });
const refused = (type: string) => ({ status: 400, body: JSON.stringify({ __type: type, Message: 'no' }) });
const named = { accountName: 'payments-prod' };

describe('names of accounts', () => {
  it('are asked for at the home of Organizations, once an hour', async () => {
    const { server, clock, asked, nameOf } = await asking(() => called('payments-prod'));
    await using _ = server;
    expect([await nameOf(account), await nameOf(account)]).toEqual([named, named]);
    expect(asked()).toEqual([
      ['DescribeAccount', { AccountId: account }],
      ['ListParents', { ChildId: account }],
    ]);
    expect(server.seen[0]?.headers.authorization).toContain('/us-east-1/organizations/');
    clock.now = 61 * MINUTE;
    await nameOf(account);
    expect(server.seen).toHaveLength(4);
  });

  it('come with the unit that the account is in', async () => {
    const { server, asked, nameOf } = await asking(
      () => called('payments-prod'),
      () => parentsAre({ Id: UNIT.Id, Type: 'ORGANIZATIONAL_UNIT' }),
    );
    await using _ = server;
    expect(await nameOf(account)).toEqual({ ...named, unit: { id: UNIT.Id, name: UNIT.Name } });
    expect(asked().at(-1)).toEqual(['DescribeOrganizationalUnit', { OrganizationalUnitId: UNIT.Id }]);
  });

  it('are missing where Organizations refuses, which nobody asks again for five minutes', async () => {
    let answer = refused('AccessDeniedException');
    const { server, clock, asked, nameOf } = await asking(() => answer);
    await using _ = server;
    expect([await nameOf(account), await nameOf('444455556666')]).toEqual([{}, {}]);
    expect(asked().filter(([, input]) => Object.values(input).includes('444455556666'))).toEqual([]);
    answer = called('payments-prod');
    clock.now = 6 * MINUTE;
    expect(await nameOf(account)).toEqual(named);
  });

  it('that were known outlast a refusal', async () => {
    let answer = called('payments-prod');
    const { server, clock, nameOf } = await asking(() => answer);
    await using _ = server;
    await nameOf(account);
    answer = refused('AccessDeniedException');
    clock.now = 61 * MINUTE;
    expect(await nameOf(account)).toEqual(named);
  });

  it('of one account that the organisation does not have stop no other', async () => {
    let answer = refused('AccountNotFoundException');
    let parents = refused('ChildNotFoundException');
    const { server, nameOf } = await asking(
      () => answer,
      () => parents,
    );
    await using _ = server;
    expect(await nameOf('444455556666')).toEqual({});
    [answer, parents] = [called('payments-prod'), atRoot()];
    expect(await nameOf(account)).toEqual(named);
  });

  it('are missing where Organizations is too busy for longer than a message may wait', async () => {
    const { server, nameOf } = await asking(() => ({ status: 503, body: '{}' }));
    await using _ = server;
    const began = performance.now();
    expect(await nameOf(account)).toEqual({});
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});
