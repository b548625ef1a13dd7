import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDocument } from '../../core/access/documents.ts';
import { evaluator } from '../../core/access/evaluate.ts';
import type { Print } from './print.ts';
import { runProgram } from './replaying.ts';
import { medianSeconds } from './statistics.ts';

const TRIES = 3;
const SHAPES = [
  { roles: 500, policies: 150 },
  { roles: 5000, policies: 1500 },
];
/** Policies attached to each role: IAM's quota may be raised to twenty. */
const ATTACHED = 20;
/** Characters that IAM lets a managed policy have. */
const LONGEST = 6144;

/** Prints how long `launchtrail access` takes for a large account, beside parsing its file. */
export async function benchAccess({ line, row }: Print): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'launchtrail-access-'));
  try {
    const state = await longHistory(folder);
    line(`Who can launch, ${ATTACHED} policies to each role; middle of ${TRIES} runs`);
    row('', 'MB', 'JSON.parse, s', 'access, s', 'of parsing', 'largest, MB', '--remedy, s', 'largest, MB');
    for (const { roles, policies } of SHAPES) {
      const file = join(folder, `${roles}.json`);
      await writeFile(file, JSON.stringify(listing(roles, policies)));
      const text = await readFile(file, 'utf8');
      const parse = await medianSeconds(TRIES, () => void JSON.parse(text));
      const run = async (...more: string[]): Promise<readonly [seconds: number, peak: number]> => {
        let peak = 0;
        const seconds = await medianSeconds(TRIES, async () => {
          peak = Math.max(peak, await runProgram(['access', file, ...more]));
        });
        return [seconds, peak];
      };
      const [access, peak] = await run('--format', 'json');
      const [remedy, remedyPeak] = await run('--state', state, '--remedy');
      row(
        `${roles} roles, ${policies} policies`,
        (text.length / 1e6).toFixed(1),
        parse.toFixed(2),
        access.toFixed(2),
        (access / parse).toFixed(1),
        String(peak),
        remedy.toFixed(2),
        String(remedyPeak),
      );
    }
    const hostile = await medianSeconds(TRIES, () => judgeHostile());
    row(`a pattern of ${LONGEST} characters`, '', '', `${(hostile * 1000).toFixed(1)} ms`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A state whose history goes back far enough to say that nobody of the listing ever did anything. */
async function longHistory(folder: string): Promise<string> {
  const state = join(folder, 'state.sqlite');
  const records = join(folder, 'records.json');
  await writeFile(records, JSON.stringify({ Records: [oneLaunch(Date.now() - 60 * 86_400_000)] }));
  await runProgram(['replay', records, '--state', state, '--format', 'json']);
  return state;
}

/** A launch by somebody whom the listing does not have. */
function oneLaunch(at: number): object {
  const arn = 'arn:aws:iam::111122223333:user/gone';
  return {
    eventVersion: '1.11',
    eventID: '0b0e1c5e-0000-4000-8000-000000000001',
    eventTime: new Date(at).toISOString().replace(/\.\d+/, ''),
    eventName: 'RunInstances',
    eventSource: 'ec2.amazonaws.com',
    eventType: 'AwsApiCall',
    awsRegion: 'eu-west-1',
    recipientAccountId: '111122223333',
    sourceIPAddress: '192.0.2.1',
    userAgent: 'aws-cli/2.15.0',
    userIdentity: {
      type: 'IAMUser',
      arn,
      accountId: '111122223333',
      principalId: 'AIDAGONE',
      userName: 'gone',
    },
    requestParameters: {
      instanceType: 't3.micro',
      instancesSet: { items: [{ imageId: 'ami-1', minCount: 1, maxCount: 1 }] },
    },
    responseElements: {
      instancesSet: { items: [{ instanceId: 'i-1', imageId: 'ami-1', instanceType: 't3.micro' }] },
    },
  };
}

/** A pattern on which a RegExp would not end, as an action, a resource and a value. */
function judgeHostile(): void {
  const pattern = `*${'a*'.repeat(LONGEST / 2)}`.slice(0, LONGEST - 1);
  const statement = {
    Effect: 'Allow',
    Action: [pattern, 'ec2:*'],
    Resource: [`${pattern}b`, '*'],
    Condition: { StringLike: { 'aws:PrincipalArn': pattern } },
  };
  const document = readDocument({ Version: '2012-10-17', Statement: statement }, 'hostile');
  evaluator().judge(
    {
      partition: 'aws',
      account: '111122223333',
      layers: [{ name: 'identity', documents: [document] }],
      known: { 'aws:principalarn': [`arn:aws:iam::111122223333:role/${'a'.repeat(64)}`] },
    },
    { action: 'ec2:RunInstances' },
  );
}

/** An account as `get-account-authorization-details` writes it: a third of the policies speaks of what is asked for, a fifth on conditions. */
function listing(roles: number, policies: number): object {
  const arn = (index: number): string => `arn:aws:iam::111122223333:policy/policy-${index}`;
  const statements = [
    { Effect: 'Allow', Action: ['ec2:Describe*', 'ec2:Get*'], Resource: '*' },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' },
    {
      Effect: 'Allow',
      Action: ['ec2:RunInstances', 'ec2:CreateTags'],
      Resource: 'arn:aws:ec2:*:*:instance/*',
    },
    { Effect: 'Allow', Action: 'iam:PassRole', Resource: 'arn:aws:iam::111122223333:role/app/*' },
    {
      Effect: 'Allow',
      Action: 'ec2:*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1'] } },
    },
    {
      Effect: 'Deny',
      Action: ['ec2:RunInstances', 'ec2:CreateFleet'],
      Resource: 'arn:aws:ec2:*:*:instance/*',
      Condition: { StringNotLike: { 'ec2:InstanceType': ['t3.*', 'm7g.*'] } },
    },
    { Effect: 'Allow', Action: ['cloudformation:*', 'autoscaling:*'], Resource: '*' },
    { Effect: 'Allow', Action: 'logs:*', Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'dynamodb:*',
      Resource: `arn:aws:dynamodb:*:*:table/\${aws:PrincipalTag/team}-*`,
    },
  ];
  const document = (index: number) => ({
    Version: '2012-10-17',
    Statement: [0, 1, 2, 3, 4].map((each) => {
      const found = (index * 7 + each * each * 5) % 23;
      return (
        statements[found] ?? {
          Effect: 'Allow',
          Action: `sqs:Send${found}`,
          Resource: `arn:aws:sqs:*:*:q${index}`,
        }
      );
    }),
  });
  return {
    RoleDetailList: Array.from({ length: roles }, (_, role) => ({
      Arn: `arn:aws:iam::111122223333:role/app/role-${role}`,
      RoleName: `role-${role}`,
      RoleId: `AROA${role}`,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      RolePolicyList: [],
      AttachedManagedPolicies: Array.from({ length: ATTACHED }, (_, each) => ({
        PolicyArn: arn((role * 31 + each * each * 17 + each) % policies),
      })),
    })),
    Policies: Array.from({ length: policies }, (_, index) => ({
      Arn: arn(index),
      PolicyVersionList: [
        {
          VersionId: 'v1',
          IsDefaultVersion: true,
          Document: encodeURIComponent(JSON.stringify(document(index))),
        },
      ],
    })),
  };
}
