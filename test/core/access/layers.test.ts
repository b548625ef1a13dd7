import { describe, expect, it } from 'vitest';
import { readAuthorization } from '../../../core/access/authorization.ts';
import { evaluator, type Verdict } from '../../../core/access/evaluate.ts';
import { readOrganisation } from '../../../core/access/organisation.ts';
import { ACCOUNT, allow, answer, deny, only, policy, role, type Statement, user } from './subjects.ts';

const LOGIC = 'reference_policies_evaluation-logic_policy-eval-denyallow';
const SAYS: Readonly<Record<string, readonly Statement[]>> = {
  deny: [allow(), deny({ Action: 'ec2:*' })],
  nothing: [allow({ Action: 's3:*' })],
  allow: [allow()],
};
const WAYS = Object.keys(SAYS);

describe(`identity, boundary and one level of SCPs (${LOGIC})`, () => {
  const cases = WAYS.flatMap((identity) =>
    WAYS.flatMap((boundary) => WAYS.map((scp) => [identity, boundary, scp] as const)),
  );
  it.each(cases)('%s, %s, %s', (...layers) => {
    const expected = layers.every((each) => each === 'allow') ? 'allow' : 'deny';
    expect(answer(layers.map((each) => SAYS[each] ?? []))).toBe(expected);
  });
});

const everything = { id: 'p-FullAWSAccess', document: policy(allow()) };
const noLaunch = { id: 'p-no', document: policy(deny({ Action: 'ec2:RunInstances' })) };
const noAssuming = { id: 'p-rcp', document: policy({ ...deny({ Action: 'sts:*' }), Principal: '*' }) };

function judged(
  entry: 'RoleDetailList' | 'UserDetailList',
  principal: object,
  organisation: object | undefined,
  action = 'ec2:RunInstances',
  find?: string,
): Verdict['answer'] {
  const over = readOrganisation(organisation ?? { accounts: {} });
  if (over === undefined) throw new Error('no organisation');
  const { principals } = readAuthorization([{ [entry]: [principal] }], over);
  const found = principals.find(({ arn }) => find === undefined || arn.endsWith(find));
  if (found === undefined) throw new Error('nobody');
  return evaluator().judge(found.subject, { action }).answer;
}

const levels = (...all: object[]) => ({
  accounts: { [ACCOUNT]: all.map((each, index) => ({ level: `level ${index}`, ...each })) },
});
const admin = role('admin', [allow()]);

type Case = readonly [what: string, answer: Verdict['answer'], page: string, of: () => Verdict['answer']];
const roles = (...rest: [organisation: object | undefined, action?: string, find?: string]) =>
  judged('RoleDetailList', admin, ...rest);
const stopped = levels({ policies: [everything, noLaunch] });
const linked = role('aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling', [allow()]);
const permissionSet = role('aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef', [
  allow(),
]);

const CASES: readonly Case[] = [
  ['no organisation is given: before SCPs', 'allow', 'orgs_manage_policies_scps', () => roles(undefined)],
  ['an SCP denies a role', 'deny', 'orgs_manage_policies_scps', () => roles(stopped)],
  [
    'and a permission set',
    'deny',
    'orgs_manage_policies_scps',
    () => judged('RoleDetailList', permissionSet, stopped),
  ],
  [
    'and a user',
    'deny',
    'orgs_manage_policies_scps',
    () => judged('UserDetailList', user('ana', [allow()]), stopped),
  ],
  [
    'and the root user of a member',
    'deny',
    'orgs_manage_policies_scps',
    () => roles(stopped, undefined, ':root'),
  ],
  [
    'the root user may do all else',
    'allow',
    'id_root-user',
    () => roles(stopped, 'ec2:CreateSnapshot', ':root'),
  ],
  [
    'no service-linked role',
    'allow',
    'orgs_manage_policies_scps',
    () => judged('RoleDetailList', linked, stopped),
  ],
  [
    'nobody in the management account',
    'allow',
    'orgs_manage_policies_scps',
    () => roles({ ...stopped, managementAccount: ACCOUNT }),
  ],
  [
    'every level must allow',
    'deny',
    'orgs_manage_policies_scps_evaluation',
    () =>
      roles(
        levels(
          { policies: [everything] },
          { policies: [{ id: 'p', document: policy(allow({ Action: 's3:*' })) }] },
        ),
      ),
  ],
  [
    'policies of one level are taken together',
    'allow',
    'orgs_manage_policies_scps_evaluation',
    () =>
      roles(
        levels({
          policies: [
            { id: 'a', document: policy(allow({ Action: 's3:*' })) },
            { id: 'b', document: policy(allow({ Action: 'ec2:*' })) },
          ],
        }),
      ),
  ],
  [
    'levels that allow one subnet each allow none',
    'deny',
    'orgs_manage_policies_scps_evaluation',
    () =>
      roles(
        levels(
          ...['subnet-a', 'subnet-b'].map((subnet) => ({
            policies: [
              {
                id: subnet,
                document: policy(
                  allow({ NotResource: 'arn:aws:ec2:*:*:subnet/*', Resource: undefined }),
                  allow({ Resource: `arn:aws:ec2:*:*:subnet/${subnet}` }),
                ),
              },
            ],
          })),
        ),
      ),
  ],
  ['a level without policies is not known', 'unknown', 'orgs_manage_policies_scps', () => roles(levels({}))],
  [
    'nor is a document that is missing',
    'unknown',
    'orgs_manage_policies_scps',
    () => roles(levels({ policies: [everything, { id: 'p-gone' }] })),
  ],
  [
    'an RCP stops who would assume a role',
    'deny',
    'orgs_manage_policies_rcps',
    () =>
      roles(
        levels({
          policies: [everything],
          resourcePolicies: [{ id: 'r', document: policy({ ...allow(), Principal: '*' }) }, noAssuming],
        }),
        'sts:AssumeRole',
      ),
  ],
  [
    'EC2 is none of the services of RCPs',
    'allow',
    'orgs_manage_policies_rcps',
    () => roles(levels({ policies: [everything], resourcePolicies: [noAssuming] })),
  ],
  [
    'Auto Scaling is one',
    'deny',
    'orgs_manage_policies_rcps',
    () =>
      roles(
        levels({
          policies: [everything],
          resourcePolicies: [
            { id: 'r', document: policy({ ...deny({ Action: 'autoscaling:*' }), Principal: '*' }) },
          ],
        }),
        'autoscaling:SetDesiredCapacity',
      ),
  ],
];

