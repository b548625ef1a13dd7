import { describe, expect, it } from 'vitest';
import { auditOf, type Judged } from '../../../core/access/audit.ts';
import { readAuthorization } from '../../../core/access/authorization.ts';
import { CAPABILITIES } from '../../../core/access/capabilities.ts';
import { NO_ORGANISATION } from '../../../core/access/organisation.ts';
import { ACCOUNT, allow, role, type Statement, trusting, user } from './subjects.ts';

const arn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

function audit(roles: readonly object[], users: readonly object[] = []): (name: string) => Judged {
  const page = { RoleDetailList: roles, UserDetailList: users };
  const judged = auditOf(readAuthorization([page], NO_ORGANISATION));
  return (name) => {
    const found = judged.find(({ principal }) => principal.arn.endsWith(name));
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  };
}

const idsOf = ({ ways }: Judged): string[] => ways.map(({ capability }) => capability.id);
const wayOf = ({ ways }: Judged, id: string) => ways.find(({ capability }) => capability.id === id);
const does = (...Action: string[]): Statement => allow({ Action });

describe('each way', () => {
  it.each(CAPABILITIES.map((each) => [each.id, each] as const))(
    '%s takes all of its calls and no other',
    (id, { needs }) => {
      const actions = needs.map(({ action }) => action);
      const without = actions.map((each) =>
        role(`without-${each.replace(':', '-')}`, [does(...actions.filter((one) => one !== each), 's3:*')]),
      );
      const of = audit([role('whole', [does(...actions)]), ...without]);
      expect(idsOf(of('whole'))).toContain(id);
      for (const each of actions) expect(idsOf(of(`without-${each.replace(':', '-')}`))).not.toContain(id);
    },
  );
});

describe('roles that can be passed', () => {
  const toService = (name: string, service: string, statements: readonly Statement[], more: Statement = {}) =>
    role(name, statements, {
      AssumeRolePolicyDocument: trusting({ Service: `${service}.amazonaws.com` }),
      ...more,
    });

  it('are those that trust the service, those that may do most first', () => {
    const of = audit([
      role('caller', [does('cloudformation:CreateStack', 'iam:PassRole')]),
      toService('reads', 'cloudformation', [does('ec2:DescribeInstances')]),
      toService('admin', 'cloudformation', [allow()]),
      toService('copies', 'cloudformation', [does('ec2:CreateSnapshot')]),
      toService('launches', 'cloudformation', [does('ec2:RunInstances')]),
      toService('other-service', 'lambda', [allow()]),
    ]);
    expect(wayOf(of('caller'), 'stack-with-role')?.passes).toEqual({
      service: 'cloudformation.amazonaws.com',
      count: 4,
      ablest: [
        { role: arn('admin'), power: 'administrator' },
        { role: arn('launches'), power: 'launches' },
        { role: arn('copies'), power: 'data' },
        { role: arn('reads'), power: 'other' },
      ],
    });
  });

  it('are only those that the policy lets it pass', () => {
    const of = audit([
      role('caller', [
        does('cloudformation:CreateStack'),
        allow({ Action: 'iam:PassRole', Resource: arn('app-*') }),
      ]),
      toService('app-one', 'cloudformation', [does('ec2:RunInstances')]),
      toService('admin', 'cloudformation', [allow()]),
    ]);
    expect(wayOf(of('caller'), 'stack-with-role')?.passes?.ablest.map(({ role: each }) => each)).toEqual([
      arn('app-one'),
    ]);
  });

  it('make a way conditional where there is none', () => {
    const way = wayOf(
      audit([role('caller', [does('elasticmapreduce:RunJobFlow', 'iam:PassRole')])])('caller'),
      'emr-cluster',
    );
    expect([way?.answer, way?.because[0]]).toEqual([
      'conditional',
      'only once there is a role that it may pass to elasticmapreduce.amazonaws.com',
    ]);
  });

  it('stand in an instance profile where EC2 is to take them on', () => {
    const InstanceProfileList = [{ InstanceProfileName: 'p' }];
    const of = audit([
      role('caller', [does('ec2:AssociateIamInstanceProfile', 'iam:PassRole')]),
      role('bare', [allow()]),
      role('worn', [does('ec2:RunInstances')], { InstanceProfileList }),
    ]);
    expect(wayOf(of('caller'), 'give-profile')?.passes?.ablest).toEqual([
      { role: arn('worn'), power: 'launches' },
    ]);
  });
});

describe('who may become an able role', () => {
  const open = role('open', [does('ec2:RunInstances')], {
    AssumeRolePolicyDocument: trusting({ AWS: `arn:aws:iam::${ACCOUNT}:root` }),
  });

  const trustsAccount = { AssumeRolePolicyDocument: trusting({ AWS: `arn:aws:iam::${ACCOUNT}:root` }) };

  it('counts those of the account that may assume it, where it lets in the account', () => {
    const of = audit(
      [
        open,
        role('may', [allow({ Action: 'sts:AssumeRole', Resource: arn('open') })]),
        role('may-not', [does('s3:*')]),
      ],
      [
        user('ana', [does('sts:*')]),
        user('bob', [allow({ Action: 'sts:AssumeRole', Resource: arn('another') })]),
      ],
    );
    expect(of('open').assumers).toEqual({
      count: 2,
      first: [`arn:aws:iam::${ACCOUNT}:user/ana`, arn('may')],
    });
  });

  it('names the first of all, of those who may assume every role and of those who may assume this one', () => {
    const all = (name: string) => role(name, [does('sts:AssumeRole', 'ec2:RunInstances')], trustsAccount);
    const one = (name: string) =>
      role(name, [allow({ Action: 'sts:AssumeRole', Resource: arn('role-3') })], trustsAccount);
    const roles = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? all : one)(`role-${index}`));
    const of = audit(roles);
    const others = roles.map((_, index) => arn(`role-${index}`)).filter((each) => each !== arn('role-3'));
    expect(of('/role-3').assumers).toEqual({ count: 29, first: others.slice(0, 10) });
    const every = others.filter((_, index) => index === 0 || (index > 2 && (index + 1) % 3 === 0));
    expect(of('/role-6').assumers?.count).toBe(9);
    expect(of('/role-6').assumers?.first).toEqual([
      arn('role-0'),
      arn('role-3'),
      ...every.slice(1).filter((each) => each !== arn('role-6')),
    ]);
  });

  it('asks nobody where it lets in a service alone', () => {
    expect(audit([role('app', [allow()])], [user('ana', [allow()])])('app').assumers).toBeUndefined();
  });
});

describe('what a principal comes to', () => {
  it.each([
    ['administrator', [allow()]],
    ['launches', [does('ec2:*')]],
    ['data', [does('ec2:CreateSnapshot')]],
    ['other', [does('s3:*')]],
  ] as const)('%s', (power, statements) => {
    expect(audit([role('one', statements)])('one').power).toBe(power);
  });
});
