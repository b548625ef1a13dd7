import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../core/access/evaluate.ts';
import { ACCOUNT, allow, answer, deny, only, type Statement } from './subjects.ts';

/**
 * The policies of https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html in words of our own: what AWS says of
 * each is the expected answer.
 */
const ec2 = (rest: string, region = 'us-east-1'): string => `arn:aws:ec2:${region}:${ACCOUNT}:${rest}`;
const image = (id = '*', region = 'us-east-1'): string => `arn:aws:ec2:${region}::image/${id}`;
const run = (Resource: readonly string[], more: Statement = {}): Statement =>
  allow({ Action: 'ec2:RunInstances', Resource, ...more });
const REST = ['network-interface/*', 'security-group/*', 'subnet/*', 'volume/*', 'instance/*'];
const rest = (...without: string[]): string[] =>
  REST.filter((each) => !without.some((name) => each.startsWith(name))).map((each) => ec2(each, '*'));
const anyImage = image('*', '*');

const CASES: readonly (readonly [
  what: string,
  statements: readonly Statement[],
  answer: Verdict['answer'],
  section: string,
  action?: string,
])[] = [
  [
    'an image with a tag',
    [run([anyImage], only('StringEquals', 'ec2:ResourceTag/department', 'dev')), run(rest())],
    'conditional',
    'RunInstances: tagged AMI',
  ],
  [
    'one image by its id',
    [run([image('ami-9e1670f7')]), run(rest())],
    'conditional',
    'RunInstances: AMI by ID',
  ],
  [
    'images of one owner',
    [run([anyImage], only('StringEquals', 'ec2:Owner', 'amazon')), run(rest())],
    'conditional',
    'RunInstances: AMI of an owner',
  ],
  [
    'one type of instance',
    [
      run([ec2('instance/*')], only('StringEquals', 'ec2:InstanceType', ['t2.micro'])),
      run([anyImage, ...rest('instance')]),
    ],
    'conditional',
    'RunInstances: instance type',
  ],
  [
    'one type, asked of everything',
    [run(['*'], only('StringLike', 'ec2:InstanceType', ['t1.*', 't2.*', 'm3.*']))],
    'deny',
    'Condition operators, …IfExists',
  ],
  [
    'one type, where there is one',
    [run(['*'], only('StringLikeIfExists', 'ec2:InstanceType', ['t1.*', 't2.*', 'm3.*']))],
    'conditional',
    'Condition operators, …IfExists',
  ],
  [
    'all but some types, denied of instances',
    [
      run(['*']),
      deny({
        Action: 'ec2:RunInstances',
        Resource: ec2('instance/*', '*'),
        ...only('StringNotEquals', 'ec2:InstanceType', 't2.micro'),
      }),
    ],
    'conditional',
    'SCP: require a type',
  ],
  [
    'all but some types, denied of everything',
    [
      run(['*']),
      deny({ Action: 'ec2:RunInstances', ...only('StringNotEquals', 'ec2:InstanceType', 't2.micro') }),
    ],
    'deny',
    'Condition operators, missing keys',
  ],
  [
    'one subnet',
    [run([ec2('subnet/subnet-12345678')]), run([anyImage, ...rest('subnet')])],
    'conditional',
    'RunInstances: subnet',
  ],
  [
    'one subnet, denied elsewhere by interface',
    [
      run([anyImage, ...rest()]),
      deny({
        Action: 'ec2:RunInstances',
        Resource: ec2('network-interface/*', '*'),
        ...only('ArnNotEquals', 'ec2:Subnet', ec2('subnet/subnet-1')),
      }),
    ],
    'conditional',
    'RunInstances: subnet by interface',
  ],
  [
    'one VPC',
    [
      run([ec2('subnet/*')], only('StringEquals', 'ec2:Vpc', ec2('vpc/vpc-1'))),
      run([anyImage, ...rest('subnet')]),
    ],
    'conditional',
    'RunInstances: VPC',
  ],
  [
    'the subnet is left out',
    [run([anyImage, ...rest('subnet')])],
    'deny',
    'RunInstances: every resource is needed',
  ],
  [
    'the security group is left out',
    [run([anyImage, ...rest('security-group')])],
    'deny',
    'RunInstances: every resource is needed',
  ],
  [
    'the interface is left out',
    [run([anyImage, ...rest('network-interface')])],
    'deny',
    'RunInstances: every resource is needed',
  ],
  ['the image is left out', [run(rest())], 'deny', 'RunInstances: every resource is needed'],
  [
    'volumes are left out: images without EBS',
    [run([anyImage, ...rest('volume')])],
    'conditional',
    'RunInstances: instance store',
  ],
  [
    'only encrypted volumes',
    [run([ec2('volume/*')], only('Bool', 'ec2:Encrypted', 'true')), run([anyImage, ...rest('volume')])],
    'conditional',
    'RunInstances: encrypted volumes',
  ],
  [
    'metadata by tokens alone',
    [
      run(['*']),
      deny({
        Action: 'ec2:RunInstances',
        Resource: ec2('instance/*', '*'),
        ...only('StringNotEquals', 'ec2:MetadataHttpTokens', 'required'),
      }),
    ],
    'conditional',
    'Require IMDSv2',
  ],
  [
    'metadata by tokens, denied of everything',
    [
      run(['*']),
      deny({ Action: 'ec2:RunInstances', ...only('StringNotEquals', 'ec2:MetadataHttpTokens', 'required') }),
    ],
    'deny',
    'Require IMDSv2',
  ],
  [
    'a tag on what is made',
    [
      run([ec2('instance/*')], only('StringEquals', 'aws:RequestTag/owner', 'ana')),
      run([anyImage, ...rest('instance')]),
    ],
    'conditional',
    'RunInstances: tags on creation',
  ],
  [
    'only these tags, or none',
    [run(['*'], only('ForAllValues:StringEquals', 'aws:TagKeys', ['owner']))],
    'conditional',
    'Tag keys',
  ],
  [
    'from a template alone',
    [run(['*'], only('ArnLike', 'ec2:LaunchTemplate', ec2('launch-template/*')))],
    'conditional',
    'Launch templates',
  ],
  [
    'nothing but what the template names',
    [run(['*'], only('Bool', 'ec2:IsLaunchTemplateResource', 'true'))],
    'conditional',
    'Launch templates',
  ],
  [
    'dedicated tenancy',
    [
      run([ec2('instance/*', '*')], only('StringEquals', 'ec2:Tenancy', 'dedicated')),
      run([anyImage, ...rest('instance')]),
    ],
    'conditional',
    'Dedicated instances',
  ],
  [
    'a Region',
    [run(['*'], only('StringEquals', 'ec2:Region', 'eu-central-1'))],
    'conditional',
    'Restrict to a Region',
  ],
  [
    'a Region for instances and another for images',
    [
      run([ec2('instance/*', '*')], only('StringEquals', 'aws:RequestedRegion', 'eu-west-1')),
      run([anyImage, ...rest('instance')], only('StringEquals', 'aws:RequestedRegion', 'us-east-1')),
    ],
    'deny',
    'one request has one Region',
  ],
  [
    'Spot on everything',
    [allow({ Action: 'ec2:RequestSpotInstances' })],
    'allow',
    'Spot',
    'ec2:RequestSpotInstances',
  ],
  [
    'no Spot, by its own call',
    [allow(), deny({ Action: 'ec2:RunInstances' })],
    'allow',
    'Spot',
    'ec2:RequestSpotInstances',
  ],
  [
    'no Spot request as a resource',
    [allow(), deny({ Resource: 'arn:aws:ec2:*:*:spot-instances-request/*' })],
    'deny',
    'Spot',
    'ec2:RequestSpotInstances',
  ],
  [
    'snapshots of a tagged volume',
    [
      allow({
        Action: 'ec2:CreateSnapshot',
        Resource: ec2('volume/*', '*'),
        ...only('StringEquals', 'aws:ResourceTag/team', 'a'),
      }),
      allow({ Action: 'ec2:CreateSnapshot', Resource: 'arn:aws:ec2:*::snapshot/*' }),
    ],
    'conditional',
    'CreateSnapshot',
    'ec2:CreateSnapshot',
  ],
  [
    'snapshots in an ARN with an account',
    [allow({ Action: 'ec2:CreateSnapshot', Resource: [ec2('volume/*', '*'), ec2('snapshot/*', '*')] })],
    'deny',
    'CreateSnapshot',
    'ec2:CreateSnapshot',
  ],
  [
    'a share of one snapshot',
    [allow({ Action: 'ec2:ModifySnapshotAttribute', Resource: 'arn:aws:ec2:*::snapshot/snap-1' })],
    'conditional',
    'ModifySnapshotAttribute',
    'ec2:ModifySnapshotAttribute',
  ],
  [
    'a share with named accounts',
    [
      allow({
        Action: 'ec2:ModifySnapshotAttribute',
        ...only('ForAllValues:StringEquals', 'ec2:Add/userId', ['444455556666']),
      }),
    ],
    'conditional',
    'ModifySnapshotAttribute',
    'ec2:ModifySnapshotAttribute',
  ],
  [
    'an attachment of one volume',
    [allow({ Action: 'ec2:AttachVolume', Resource: [ec2('instance/*', '*'), ec2('volume/vol-1')] })],
    'conditional',
    'AttachVolume',
    'ec2:AttachVolume',
  ],
  [
    'an attachment without instances',
    [allow({ Action: 'ec2:AttachVolume', Resource: ec2('volume/*', '*') })],
    'deny',
    'AttachVolume',
    'ec2:AttachVolume',
  ],
];