describe('who is bound by what an organisation lays over an account', () => {
  it.each(CASES)('%s: %s (%s)', (_, expected, page, of) => {
    expect(of(), page).toBe(expected);
  });
});

/** SCPs speak IAM's whole language since September 2025 (orgs_manage_policies_scps_syntax). */
const FULL: readonly (readonly [
  what: string,
  statements: readonly Statement[],
  answer: Verdict['answer'],
])[] = [
  [
    'Allow with a condition',
    [allow(only('StringEquals', 'aws:RequestedRegion', 'eu-west-1'))],
    'conditional',
  ],
  ['Allow of a resource', [allow({ Resource: 'arn:aws:ec2:*:*:*' })], 'allow'],
  ['Allow of one that is not all', [allow({ Resource: 'arn:aws:ec2:*:*:instance/*' })], 'deny'],
  ['Allow by NotAction', [{ Effect: 'Allow', NotAction: 'ec2:RunInstances', Resource: '*' }], 'deny'],
  ['Allow by NotResource', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::*' }], 'allow'],
  ['Deny by NotResource', [allow(), { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::*' }], 'deny'],
  ['Deny by NotAction', [allow(), { Effect: 'Deny', NotAction: 'ec2:*', Resource: '*' }], 'allow'],
  ['a star in the middle', [allow(), deny({ Action: 'ec2:*Instances' })], 'deny'],
  ['a star in front', [allow(), deny({ Action: '*:RunInstances' })], 'deny'],
  [
    'Deny with a condition and NotAction',
    [
      allow(),
      {
        Effect: 'Deny',
        NotAction: ['iam:*', 'sts:*'],
        Resource: '*',
        ...only('StringNotEquals', 'aws:RequestedRegion', 'eu-west-1'),
      },
    ],
    'conditional',
  ],
];

describe('the whole language in an SCP (orgs_manage_policies_scps_syntax)', () => {
  it.each(FULL)('%s', (_, statements, expected) => {
    expect(answer([[allow()], statements])).toBe(expected);
  });
});

/** reference_policies_condition-keys, aws:MultiFactorAuthPresent: absent for long-term keys, false or true in a session. */
const KEYS = 'absent' as const;
const SESSION = ['true'] as const;
const MFA: readonly (readonly [
  effect: 'Allow' | 'Deny',
  operator: string,
  value: string,
  key: Verdict['answer'],
  session: Verdict['answer'],
])[] = [
  ['Allow', 'Bool', 'true', 'deny', 'allow'],
  ['Allow', 'BoolIfExists', 'true', 'allow', 'allow'],
  ['Allow', 'Null', 'false', 'deny', 'allow'],
  ['Deny', 'Bool', 'false', 'allow', 'allow'],
  ['Deny', 'BoolIfExists', 'false', 'deny', 'allow'],
  ['Deny', 'Null', 'true', 'deny', 'allow'],
];

describe('MFA (reference_policies_condition-keys)', () => {
  it.each(MFA)(
    '%s %s %s: with a key %s, with a session that had it %s',
    (Effect, operator, value, key, session) => {
      const statement = { ...allow(only(operator, 'aws:MultiFactorAuthPresent', value)), Effect };
      const layers = [Effect === 'Deny' ? [allow(), statement] : [statement]];
      const given = (known: 'absent' | readonly string[]) =>
        answer(layers, undefined, { 'aws:multifactorauthpresent': known });
      expect([given(KEYS), given(SESSION)]).toEqual([key, session]);
    },
  );
});
