import { describe, expect, it } from 'vitest';
import type { Known } from '../../../core/access/conditions.ts';
import { readDocument } from '../../../core/access/documents.ts';
import { evaluator, type Verdict } from '../../../core/access/evaluate.ts';

type Statement = Readonly<Record<string, unknown>>;

const layer = (name: string, ...statements: Statement[]) => ({
  name,
  documents: [readDocument({ Version: '2012-10-17', Statement: statements }, name)],
});
const allow = (more: Statement = {}): Statement => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more });
const deny = (more: Statement = {}): Statement => ({ ...allow(more), Effect: 'Deny' });

function verdict(
  layers: readonly (readonly Statement[])[],
  {
    action = 'ec2:RunInstances',
    known = {},
  }: { action?: string; known?: Readonly<Record<string, Known>> } = {},
): Verdict {
  return evaluator().judge(
    {
      partition: 'aws',
      account: '111122223333',
      layers: layers.map((statements, index) => layer(`layer ${index}`, ...statements)),
      known,
    },
    { action },
  );
}

type Case = readonly [
  what: string,
  layers: readonly (readonly Statement[])[],
  answer: Verdict['answer'],
  page: string,
];

const LOGIC = 'reference_policies_evaluation-logic_policy-eval-denyallow';
const SCP = 'orgs_manage_policies_scps_evaluation';
const ACTION = 'reference_policies_elements_action';
const NOT_ACTION = 'reference_policies_elements_notaction';
const RESOURCE = 'reference_policies_elements_resource';
const NOT_RESOURCE = 'reference_policies_elements_notresource';
const OPERATORS = 'reference_policies_elements_condition_operators';
const MULTIPLE = 'reference_policies_condition-single-vs-multi-valued-context-keys';
const EC2 = 'ExamplePolicies_EC2';

const arn = (rest: string): string => `arn:aws:ec2:*:111122223333:${rest}`;
const owned = ['instance/*', 'network-interface/*', 'security-group/*', 'subnet/*', 'volume/*'].map(arn);
const image = 'arn:aws:ec2:*::image/*';
const only = (operator: string, key: string, value: unknown): Statement => ({
  Condition: { [operator]: { [key]: value } },
});
const typed = (operator: string): Statement => only(operator, 'ec2:InstanceType', ['t3.micro']);

