import { type Account, type Estate, HOUR } from '../estate.ts';
import { AGENTS, assume, assumedByService } from '../identities.ts';
import { REGIONS } from '../places.ts';
import { type Random, randomOf } from '../random.ts';
import { someRead } from '../reads.ts';
import { apiCall, type Call, type Caller, type TrailRecord } from '../trail-record.ts';

const call = (service: string, name: string, request: Call['request'], readOnly: boolean): Call => ({
  service,
  name,
  region: REGIONS.home,
  request,
  response: null,
  ...(readOnly && { readOnly: true }),
});

type Habit = (random: Random) => Call;

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/';

/** What each background caller does all day; nothing here is watched. */
const HABITS: Readonly<Record<'functions' | 'monitoring' | 'compliance' | 'servers', readonly Habit[]>> = {
  functions: [
    (random) =>
      call(
        'kms',
        'Decrypt',
        { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', keyId: `${KEY}${random.guid()}` },
        true,
      ),
    (random) =>
      call(
        'logs',
        'CreateLogStream',
        { logGroupName: '/aws/lambda/orders', logStreamName: random.hex(32) },
        false,
      ),
    (random) => call('s3', 'GetBucketLocation', { bucketName: `example-orders-${random.hex(4)}` }, true),
    (random) => call('lambda', 'GetFunction20150331v2', { functionName: `orders-${random.int(1, 9)}` }, true),
  ],
  monitoring: [
    (random) => someRead(random, REGIONS.home),
    (random) => someRead(random, REGIONS.recovery),
    () => call('monitoring', 'DescribeAlarms', { maxRecords: 100 }, true),
    () => call('elasticloadbalancing', 'DescribeTargetHealth', { targetGroupArn: 'web' }, true),
  ],
  compliance: [
    (random) => call('s3', 'GetBucketAcl', { bucketName: `example-data-${random.hex(4)}` }, true),
    () => call('iam', 'ListRoles', { maxItems: 1000 }, true),
    (random) =>
      call(
        'config',
        'PutEvaluations',
        {
          resultToken: '<sensitiveDataRemoved>',
          evaluations: [{ complianceType: random.pick(['COMPLIANT', 'NON_COMPLIANT']) }],
        },
        false,
      ),
  ],
  servers: [
    (random) =>
      call(
        'ssm',
        'UpdateInstanceInformation',
        { instanceId: `i-0${random.hex(16)}`, agentStatus: 'Active' },
        false,
      ),
    (random) => call('secretsmanager', 'GetSecretValue', { secretId: `orders/${random.int(1, 9)}` }, true),
    (random) =>
      call(
        'sts',
        'AssumeRole',
        { roleArn: 'arn:aws:iam::111122223333:role/reader', roleSessionName: random.hex(8) },
        true,
      ),
  ],
};

/** Credentials last some hours, then everybody gets new ones. */
const SPELL = 6 * HOUR;

/** Writes one of the calls that surround what matters, whenever it is asked. */
export function background(estate: Estate, account: Account): (at: number) => TrailRecord {
  const random = randomOf(estate.seed, 'background', account.id);
  const role = (name: string) => estate.role(account.id, name);
  const config = estate.role(
    account.id,
    'AWSServiceRoleForConfig',
    '/aws-service-role/config.amazonaws.com/',
  );
  const [server] = account.servers;
  const callers = (at: number): [Caller, readonly Habit[]][] => [
    [
      assume(random, role('orders-function'), {
        name: 'orders',
        since: at,
        source: `198.51.100.${random.int(1, 60)}`,
        agent: AGENTS.boto3,
      }),
      HABITS.functions,
    ],
    [
      assume(random, role('monitoring-reader'), {
        name: 'monitoring',
        since: at,
        source: '198.51.100.90',
        agent: AGENTS.sdkGo,
      }),
      HABITS.monitoring,
    ],
    [assumedByService(random, config, 'config', 'AWSConfig', at), HABITS.compliance],
    [
      assume(random, role('server'), {
        name: server?.instance ?? 'i-0',
        since: at,
        source: `198.51.100.${random.int(1, 60)}`,
        agent: AGENTS.sdkGo,
        ec2RoleDelivery: '2.0',
        inScopeOf: {
          issuerType: 'AWS::EC2::Instance',
          credentialsIssuedTo: `arn:aws:ec2:${REGIONS.home}:${account.id}:instance/${server?.instance}`,
        },
      }),
      HABITS.servers,
    ],
  ];
  let spell = 0;
  let those: [Caller, readonly Habit[]][] = [];
  return (at) => {
    if (spell !== Math.floor(at / SPELL)) {
      spell = Math.floor(at / SPELL);
      those = callers(spell * SPELL);
    }
    const [caller, habits] = random.pick(those);
    return apiCall(random, caller, at, random.pick(habits)(random));
  };
}