/** Rows by what they are about: `it.each` takes their parts for those of one length. */
const named = <T extends readonly [string, ...unknown[]]>(rows: readonly T[]): [string, T][] =>
  rows.map((row) => [row[0], row]);

describe("AWS's own policies for EC2 (ExamplePolicies_EC2)", () => {
  it.each(named(CASES))('%s', (_, [, statements, expected, section, action = 'ec2:RunInstances']) => {
    expect(answer([statements], { action }), section).toBe(expected);
  });
});

const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const PASS: readonly (readonly [
  what: string,
  statements: readonly Statement[],
  answer: Verdict['answer'],
  resource?: string,
])[] = [
  ['any role to anyone', [allow({ Action: 'iam:PassRole' })], 'allow'],
  ['one role', [allow({ Action: 'iam:PassRole', Resource: roleArn('app') })], 'conditional'],
  ['that role', [allow({ Action: 'iam:PassRole', Resource: roleArn('app') })], 'allow', roleArn('app')],
  ['another role', [allow({ Action: 'iam:PassRole', Resource: roleArn('app') })], 'deny', roleArn('admin')],
  [
    'roles of a path',
    [allow({ Action: 'iam:PassRole', Resource: roleArn('app/*') })],
    'allow',
    roleArn('app/web'),
  ],
  [
    'a role of another account',
    [allow({ Action: 'iam:PassRole', Resource: 'arn:aws:iam::444455556666:role/*' })],
    'deny',
  ],
  [
    'to EC2',
    [allow({ Action: 'iam:PassRole', ...only('StringEquals', 'iam:PassedToService', 'ec2.amazonaws.com') })],
    'allow',
  ],
  [
    'to another service',
    [
      allow({
        Action: 'iam:PassRole',
        ...only('StringEquals', 'iam:PassedToService', 'lambda.amazonaws.com'),
      }),
    ],
    'deny',
  ],
  [
    'to services like it',
    [allow({ Action: 'iam:PassRole', ...only('StringLike', 'iam:PassedToService', '*.amazonaws.com') })],
    'allow',
  ],
  [
    'not to EC2',
    [
      allow(),
      deny({ Action: 'iam:PassRole', ...only('StringEquals', 'iam:PassedToService', 'ec2.amazonaws.com') }),
    ],
    'deny',
  ],
  [
    'for instances alone',
    [
      allow({
        Action: 'iam:PassRole',
        ...only('ArnLike', 'iam:AssociatedResourceArn', ec2('instance/*', '*')),
      }),
    ],
    'conditional',
  ],
  [
    'all but one',
    [allow(), deny({ Action: 'iam:PassRole', Resource: roleArn('admin') })],
    'deny',
    roleArn('admin'),
  ],
];

