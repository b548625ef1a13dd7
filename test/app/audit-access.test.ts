import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { type Able, type Audit, auditAccess } from '../../app/audit-access.ts';
import { accountsOf, auditAll } from '../../app/audit-all.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { DAY } from '../../core/history/facts.ts';
import { anActivity, anActor } from '../builders.ts';
import { ACCOUNT, allow, policy, role, type Statement } from '../core/access/subjects.ts';
import { findingsOf } from './orders.ts';
import { memoryNotes } from './verdict-world.ts';

const HOME = { account: ACCOUNT, region: 'us-east-1' };
const START = Date.parse('2026-06-01T00:00:00Z');
const does = (...Action: string[]): Statement => allow({ Action });

/** An account whose roles and clock a test changes. */
function world() {
  const state = {
    now: START,
    late: false as boolean | (() => boolean),
    roles: [role('app', [does('s3:*')])] as object[],
    policies: [] as object[],
    /** Roles of one page. */
    page: 100,
    tried: new Map<string, number | Error>(),
    asked: [] as string[],
    records: [] as { resource: string; record: object }[],
    /** It dies after it has told and before it notes. */
    dies: false,
    listing: undefined as Error | undefined,
    sent: [] as Activity[],
  };
  const kept = memoryNotes<Able>();
  const deps = {
    history: memoryHistory(),
    audits: memoryNotes<Audit>(),
    kept: {
      ...kept,
      write: async (...note: Parameters<typeof kept.write>) => {
        if (state.dies) throw new Error('died');
        return kept.write(...note);
      },
    },
    now: () => state.now,
    isLate: () => (typeof state.late === 'function' ? state.late() : state.late),
    listing: async (from = '0') => {
      if (state.listing !== undefined && from !== '0') throw state.listing;
      const end = Number(from) + state.page;
      return {
        page: { RoleDetailList: state.roles.slice(Number(from), end), Policies: state.policies },
        ...(end < state.roles.length && { next: String(end) }),
      };
    },
    lastTried: async (arn: string) => {
      state.asked.push(arn);
      const found = state.tried.get(arn);
      if (found instanceof Error) throw found;
      return found;
    },
    events: {
      page: async ({ by }: { by: object }) => ({
        records: state.records
          .filter(({ resource }) => 'resource' in by && by.resource === resource)
          .map(({ record }) => record),
      }),
    },
    seen: {
      send: async ({ activities = [] }: { activities?: readonly Activity[] }) =>
        void state.sent.push(...activities),
    },
  };
  const audit = () => auditAccess(deps, HOME);
  /** The next time it is due. */
  const week = () => {
    state.now += 7 * DAY;
    return audit();
  };
  return { state, audit, week };
}

const grant = (eventName: string, eventTime: string, more: object = {}) => ({
  requestParameters: { roleName: 'build', policyName: 'own' },
  eventID: `r-${eventName}`,
  eventName,
  eventTime,
  eventSource: 'iam.amazonaws.com',
  awsRegion: 'us-east-1',
  recipientAccountId: ACCOUNT,
  userIdentity: {
    type: 'IAMUser',
    userName: 'ana',
    arn: `arn:aws:iam::${ACCOUNT}:user/ana`,
    accountId: ACCOUNT,
    principalId: 'AIDAANA',
  },
  ...more,
});

