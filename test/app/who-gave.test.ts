import { describe, expect, it } from 'vitest';
import { givenBy, giverText } from '../../app/who-gave.ts';
import { auditOf } from '../../core/access/audit.ts';
import { readAuthorization } from '../../core/access/authorization.ts';
import { NO_ORGANISATION } from '../../core/access/organisation.ts';
import { ACCOUNT, allow, policy, role, type Statement, user } from '../core/access/subjects.ts';

const arn = (rest: string): string => `arn:aws:iam::${ACCOUNT}:${rest}`;
const EC2: Statement = allow({ Action: 'ec2:*' });
const SHARED = arn('policy/team/Shared');
const EDGE = arn('policy/Edge');
const Policies = [SHARED, EDGE].map((Arn) => ({
  Arn,
  PolicyVersionList: [{ IsDefaultVersion: true, Document: policy(EC2) }],
}));
const attached = (...arns: string[]) => ({
  AttachedManagedPolicies: arns.map((PolicyArn) => ({ PolicyArn })),
});

interface Change {
  readonly eventName: string;
  readonly requestParameters: object;
  /** Hour of the day. */
  readonly at: number;
  readonly more?: object;
}
const change = (at: number, eventName: string, requestParameters: object, more: object = {}): Change => ({
  at,
  eventName,
  requestParameters,
  more,
});

/** What is named for one who became able, where CloudTrail's history has these changes. */
async function named(
  page: object,
  changes: readonly Change[],
  { perPage = 50 }: { perPage?: number } = {},
): Promise<string> {
  const { principals } = readAuthorization([{ Policies, ...page }], NO_ORGANISATION);
  const it = auditOf({ principals }).find(({ principal }) => principal.arn.endsWith('app'));
  if (it === undefined) throw new Error('nobody');
  const records = changes
    .toSorted((a, b) => b.at - a.at)
    .map(({ at, eventName, requestParameters, more }) => ({
      eventID: `r${at}`,
      eventName,
      eventTime: `2026-06-02T${String(at).padStart(2, '0')}:00:00Z`,
      requestParameters,
      userIdentity: { arn: arn('user/ana') },
      ...more,
    }));
  // a record is found by each name that it holds
  const events = {
    page: async ({ by }: { by: object }, cursor = '0') => {
      const wanted = 'resource' in by ? JSON.stringify(by.resource) : '';
      const those = records.filter((each) => JSON.stringify(each.requestParameters).includes(wanted));
      const end = Number(cursor) + perPage;
      return {
        records: those.slice(Number(cursor), end),
        ...(end < those.length && { next: String(end) }),
      };
    },
  };
  const window = { from: Date.parse('2026-06-01'), to: Date.parse('2026-06-08') };
  return giverText(await givenBy(events, it.principal, it.ways, window), it.principal);
}

const own = (call: string, at: number): string =>
  `${call} by user/ana on 2026-06-02T${at}:00:00Z gave it that (record r${at})`;
const last = (call: string, at: number): string =>
  `the last change found of what it may is ${call} by user/ana on 2026-06-02T${at}:00:00Z (record r${at})`;
const NONE = 'no record was found of who gave it that';

const PUT = change(12, 'PutRolePolicy', { roleName: 'app', policyName: 'own' });
const roleWith = (more: Statement = {}) => ({ RoleDetailList: [role('team/app', [EC2], more)] });
const shared = { RoleDetailList: [role('app', [], attached(SHARED))] };
const userIn = (group: Statement, more: Statement = {}) => ({
  UserDetailList: [user('app', [], { GroupList: ['ops', 'readers'], ...more })],
  GroupDetailList: [
    { Arn: arn('group/ops'), GroupName: 'ops', ...group },
    { Arn: arn('group/readers'), GroupName: 'readers' },
  ],
});
const inlineOps = userIn({ GroupPolicyList: [{ PolicyName: 'ec2', PolicyDocument: policy(EC2) }] });
const attachedOps = userIn(attached(SHARED));

