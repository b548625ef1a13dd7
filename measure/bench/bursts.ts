import { record } from '../../test/cli/desk.ts';

/** A stream of records that all fall on few partition keys. */
export interface Burst {
  readonly name: string;
  readonly records: readonly unknown[];
}

/** Records in each: several times what the detector looks at of one timeline, so that more would cost the same each. */
const RECORDS = 200;
const ACCOUNT = '111122223333';
const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-2'];

/** The bursts that an organisation can make, from everyday to attack. */
export function bursts(): readonly Burst[] {
  const begin = Date.parse('2026-03-02T08:00:00Z');
  const many = (make: (index: number, time: string) => unknown): unknown[] =>
    Array.from({ length: RECORDS }, (_, index) =>
      make(index, new Date(begin + index * 2_000).toISOString().replace('.000Z', 'Z')),
    );
  return [
    {
      name: 'an Auto Scaling group grows by 200',
      records: many((index, eventTime) => launchBy(service, index, eventTime, 'm7g.large')),
    },
    {
      name: 'a role launches 200 ordinary instances',
      records: many((index, eventTime) => launchBy(role, index, eventTime, 'm7g.large')),
    },
    {
      name: 'a stolen key launches 200 GPU instances',
      records: many((index, eventTime) => launchBy({}, index, eventTime, 'g5.12xlarge')),
    },
    {
      name: 'a backup role copies 200 volumes',
      records: many((index, eventTime) =>
        record(`s${index}`, {
          ...role,
          eventTime,
          eventName: 'CreateSnapshot',
          requestParameters: { volumeId: `vol-${hex(index)}` },
          responseElements: { snapshotId: `snap-${hex(index)}`, volumeId: `vol-${hex(index)}` },
        }),
      ),
    },
    {
      name: '200 roles are made by one pipeline',
      records: many((index, eventTime) =>
        record(`r${index}`, {
          ...role,
          eventTime,
          awsRegion: 'us-east-1',
          eventSource: 'iam.amazonaws.com',
          eventName: 'CreateRole',
          requestParameters: { roleName: `stack-${index}` },
          responseElements: {
            role: {
              roleName: `stack-${index}`,
              roleId: `AROA${String(index).padStart(16, '0')}`,
              arn: `arn:aws:iam::${ACCOUNT}:role/stack-${index}`,
            },
          },
        }),
      ),
    },
  ];
}

const hex = (index: number): string => index.toString(16).padStart(17, '0');

function launchBy(
  who: Readonly<Record<string, unknown>>,
  index: number,
  eventTime: string,
  instanceType: string,
): unknown {
  return record(`l${index}`, {
    ...who,
    eventTime,
    awsRegion: who === service || who === role ? 'eu-west-1' : (REGIONS[index % REGIONS.length] as string),
    eventName: 'RunInstances',
    requestParameters: {
      instancesSet: { items: [{ imageId: 'ami-0example', minCount: 1, maxCount: 1 }] },
      instanceType,
      groupSet: { items: [{ groupId: 'sg-0example' }] },
    },
    responseElements: {
      instancesSet: {
        items: [
          {
            instanceId: `i-${hex(index)}`,
            imageId: 'ami-0example',
            instanceType,
            groupSet: { items: [{ groupId: 'sg-0example' }] },
          },
        ],
      },
    },
  });
}

const assumed = (name: string, path: string, session: string) => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE${name.toUpperCase()}:${session}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`,
  accountId: ACCOUNT,
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: `AROAEXAMPLE${name.toUpperCase()}`,
      arn: `arn:aws:iam::${ACCOUNT}:role/${path}${name}`,
      accountId: ACCOUNT,
      userName: name,
    },
  },
});

const role = { userIdentity: assumed('deployer', '', 'pipeline') };

const service = {
  userIdentity: {
    ...assumed('AWSServiceRoleForAutoScaling', 'aws-service-role/autoscaling.amazonaws.com/', 'AutoScaling'),
    invokedBy: 'autoscaling.amazonaws.com',
  },
  sourceIPAddress: 'autoscaling.amazonaws.com',
  userAgent: 'autoscaling.amazonaws.com',
};