const CASES: readonly Case[] = [
  ['nothing allows', [[]], 'deny', LOGIC],
  ['a statement allows', [[allow()]], 'allow', LOGIC],
  ['a deny stands beside an allow', [[allow(), deny()]], 'deny', LOGIC],
  ['the order of statements changes nothing', [[deny(), allow()]], 'deny', LOGIC],
  ['a boundary allows nothing', [[allow()], []], 'deny', 'access_policies_boundaries'],
  ['a boundary grants nothing', [[], [allow()]], 'deny', 'access_policies_boundaries'],
  ['identity and boundary allow', [[allow()], [allow()]], 'allow', 'access_policies_boundaries'],
  [
    'a boundary denies',
    [[allow()], [allow(), deny({ Action: 'ec2:*' })]],
    'deny',
    'access_policies_boundaries',
  ],
  ['one level of SCPs lacks the allow', [[allow()], [allow()], [], [allow()]], 'deny', SCP],
  ['all levels of SCPs allow', [[allow()], [allow()], [allow()], [allow()]], 'allow', SCP],
  ['an SCP of the root denies', [[allow()], [allow(), deny()], [allow()]], 'deny', SCP],
  [
    'an SCP denies outside a Region',
    [[allow()], [allow(), deny(only('StringNotEquals', 'aws:RequestedRegion', 'eu-west-1'))]],
    'conditional',
    'orgs_manage_policies_scps_syntax',
  ],
  [
    'an SCP allows by NotAction',
    [[allow()], [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }]],
    'allow',
    'orgs_manage_policies_scps_syntax',
  ],
  [
    'an SCP has a star within an action',
    [[allow()], [allow(), deny({ Action: 'ec2:*Instances' })]],
    'deny',
    'orgs_manage_policies_scps_syntax',
  ],
  ['an action is in another case', [[allow({ Action: 'EC2:runinstances' })]], 'allow', ACTION],
  ['an action has a star', [[allow({ Action: 'ec2:Run*' })]], 'allow', ACTION],
  ['an action has a question mark', [[allow({ Action: 'ec2:RunInstance?' })]], 'allow', ACTION],
  ['a question mark is not nothing', [[allow({ Action: 'ec2:RunInstances?' })]], 'deny', ACTION],
  ['an action is another', [[allow({ Action: 'ec2:Describe*' })]], 'deny', ACTION],
  ['an action has a space', [[allow({ Action: 'ec2:RunInstances ' })]], 'deny', ACTION],
  ['a list has no action', [[allow({ Action: [] })]], 'deny', ACTION],
  [
    'NotAction spares another service',
    [[{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }]],
    'allow',
    NOT_ACTION,
  ],
  ['NotAction names it', [[{ Effect: 'Allow', NotAction: ['ec2:Run*'], Resource: '*' }]], 'deny', NOT_ACTION],
  [
    'a deny of NotAction spares it',
    [[allow(), { Effect: 'Deny', NotAction: 'ec2:*', Resource: '*' }]],
    'allow',
    NOT_ACTION,
  ],
  ['each type that it needs is allowed', [[allow({ Resource: [...owned, image] })]], 'allow', EC2],
  ['the image is not', [[allow({ Resource: owned })]], 'deny', EC2],
  ...owned
    .slice(0, 4)
    .map(
      (each): Case => [
        `${each} is not`,
        [[allow({ Resource: [...owned.filter((one) => one !== each), image] })]],
        'deny',
        EC2,
      ],
    ),
  [
    'no volume: an image without EBS',
    [[allow({ Resource: [...owned.slice(0, 4), image] })]],
    'conditional',
    EC2,
  ],
  [
    'statements cover the types together',
    [[allow({ Resource: owned }), allow({ Resource: image })]],
    'allow',
    EC2,
  ],
  ['an ARN of images has an account', [[allow({ Resource: [...owned, arn('image/*')] })]], 'deny', EC2],
  ['one image', [[allow({ Resource: [...owned, 'arn:aws:ec2:*::image/ami-0123'] })]], 'conditional', EC2],
  ['one Region', [[allow({ Resource: 'arn:aws:ec2:eu-west-1:*' })]], 'conditional', RESOURCE],
  ['everything of EC2', [[allow({ Resource: 'arn:aws:ec2:*' })]], 'allow', RESOURCE],
  ['another service', [[allow({ Resource: 'arn:aws:s3:::*' })]], 'deny', RESOURCE],
  ['names of resources know case', [[allow({ Resource: 'arn:aws:EC2:*' })]], 'deny', RESOURCE],
  ['a deny of one subnet', [[allow(), deny({ Resource: arn('subnet/subnet-1') })]], 'conditional', RESOURCE],
  ['a deny of all subnets', [[allow(), deny({ Resource: arn('subnet/*') })]], 'deny', RESOURCE],
  [
    'NotResource spares a bucket',
    [[{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::b' }]],
    'allow',
    NOT_RESOURCE,
  ],
  [
    'NotResource names instances',
    [[{ Effect: 'Allow', Action: '*', NotResource: arn('instance/*') }]],
    'deny',
    NOT_RESOURCE,
  ],
  [
    'a deny of NotResource spares EC2',
    [[allow(), { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:ec2:*' }]],
    'allow',
    NOT_RESOURCE,
  ],
  ['a key that images lack: nobody launches', [[allow(typed('StringLike'))]], 'deny', OPERATORS],
  ['…IfExists lets them pass', [[allow(typed('StringLikeIfExists'))]], 'conditional', OPERATORS],
  ['a negated deny on everything denies all', [[allow(), deny(typed('StringNotEquals'))]], 'deny', OPERATORS],
  [
    'a negated deny on instances',
    [[allow(), deny({ ...typed('StringNotEquals'), Resource: arn('instance/*') })]],
    'conditional',
    OPERATORS,
  ],
  [
    'Null true of a key that images lack',
    [[allow(), deny({ ...only('Null', 'ec2:InstanceType', 'true'), Resource: image })]],
    'deny',
    OPERATORS,
  ],
  [
    'Null false of it',
    [[allow(), deny({ ...only('Null', 'ec2:InstanceType', 'false'), Resource: image })]],
    'allow',
    OPERATORS,
  ],
  [
    'ForAllValues of an absent key',
    [
      [
        allow({ ...only('ForAllValues:StringEquals', 'ec2:InstanceType', 'a'), Resource: image }),
        allow({ Resource: owned }),
      ],
    ],
    'allow',
    MULTIPLE,
  ],
  [
    'ForAnyValue of an absent key',
    [
      [
        allow({ ...only('ForAnyValue:StringEquals', 'ec2:InstanceType', 'a'), Resource: image }),
        allow({ Resource: owned }),
      ],
    ],
    'deny',
    MULTIPLE,
  ],
  [
    'MFA asked for',
    [[allow(only('Bool', 'aws:MultiFactorAuthPresent', 'true'))]],
    'conditional',
    'reference_policies_condition-keys',
  ],
  [
    'a key of another request alone',
    [[allow(only('StringEquals', 'aws:SourceIp', '192.0.2.1'))]],
    'conditional',
    'reference_policies_condition-keys',
  ],
  ...(
    [
      ['an Allow that ended years ago', 'DateLessThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z', 'deny'],
      [
        'an Allow that ends years on',
        'DateLessThan',
        'aws:CurrentTime',
        '2090-01-01T00:00:00Z',
        'conditional',
      ],
      [
        'an Allow that began years ago',
        'DateGreaterThan',
        'aws:CurrentTime',
        '2020-01-01T00:00:00Z',
        'allow',
      ],
      [
        'an Allow that begins years on',
        'DateGreaterThan',
        'aws:CurrentTime',
        '2090-01-01T00:00:00Z',
        'conditional',
      ],
      ['the same by seconds', 'NumericLessThan', 'aws:EpochTime', '1577836800', 'deny'],
      ['an Allow where there is no time, which there always is', 'Null', 'aws:CurrentTime', 'true', 'deny'],
      ['sessions of years ago', 'DateLessThan', 'aws:TokenIssueTime', '2020-01-01T00:00:00Z', 'deny'],
      [
        'sessions since years ago, and none without one',
        'DateGreaterThan',
        'aws:TokenIssueTime',
        '2020-01-01T00:00:00Z',
        'conditional',
      ],
      [
        'either of them, or none',
        'DateGreaterThanIfExists',
        'aws:TokenIssueTime',
        '2020-01-01T00:00:00Z',
        'allow',
      ],
    ] as const
  ).map(
    ([what, operator, key, value, answer]): Case => [
      what,
      [[allow(only(operator, key, value))]],
      answer,
      'reference_policies_condition-keys',
    ],
  ),
  [
    'an Allow from a time on that a Deny ends: between them',
    [
      [
        allow(only('DateGreaterThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z')),
        deny(only('DateGreaterThan', 'aws:CurrentTime', '2090-01-01T00:00:00Z')),
      ],
    ],
    'conditional',
    'reference_policies_condition-keys',
  ],
  [
    'a Deny since years ago',
    [[allow(), deny(only('DateGreaterThan', 'aws:CurrentTime', '2020-01-01T00:00:00Z'))]],
    'deny',
    'reference_policies_condition-keys',
  ],
  [
    'an operator that is none',
    [[allow(only('StringIs', 'aws:SourceIp', '192.0.2.1'))]],
    'unknown',
    OPERATORS,
  ],
  [
    'a deny by an operator that is none',
    [[allow(), deny(only('StringIs', 'aws:SourceIp', '192.0.2.1'))]],
    'unknown',
    OPERATORS,
  ],
  [
    'a Principal in a policy of an identity',
    [[allow({ Principal: '*' })]],
    'unknown',
    'reference_policies_elements_principal',
  ],
];

describe('whether a call is allowed', () => {
  it.each(CASES)('%s', (_, layers, answer, page) => {
    expect(verdict(layers).answer, page).toBe(answer);
  });

  it('names the statement that decides', () => {
    expect(verdict([[allow(), deny({ Sid: 'NoLaunch' })]]).because).toEqual([
      'denied by layer 0, statement NoLaunch',
    ]);
    expect(verdict([[allow()], []]).because[0]).toMatch(/^layer 1 allows no ec2:runinstances on /);
  });
});

type ConditionCase = readonly [operator: string, wanted: unknown, value: Known, answer: Verdict['answer']];
const V: readonly string[] = ['x'];

/** Each of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const CONDITIONS: readonly ConditionCase[] = [
  ['StringEquals', 'x', V, 'allow'],
  ['StringEquals', 'X', V, 'deny'],
  ['StringEquals', ['y', 'x'], V, 'allow'],
  ['StringEquals', 'x', 'absent', 'deny'],
  ['StringEqualsIfExists', 'x', 'absent', 'allow'],
  ['StringNotEquals', ['y', 'x'], V, 'deny'],
  ['StringNotEquals', 'x', 'absent', 'allow'],
  ['StringEqualsIgnoreCase', 'X', V, 'allow'],
  ['StringNotEqualsIgnoreCase', 'X', V, 'deny'],
  ['StringLike', '?', V, 'allow'],
  ['StringNotLike', '*', V, 'deny'],
  ['StringEquals', '*', V, 'deny'],
  ['StringEquals', 'x', ['x', 'x'], 'deny'],
  ['ForAllValues:StringEquals', 'x', ['x', 'y'], 'deny'],
  ['ForAnyValue:StringEquals', 'x', ['x', 'y'], 'allow'],
  ['ForAllValues:StringEquals', 'x', 'absent', 'allow'],
  ['NumericEquals', '5', ['5.0'], 'allow'],
  ['NumericNotEquals', '5', ['6'], 'allow'],
  ['NumericLessThan', '5', ['5'], 'deny'],
  ['NumericLessThanEquals', '5', ['5'], 'allow'],
  ['NumericGreaterThan', '5', ['5'], 'deny'],
  ['NumericGreaterThanEquals', '5', ['5'], 'allow'],
  ['DateEquals', '2026-01-01T00:00:00Z', ['2026-01-01T00:00:00Z'], 'allow'],
  ['DateNotEquals', '2026-01-01T00:00:00Z', ['2026-01-02T00:00:00Z'], 'allow'],
  ['DateLessThan', '2026-01-02T00:00:00Z', ['2026-01-01T00:00:00Z'], 'allow'],
  ['DateLessThanEquals', '2026-01-01T00:00:00Z', ['2026-01-02T00:00:00Z'], 'deny'],
  ['DateGreaterThan', '0', ['2026-01-01T00:00:00Z'], 'allow'],
  ['DateGreaterThanEquals', '2026-01-02T00:00:00Z', ['2026-01-01T00:00:00Z'], 'deny'],
  ['Bool', 'TRUE', ['true'], 'allow'],
  ['Bool', 'false', ['true'], 'deny'],
  ['BinaryEquals', 'QmFzZTY0', ['QmFzZTY0'], 'allow'],
  ['IpAddress', '192.0.2.7/24', ['192.0.2.9'], 'allow'],
  ['NotIpAddress', '192.0.2.0/24', ['198.51.100.1'], 'allow'],
  ['NotIpAddress', '192.0.2.0/24', ['no address'], 'deny'],
  ['IpAddress', '2001:db8::1/32', ['2001:db8::9'], 'deny'],
  ['IpAddress', '2001:db8::/32', ['2001:db8::9'], 'allow'],
  ['ArnLike', 'arn:aws:iam::*:role/a*', ['arn:aws:iam::111122223333:role/ab'], 'allow'],
  ['ArnEquals', 'arn:aws:*', ['arn:aws:iam::111122223333:role/ab'], 'deny'],
  ['ArnNotLike', 'arn:aws:iam::*:role/a*', ['arn:aws:iam::111122223333:role/b'], 'allow'],
  ['ArnNotEquals', 'arn:aws:iam::*:role/a*', ['arn:aws:iam::111122223333:role/a'], 'deny'],
  ['Null', 'true', 'absent', 'allow'],
  ['Null', 'true', V, 'deny'],
  ['Null', 'false', V, 'allow'],
];

describe('whether a condition holds', () => {
  it.each(CONDITIONS)('%s %j of %j: %s', (operator, wanted, value, answer) => {
    const ask = [[allow(only(operator, 'aws:Asked', wanted))]];
    expect(verdict(ask, { known: { 'aws:asked': value } }).answer).toBe(answer);
  });

  it('fills in what is known of a user', () => {
    const ask = [[allow({ Resource: `arn:aws:iam::111122223333:user/\${aws:username}` })]];
    const known = { 'aws:username': ['ana'] };
    expect(verdict(ask, { action: 'iam:PutUserPolicy', known }).answer).toBe('conditional');
    expect(verdict(ask, { action: 'iam:PutUserPolicy', known: { 'aws:username': 'absent' } }).answer).toBe(
      'deny',
    );
  });
});