describe('the audit of who can launch', () => {
  it('tells nothing at the first, whoever is able', async () => {
    const { state, audit } = world();
    state.roles.push(role('admin', [allow()]));
    expect(await audit()).toMatchObject({ done: true, principals: 2, able: 1, gained: 0 });
    expect(state.sent).toEqual([]);
  });

  it('tells of a new role with ec2:* at the next, with the statement and the record that gave it that', async () => {
    const { state, audit, week } = world();
    await audit();
    state.roles.push(role('build', [does('ec2:*')]));
    state.records.push(
      { resource: 'build', record: grant('CreateRole', '2026-06-02T10:00:00Z') },
      { resource: 'build', record: grant('PutRolePolicy', '2026-06-02T10:01:00Z') },
      {
        resource: 'build',
        record: grant('AttachRolePolicy', '2026-06-02T11:00:00Z', { errorCode: 'AccessDenied' }),
      },
      { resource: 'build', record: grant('TagRole', '2026-06-02T12:00:00Z') },
    );
    expect(await week()).toMatchObject({ done: true, gained: 1 });
    expect(state.sent).toHaveLength(1);
    expect(state.sent[0]).toMatchObject({
      kind: 'access.gain',
      id: `able-AROABUILD-${START + 7 * DAY}`,
      at: Date.parse('2026-06-02T10:01:00Z'),
      actor: { key: 'AROABUILD', label: 'role/build' },
      detail: `launch an instance and 7 more ways, by arn:aws:iam::${ACCOUNT}:role/build, inline own, statement 1; PutRolePolicy by user/ana on 2026-06-02T10:01:00Z gave it that (record r-PutRolePolicy)`,
    });
    expect(await week()).toMatchObject({ gained: 0 });
    expect(state.sent).toHaveLength(1);
  });

  it('looks the record up by the policy that gives the way', async () => {
    const { state, audit, week } = world();
    await audit();
    const arn = `arn:aws:iam::${ACCOUNT}:policy/Shared`;
    state.roles = [role('app', [], { AttachedManagedPolicies: [{ PolicyArn: arn }] })];
    state.policies = [
      { Arn: arn, PolicyVersionList: [{ IsDefaultVersion: true, Document: policy(does('ec2:*')) }] },
    ];
    state.records.push({
      resource: arn,
      record: grant('CreatePolicyVersion', '2026-06-03T10:00:00Z', {
        requestParameters: { policyArn: arn, setAsDefault: true },
      }),
    });
    await week();
    expect(state.sent[0]?.detail).toContain('CreatePolicyVersion by user/ana');
  });

  it('does so again where a right was taken away in between, and for a role made anew under its name', async () => {
    const { state, audit, week } = world();
    state.roles = [role('app', [does('ec2:*')])];
    await audit();
    state.roles = [role('app', [])];
    await week();
    state.roles = [role('app', [does('ec2:*')])];
    await week();
    expect(state.sent.map(({ actor }) => actor.key)).toEqual(['AROAAPP']);
    state.roles = [role('app', [does('ec2:*')], { RoleId: 'AROAANEW' })];
    await week();
    expect(state.sent.map(({ actor }) => actor.key)).toEqual(['AROAAPP', 'AROAANEW']);
  });

  it('is quiet about roles of services', async () => {
    const { state, audit, week } = world();
    await audit();
    state.roles.push(role('aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot', [does('ec2:*')]));
    expect(await week()).toMatchObject({ gained: 0 });
    expect(state.sent).toEqual([]);
  });

  it('takes nothing for new that it could not read the time before', async () => {
    const { state, audit, week } = world();
    const able = role('app', [does('ec2:*')]);
    const unreadable = { ...able, RolePolicyList: [{ PolicyName: 'own' }] };
    state.roles = [able];
    await audit();
    for (const roles of [[unreadable], [able]]) {
      state.roles = roles;
      await week();
    }
    expect(state.sent).toEqual([]);
  });

  it('judges a listing whole: half of one that was refused or came to no end tells nothing', async () => {
    const { state, audit, week } = world();
    await audit();
    state.roles.push(role('build', [does('ec2:*')]));
    state.page = 1;
    state.listing = new Error('Rate exceeded');
    await expect(week()).rejects.toThrow('Rate exceeded');
    expect(state.sent).toEqual([]);
    state.listing = undefined;
    let pages = 0;
    state.late = () => ++pages > 1;
    expect(await audit()).toMatchObject({ done: false, gained: 0 });
    expect(state.sent).toEqual([]);
    state.late = false;
    expect(await audit()).toMatchObject({ done: true, gained: 1 });
    expect(state.sent[0]?.at).toBe(START + 7 * DAY);
  });

  it('says the same again where it died before it noted what it told', async () => {
    const { state, audit, week } = world();
    await audit();
    state.roles.push(role('build', [does('ec2:*')]));
    state.dies = true;
    await expect(week()).rejects.toThrow('died');
    state.dies = false;
    state.now += DAY;
    await audit();
    expect(state.sent).toHaveLength(2);
    expect(state.sent[1]).toEqual(state.sent[0]);
    expect(state.sent[0]?.id).toBe(`able-AROABUILD-${START + 7 * DAY}`);
  });

  it('rests until a week has gone by', async () => {
    const { state, audit } = world();
    await audit();
    state.now += 6 * DAY;
    expect(await audit()).toMatchObject({ rested: true });
    state.now += DAY;
    expect(await audit()).not.toHaveProperty('rested');
  });

  it('asks AWS of those who may launch and were not seen to, and goes on where it had no time', async () => {
    const { state, audit } = world();
    const able = ['a', 'b', 'c'].map((name) => role(name, [does('ec2:*')]));
    state.roles = [
      ...able,
      role('never', [does('ec2:*')], { RoleLastUsed: {} }),
      role('not', [does('s3:*')]),
    ];
    const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
    state.tried.set(arn('a'), START - DAY);
    state.tried.set(arn('b'), new Error('NoSuchEntity'));
    state.late = () => state.asked.length >= 1;
    expect(await audit()).toMatchObject({ done: false, unused: 0 });
    expect(state.asked).toEqual([arn('a')]);
    state.late = false;
    expect(await audit()).toMatchObject({
      done: true,
      unused: 2,
      problems: [expect.stringContaining('NoSuchEntity')],
    });
    expect(state.asked).toEqual([arn('a'), arn('b'), arn('c')]);
  });
});