describe('the record that is named', () => {
  it.each<[what: string, page: object, changes: readonly Change[], says: string]>([
    ['an inline policy was written', roleWith(), [PUT], own('PutRolePolicy', 12)],
    [
      'not another inline policy, written later',
      roleWith(),
      [PUT, change(13, 'PutRolePolicy', { roleName: 'app', policyName: 'logs' })],
      own('PutRolePolicy', 12),
    ],
    [
      'a role made anew: its newest policy, not its making',
      roleWith(),
      [change(10, 'DeleteRole', { roleName: 'app' }), change(11, 'CreateRole', { roleName: 'app' }), PUT],
      own('PutRolePolicy', 12),
    ],
    [
      'the making of a role, where nothing else is found',
      roleWith(),
      [change(11, 'CreateRole', { roleName: 'app' })],
      own('CreateRole', 11),
    ],
    [
      'not the making of a user of that name',
      roleWith(),
      [change(11, 'CreateUser', { userName: 'app' })],
      NONE,
    ],
    [
      'not a change of a user of that name',
      roleWith(),
      [change(11, 'PutUserPolicy', { userName: 'app', policyName: 'own' })],
      NONE,
    ],
    ['not one that was refused', roleWith(), [{ ...PUT, more: { errorCode: 'AccessDenied' } }], NONE],
    [
      'a managed policy was attached',
      shared,
      [change(12, 'AttachRolePolicy', { roleName: 'app', policyArn: SHARED })],
      own('AttachRolePolicy', 12),
    ],
    [
      'not its attachment to another role',
      shared,
      [
        change(12, 'AttachRolePolicy', { roleName: 'app', policyArn: SHARED }),
        change(13, 'AttachRolePolicy', { roleName: 'other', policyArn: SHARED }),
      ],
      own('AttachRolePolicy', 12),
    ],
    [
      'not another policy, attached later',
      shared,
      [
        change(12, 'AttachRolePolicy', { roleName: 'app', policyArn: SHARED }),
        change(13, 'AttachRolePolicy', { roleName: 'app', policyArn: arn('policy/Logs') }),
      ],
      own('AttachRolePolicy', 12),
    ],
    [
      'a new version of a managed policy',
      shared,
      [change(12, 'CreatePolicyVersion', { policyArn: SHARED, setAsDefault: true })],
      own('CreatePolicyVersion', 12),
    ],
    [
      'not a version that was put in force by another call',
      shared,
      [
        change(12, 'CreatePolicyVersion', { policyArn: SHARED, setAsDefault: false }),
        change(13, 'SetDefaultPolicyVersion', { policyArn: SHARED, versionId: 'v2' }),
        change(14, 'CreatePolicyVersion', { policyArn: SHARED }),
      ],
      own('SetDefaultPolicyVersion', 13),
    ],
    [
      'membership of a group with an inline policy',
      inlineOps,
      [
        change(12, 'AddUserToGroup', { userName: 'app', groupName: 'ops' }),
        change(13, 'AddUserToGroup', { userName: 'app', groupName: 'readers' }),
        change(14, 'AddUserToGroup', { userName: 'other', groupName: 'ops' }),
      ],
      own('AddUserToGroup', 12),
    ],
    [
      'membership of a group with a managed policy',
      attachedOps,
      [
        change(12, 'AddUserToGroup', { userName: 'app', groupName: 'ops' }),
        change(13, 'AddUserToGroup', { userName: 'app', groupName: 'readers' }),
      ],
      own('AddUserToGroup', 12),
    ],
    [
      'a policy written to its group',
      inlineOps,
      [change(12, 'PutGroupPolicy', { groupName: 'ops', policyName: 'ec2' })],
      own('PutGroupPolicy', 12),
    ],
    [
      'a policy attached to its group, and not to another',
      attachedOps,
      [
        change(12, 'AttachGroupPolicy', { groupName: 'ops', policyArn: SHARED }),
        change(13, 'AttachGroupPolicy', { groupName: 'strangers', policyArn: SHARED }),
      ],
      own('AttachGroupPolicy', 12),
    ],
    [
      'a boundary that was taken away',
      roleWith(),
      [change(12, 'DeleteRolePermissionsBoundary', { roleName: 'app' })],
      own('DeleteRolePermissionsBoundary', 12),
    ],
    [
      'a boundary that was changed for a wider one',
      roleWith({ PermissionsBoundary: { PermissionsBoundaryArn: EDGE } }),
      [change(12, 'PutRolePermissionsBoundary', { roleName: 'app', permissionsBoundary: EDGE })],
      own('PutRolePermissionsBoundary', 12),
    ],
    [
      'a new version of its boundary',
      roleWith({ PermissionsBoundary: { PermissionsBoundaryArn: EDGE } }),
      [change(12, 'CreatePolicyVersion', { policyArn: EDGE, setAsDefault: true })],
      own('CreatePolicyVersion', 12),
    ],
    [
      'the last change, where a denial may have been lifted',
      roleWith(),
      [change(12, 'DetachRolePolicy', { roleName: 'app', policyArn: arn('policy/Deny') })],
      last('DetachRolePolicy', 12),
    ],
    [
      'what made the way before a later change that may have lifted a denial',
      roleWith(),
      [PUT, change(13, 'DeleteRolePolicy', { roleName: 'app', policyName: 'deny' })],
      own('PutRolePolicy', 12),
    ],
    [
      'a widened trust is no way of the role',
      roleWith(),
      [change(12, 'UpdateAssumeRolePolicy', { roleName: 'app' })],
      NONE,
    ],
    [
      'a renamed user has its changes under its old name',
      inlineOps,
      [change(12, 'UpdateUser', { userName: 'old', newUserName: 'app' })],
      NONE,
    ],
  ])('%s', async (_, page, changes, says) => {
    expect(await named(page, changes)).toBe(says);
  });

  it('is found behind pages of records of a role that is taken on all day', async () => {
    const taken = Array.from({ length: 5 }, (_, index) =>
      change(13 + index, 'AssumeRole', { roleArn: arn('role/app'), roleName: 'app' }),
    );
    expect(await named(roleWith(), [PUT, ...taken], { perPage: 2 })).toBe(own('PutRolePolicy', 12));
  });

  it('says which service called for whom', async () => {
    const by = (userIdentity: object) => named(roleWith(), [{ ...PUT, more: { userIdentity } }]);
    const deploy = arn('assumed-role/Deploy/ci').replace('iam', 'sts');
    expect(await by({ arn: deploy, invokedBy: 'cloudformation.amazonaws.com' })).toContain(
      'PutRolePolicy by assumed-role/Deploy/ci through cloudformation.amazonaws.com on',
    );
    expect(await by({ type: 'AWSService', invokedBy: 'sso.amazonaws.com' })).toContain(
      'by sso.amazonaws.com on',
    );
  });

  it('says of a permission set where it is told who changed that', async () => {
    const name = 'AWSReservedSSO_Ops_0123456789abcapp';
    const page = { RoleDetailList: [role(`aws-reserved/sso.amazonaws.com/${name}`, [EC2])] };
    const sso = {
      userIdentity: { arn: arn('assumed-role/AWSServiceRoleForSSO/AWS-SSO'), invokedBy: 'sso.amazonaws.com' },
    };
    const text = await named(page, [change(12, 'PutRolePolicy', { roleName: name, policyName: 'own' }, sso)]);
    expect(text).toBe(
      'PutRolePolicy by assumed-role/AWSServiceRoleForSSO/AWS-SSO through sso.amazonaws.com on 2026-06-02T12:00:00Z gave it that (record r12); who changed the permission set is in the records of Identity Center',
    );
  });
});
