import { describe, expect, it } from 'vitest';
import { arnIndex } from '../../../core/access/arn-index.ts';
import { auditOf } from '../../../core/access/audit.ts';
import { readAuthorization } from '../../../core/access/authorization.ts';
import { NO_ORGANISATION } from '../../../core/access/organisation.ts';
import { ACCOUNT, allow, deny, only, role, type Statement, trusting } from './subjects.ts';

/** Characters that IAM lets a managed policy have. */
const LONGEST = 6144;
const arn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** Processor time of an audit of these roles, ms: other work on the machine is not counted. */
function spent(roles: readonly object[]): number {
  const started = process.cpuUsage();
  auditOf(readAuthorization([{ RoleDetailList: roles }], NO_ORGANISATION));
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}
const ofOne = (...statements: Statement[]): number =>
  spent([role('a'.repeat(60), statements, { Tags: [{ Key: 'team', Value: 'a' }] })]);

const many = (count: number, each: (index: number) => Statement): Statement[] =>
  Array.from({ length: count }, (_, index) => each(index));
const TEAM = `\${aws:PrincipalTag/team}`;
const stars = 'a*'.repeat(LONGEST / 2);

describe('a policy that is written to take long', () => {
  it.each<[what: string, statements: (times: number) => Statement[]]>([
    ['stars in an action', (times) => [allow({ Action: `*${stars.repeat(times)}b` })]],
    ['stars in a resource', (times) => [allow({ Resource: `arn:aws:ec2:*${stars.repeat(times)}` })]],
    [
      'stars in a value',
      (times) => [allow(only('StringLike', 'aws:PrincipalArn', `*${stars.repeat(times)}b`))],
    ],
    ['variables without an end', (times) => [allow({ Resource: '${'.repeat((times * LONGEST) / 2) })]],
    [
      'variables in variables',
      (times) => [allow({ Resource: '${'.repeat(times * 2048) + '}'.repeat(times * 2048) })],
    ],
    [
      'a default that never ends',
      (times) => [allow({ Resource: `\${aws:x${",'".repeat(times * 1500)}${"' ".repeat(times * 1500)}x}` })],
    ],
    ['variables that are filled in', (times) => [allow({ Resource: `*${TEAM.repeat(times * 250)}` })]],
    [
      'statements about resources',
      (times) =>
        many(times * 200, (index) =>
          allow({ Action: 'ec2:*', Resource: `arn:aws:ec2:*:*:instance/i-${index}` }),
        ),
    ],
    [
      'statements that deny on conditions',
      (times) => [
        allow(),
        ...many(times * 80, (index) => deny(only('StringEquals', 'aws:SourceVpc', `vpc-${index}`))),
      ],
    ],
    [
      'conditions of one statement',
      (times) => [
        allow({
          Condition: {
            StringLike: Object.fromEntries(
              Array.from({ length: times * 500 }, (_, index) => [`aws:RequestTag/k${index}`, 'x*']),
            ),
          },
        }),
      ],
    ],
    [
      'values of one condition',
      (times) => [
        allow(
          only(
            'StringLike',
            'aws:PrincipalArn',
            Array.from({ length: times * 1000 }, (_, index) => `*v${index}`),
          ),
        ),
      ],
    ],
  ])('takes as much longer as it is: %s', (_, statements) => {
    ofOne(...statements(1));
    const once = ofOne(...statements(1));
    // sixteen times longer where it is quadratic; below some milliseconds nothing can be compared
    expect(ofOne(...statements(4))).toBeLessThan(10 * Math.max(once, 40));
  });
});

describe('a large account', () => {
  it('asks each of the roles that its policy names alone', () => {
    const trust = {
      AssumeRolePolicyDocument: trusting({ AWS: ACCOUNT, Service: 'ec2.amazonaws.com' }),
      InstanceProfileList: [{}],
    };
    const perRole = (count: number): number => {
      const named = (index: number): string => arn(`role-${(index * 7) % count}`);
      const statements = (index: number): Statement[] => [
        allow({ Action: 'ec2:*' }),
        allow({ Action: ['sts:AssumeRole', 'iam:PassRole'], Resource: named(index) }),
      ];
      return (
        spent(Array.from({ length: count }, (_, index) => role(`role-${index}`, statements(index), trust))) /
        count
      );
    };
    perRole(100);
    // it was four times as much, since all were asked
    expect(perRole(1000)).toBeLessThan(2.5 * perRole(250));
  });

  it('finds those that a pattern may match, in their order', () => {
    const all = ['b', 'app/a', 'app', 'app/b', 'apq'].map((name) => ({ arn: arn(name) }));
    const find = arnIndex(all);
    const names = (...patterns: string[]): string[] =>
      find(patterns).map((each) => each.arn.split('role/')[1] ?? '');
    expect(names(arn('app'))).toEqual(['app']);
    expect(names(arn('app*'))).toEqual(['app/a', 'app', 'app/b']);
    expect(names(arn('app/?'), arn('b'))).toEqual(['b', 'app/a', 'app/b']);
    expect(names(arn('none'), 'arn:aws:iam::*:role/c')).toEqual(['b', 'app/a', 'app', 'app/b', 'apq']);
    expect(names('*')).toHaveLength(5);
    expect(names(arn('none'))).toEqual([]);
    expect(names()).toEqual([]);
  });
});
