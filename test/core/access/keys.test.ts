import { describe, expect, it } from 'vitest';
import { readAuthorization } from '../../../core/access/authorization.ts';
import { evaluator, type Verdict } from '../../../core/access/evaluate.ts';
import { NO_ORGANISATION } from '../../../core/access/organisation.ts';
import { ACCOUNT, allow, answer, deny, only, policy, role, type Statement, user } from './subjects.ts';

type Case = readonly [what: string, action: string, statements: readonly Statement[], Verdict['answer']];

const tagged = (key: string): Statement => only('StringEquals', key, 'x');
const may = (more: Statement): readonly Statement[] => [allow(more)];
const mayNot = (more: Statement): readonly Statement[] => [allow(), deny(more)];

/** Which keys a request may hold decides between "on condition" and "never" (reference_policies_actions-resources-contextkeys). */
const CASES: readonly Case[] = [
  ['a role has tags', 'iam:AttachRolePolicy', may(tagged('aws:ResourceTag/team')), 'conditional'],
  ['and by the older key', 'iam:PutRolePolicy', may(tagged('iam:ResourceTag/team')), 'conditional'],
  ['a denial by its tags', 'iam:PassRole', mayNot(tagged('aws:ResourceTag/team')), 'conditional'],
  ['a user has tags', 'iam:CreateAccessKey', may(tagged('aws:ResourceTag/team')), 'conditional'],
  ['a policy has tags', 'iam:CreatePolicyVersion', may(tagged('aws:ResourceTag/team')), 'conditional'],
  ['a group has none', 'iam:AttachGroupPolicy', may(tagged('aws:ResourceTag/team')), 'deny'],
  ['a role that is assumed has tags', 'sts:AssumeRole', may(tagged('aws:ResourceTag/team')), 'conditional'],
  ['a stack has tags', 'cloudformation:UpdateStack', may(tagged('aws:ResourceTag/team')), 'conditional'],
  ['a node group has tags', 'eks:UpdateNodegroupConfig', may(tagged('aws:ResourceTag/t')), 'conditional'],
  ['a database has a class', 'rds:CreateDBInstance', may(tagged('rds:DatabaseClass')), 'conditional'],
  [
    'an instance that is there has tags',
    'ec2:StartInstances',
    may(tagged('ec2:ResourceTag/t')),
    'conditional',
  ],
  ['an instance to be made has none', 'ec2:RunInstances', may(tagged('ec2:ResourceTag/t')), 'deny'],
  ['an image has no type of instance', 'ec2:RunInstances', may(tagged('ec2:InstanceType')), 'deny'],
  ...['ec2:RoleDelivery', 'ec2:SourceInstanceARN'].flatMap((key): Case[] => [
    [`${key} is of credentials, not of EC2`, 'ec2:RunInstances', may(tagged(key)), 'conditional'],
    [`${key} denies some`, 'ec2:RunInstances', mayNot(tagged(key)), 'conditional'],
    [`${key} of another service's call`, 'iam:PassRole', may(tagged(key)), 'conditional'],
  ]),
  [
    'lambda:SourceFunctionArn',
    'lambda:CreateFunction',
    may(tagged('lambda:SourceFunctionArn')),
    'conditional',
  ],
  ['glue:RoleAssumedBy', 'glue:CreateJob', may(tagged('glue:RoleAssumedBy')), 'conditional'],
  ['a key that no call has', 'ec2:RunInstances', may(tagged('ec2:NoSuchKey')), 'deny'],
];

describe('keys that a request may hold', () => {
  it.each(CASES)('%s: %s', (_, action, statements, expected) => {
    expect(answer([statements], { action })).toBe(expected);
  });

  it.each(['aws:ResourceAccount', 'aws:ResourceOrgID'])('%s differs between image and subnet', (key) => {
    const of = (owner: string, ...Resource: string[]) =>
      allow({ Action: 'ec2:RunInstances', Resource, ...only('StringEquals', key, owner) });
    const others = ['instance', 'network-interface', 'security-group', 'subnet', 'volume'];
    const statements = [
      of('theirs', 'arn:aws:ec2:*::image/*'),
      of('ours', ...others.map((type) => `arn:aws:ec2:*:*:${type}/*`)),
    ];
    expect(answer([statements])).toBe('conditional');
    expect(answer([statements.slice(1)])).toBe('deny');
  });

  it('a shell on an instance asks for the instance', () => {
    const on = (Resource: string) => answer([[allow({ Resource })]], { action: 'ssm:StartSession' });
    expect(on('arn:aws:ec2:*:*:instance/*')).toBe('allow');
    expect(on('arn:aws:ec2:eu-west-1:111122223333:instance/i-1')).toBe('conditional');
    expect(on('arn:aws:ecs:*:*:task/*')).toBe('deny');
  });

  it.each(['ec2:SourceInstanceARN', 'ec2:RoleDelivery', 'lambda:SourceFunctionArn'])(
    '%s is in no request of a user',
    (key) => {
      const statements = [allow(only('Null', key, 'false'))];
      const page = { RoleDetailList: [role('ana', statements)], UserDetailList: [user('bob', statements)] };
      const answers = readAuthorization([page], NO_ORGANISATION).principals.map(
        ({ kind, subject }) => `${kind} ${evaluator().judge(subject, { action: 'ec2:RunInstances' }).answer}`,
      );
      expect(answers).toEqual(['user deny', 'role conditional', 'root allow']);
    },
  );

  it('a default of a variable stands in quotes; one that does not end is none', () => {
    const at = (name: string) =>
      answer(
        [[allow({ Resource: `arn:aws:iam::${ACCOUNT}:role/\${aws:PrincipalTag/team${name}}-*` })]],
        {
          action: 'iam:AttachRolePolicy',
        },
        { 'aws:principaltag/team': 'absent' },
      );
    expect(at(", 'app'")).toBe('conditional');
    expect(at(", ' '  ")).toBe('conditional');
    for (const none of ['', ", 'app", ', app', ", '"]) expect(at(none), none).toBe('deny');
  });

  it('the version of a managed policy that is in force may be named by its id alone', () => {
    const Arn = `arn:aws:iam::${ACCOUNT}:policy/P`;
    const versions = [
      { VersionId: 'v1', Document: policy(allow()) },
      { VersionId: 'v2', Document: policy(allow({ Action: 's3:*' })) },
    ];
    const launches = (DefaultVersionId?: string) => {
      const page = {
        RoleDetailList: [role('app', [], { AttachedManagedPolicies: [{ PolicyArn: Arn }] })],
        Policies: [{ Arn, DefaultVersionId, PolicyVersionList: versions }],
      };
      const [it] = readAuthorization([page], NO_ORGANISATION).principals;
      return it && evaluator().judge(it.subject, { action: 'ec2:RunInstances' }).answer;
    };
    expect([launches('v1'), launches('v2'), launches()]).toEqual(['allow', 'deny', 'unknown']);
  });
});