describe('passing a role (id_roles_use_passrole)', () => {
  it.each(named(PASS))('%s', (_, [, statements, expected, resource]) => {
    const request = { 'iam:passedtoservice': ['ec2.amazonaws.com'] };
    expect(answer([statements], { action: 'iam:PassRole', request, ...(resource && { resource }) })).toBe(
      expected,
    );
  });
});

const NAMES: readonly (readonly [
  what: string,
  statements: readonly Statement[],
  answer: Verdict['answer'],
])[] = [
  [
    'its own name',
    [allow({ Action: 'iam:CreateAccessKey', Resource: `arn:aws:iam::${ACCOUNT}:user/\${aws:username}` })],
    'conditional',
  ],
  [
    'a default where there is no value',
    [
      allow({
        Action: 'iam:CreateAccessKey',
        Resource: `arn:aws:iam::${ACCOUNT}:user/\${aws:PrincipalTag/home, '*'}`,
      }),
    ],
    'conditional',
  ],
  [
    'a star that stands for itself',
    [allow({ Action: 'iam:CreateAccessKey', Resource: `arn:aws:iam::${ACCOUNT}:user/\${*}` })],
    'conditional',
  ],
  [
    'a value of a condition',
    [allow({ Action: 'iam:CreateAccessKey', ...only('StringEquals', 'aws:username', `\${aws:username}`) })],
    'allow',
  ],
  [
    'a tag that there is none of',
    [
      allow({
        Action: 'iam:CreateAccessKey',
        ...only('StringEquals', 'aws:username', `\${aws:PrincipalTag/none}`),
      }),
    ],
    'deny',
  ],
];

describe('variables (reference_policies_variables)', () => {
  it.each(named(NAMES))('%s', (_, [, statements, expected]) => {
    const known = { 'aws:username': ['ana'], 'aws:principaltag/': 'absent' as const };
    expect(answer([statements], { action: 'iam:CreateAccessKey' }, known)).toBe(expected);
  });
});
