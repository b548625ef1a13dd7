import { randomUUID } from 'node:crypto';
import { ACCOUNT, REGION } from './moto.ts';

type Json = Readonly<Record<string, unknown>>;

/** A CloudTrail record as the tests write it. */
export type TrailRecord = Json & {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventSource: string;
  readonly eventType: string;
};

const ROOT = {
  type: 'Root',
  principalId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAEXAMPLEROOT00001',
  sessionContext: { attributes: { creationDate: '2026-06-15T11:40:00Z', mfaAuthenticated: 'false' } },
};

/** An API call of the account's root user from its console session, successful unless overridden. */
export function apiCall(eventName: string, overrides: Json = {}): TrailRecord {
  return {
    eventVersion: '1.11',
    userIdentity: ROOT,
    eventTime: '2026-06-15T12:00:00Z',
    eventSource: 'ec2.amazonaws.com',
    eventName,
    awsRegion: REGION,
    sourceIPAddress: '203.0.113.77',
    userAgent: 'aws-cli/2.31.2 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 lang/python#3.13.7',
    requestParameters: null,
    responseElements: null,
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
    ...overrides,
  };
}

/** Eight-GPU instances, launched. */
export const launch = (instanceIds: readonly string[], imageId: string, overrides: Json = {}): TrailRecord =>
  apiCall('RunInstances', {
    requestParameters: {
      instancesSet: { items: [{ imageId, minCount: instanceIds.length, maxCount: instanceIds.length }] },
      instanceType: 'p5.48xlarge',
      monitoring: { enabled: false },
      disableApiTermination: false,
    },
    responseElements: {
      requestId: randomUUID(),
      reservationId: 'r-0123456789abcdef0',
      ownerId: ACCOUNT,
      instancesSet: {
        items: instanceIds.map((instanceId) => ({
          instanceId,
          imageId,
          instanceType: 'p5.48xlarge',
          instanceState: { code: 0, name: 'pending' },
          rootDeviceName: '/dev/xvda',
        })),
      },
    },
    ...overrides,
  });

/** A snapshot made readable by every AWS account. */
export const publicShare = (snapshotId: string, overrides: Json = {}): TrailRecord =>
  apiCall('ModifySnapshotAttribute', {
    eventTime: '2026-06-15T12:05:00Z',
    requestParameters: {
      snapshotId,
      attributeType: 'CREATE_VOLUME_PERMISSION',
      createVolumePermission: { add: { items: [{ group: 'all' }] } },
    },
    responseElements: { requestId: randomUUID(), _return: true },
    ...overrides,
  });

/** Another account made a volume from a snapshot shared with it: no call of ours, so a service event. */
export const sharedSnapshotUsed = (snapshotId: string): TrailRecord =>
  apiCall('SharedSnapshotVolumeCreated', {
    eventTime: '2026-06-15T12:09:00Z',
    userIdentity: { type: 'AWSAccount', accountId: '444455556666', invokedBy: 'ec2.amazonaws.com' },
    sourceIPAddress: 'ec2.amazonaws.com',
    userAgent: 'ec2.amazonaws.com',
    eventType: 'AwsServiceEvent',
    serviceEventDetails: { snapshotId },
    sharedEventID: randomUUID(),
  });

/** What keeps snapshots from being shared publicly, switched off. */
export const guardOff = (overrides: Json = {}): TrailRecord =>
  apiCall('DisableSnapshotBlockPublicAccess', {
    requestParameters: { DisableSnapshotBlockPublicAccessRequest: {} },
    responseElements: { DisableSnapshotBlockPublicAccessResponse: { state: 'unblocked' } },
    ...overrides,
  });

/** An Auto Scaling group told to grow. */
export const setCapacity = (group: string, eventTime: string): TrailRecord =>
  apiCall('SetDesiredCapacity', {
    eventSource: 'autoscaling.amazonaws.com',
    eventTime,
    requestParameters: { autoScalingGroupName: group, desiredCapacity: 8 },
  });

/** A launch that an Auto Scaling group makes. */
export const scaledOut = (group: string, eventTime: string): TrailRecord => {
  const service = 'autoscaling.amazonaws.com';
  const role = 'AWSServiceRoleForAutoScaling';
  const tags = [{ key: 'aws:autoscaling:groupName', value: group }];
  const asked = launch(['i-0123456789abcdef7'], 'ami-0123456789abcdef7');
  return {
    ...asked,
    eventTime,
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLESCALING001:AutoScaling',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/AutoScaling`,
      accountId: ACCOUNT,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROAEXAMPLESCALING001',
          arn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/${service}/${role}`,
          accountId: ACCOUNT,
          userName: role,
        },
      },
      invokedBy: service,
    },
    sourceIPAddress: service,
    userAgent: service,
    requestParameters: {
      ...(asked.requestParameters as Json),
      tagSpecificationSet: { items: [{ resourceType: 'instance', tags }] },
    },
  };
};

/** Nothing of this is Launchtrail's business. */
export const unrelated = (): TrailRecord[] => [
  apiCall('DescribeInstances', { readOnly: true }),
  apiCall('CreateBucket', { eventSource: 's3.amazonaws.com' }),
  apiCall('SwitchRole', { eventSource: 'signin.amazonaws.com', eventType: 'AwsConsoleSignIn' }),
  apiCall('DeleteTags', {
    requestParameters: {
      resourcesSet: { items: [{ resourceId: 'i-1' }] },
      tagSet: { items: [{ key: 'Name' }] },
    },
  }),
];

/** A user who was made; such records are written in us-east-1. */
export const newUser = (overrides: Json = {}): TrailRecord =>
  apiCall('CreateUser', {
    eventSource: 'iam.amazonaws.com',
    awsRegion: 'us-east-1',
    requestParameters: { userName: 'backup' },
    responseElements: { user: { userName: 'backup', userId: 'AIDAEXAMPLEBACKUP001' } },
    ...overrides,
  });

/** A snapshot long ago, by which an account begins to be known. */
export const snapshotAt = (eventTime: string): TrailRecord =>
  apiCall('CreateSnapshot', {
    eventTime,
    requestParameters: { volumeId: 'vol-0123456789abcdef9' },
    responseElements: { snapshotId: 'snap-0123456789abcdef9', volumeId: 'vol-0123456789abcdef9' },
  });