describe('a launch by whom an audit found newly able', () => {
  /** What a launch by the role is told with, so many days after the audit that found it able; the gain is told after it. */
  const scoreAfter = async (
    days: number,
    { audited = true, given }: { audited?: boolean; given?: string } = {},
  ): Promise<number> => {
    const { state, audit, week } = world();
    await audit();
    state.roles.push(role('build', [does('ec2:*')]));
    if (given !== undefined) state.records.push({ resource: 'build', record: grant('PutRolePolicy', given) });
    await week();
    const launch = anActivity({
      id: 'launch-1',
      at: START + 7 * DAY + days * DAY,
      actor: anActor({ key: 'AROABUILD', label: 'role/build' }),
    });
    const other = anActivity({ id: 'launch-0', at: START - DAY, actor: anActor({ key: 'AROAOTHER' }) });
    const findings = await findingsOf([[other], [launch], audited ? state.sent : []]);
    const members = findings.flatMap(({ members }) => members);
    return members.find(({ activity }) => activity.id === launch.id)?.score ?? 0;
  };

  it('weighs more for seven days, and no longer', async () => {
    const usual = await scoreAfter(5, { audited: false });
    expect(usual).toBeGreaterThan(0);
    expect(await scoreAfter(5)).toBeGreaterThan(usual);
    expect(await scoreAfter(1)).toBeGreaterThan(await scoreAfter(5));
    expect(await scoreAfter(8)).toBe(usual);
  });

  it('weighs more from the record on that gave it that, once the audit has found it', async () => {
    const given = new Date(START + 4 * DAY).toISOString();
    const usual = await scoreAfter(-2, { audited: false });
    expect(await scoreAfter(-2, { given })).toBeGreaterThan(usual);
    expect(await scoreAfter(5, { given })).toBe(await scoreAfter(5));
    // before the record, and where none is found, before the audit
    expect(await scoreAfter(-4, { given })).toBe(usual);
    expect(await scoreAfter(-2)).toBe(usual);
  });
});

describe('audits of all accounts', () => {
  const heard = [
    { account: '444455556666', region: 'eu-west-1', at: 1 },
    { account: '444455556666', region: 'us-east-1', at: 2 },
  ];

  it('look at each account once, where the records of IAM are', () => {
    expect(accountsOf(heard, ACCOUNT, 'eu-west-1')).toEqual([
      { account: ACCOUNT, region: 'us-east-1' },
      { account: '444455556666', region: 'us-east-1' },
    ]);
    expect(accountsOf([], ACCOUNT, 'us-gov-east-1')[0]?.region).toBe('us-gov-west-1');
  });

  it('are not held up by one that is refused', async () => {
    const all = await auditAll(
      accountsOf(heard, ACCOUNT, 'eu-west-1'),
      async ({ account }) => {
        if (account === ACCOUNT) throw new Error('AccessDenied');
        return { done: true, principals: 1, able: 0, gained: 0, unused: 0, problems: [] };
      },
      () => false,
    );
    expect(all).toEqual([
      { account: ACCOUNT, error: 'Error: AccessDenied' },
      { account: '444455556666', audited: expect.objectContaining({ done: true }) },
    ]);
  });
});
