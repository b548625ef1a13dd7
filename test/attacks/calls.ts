import type { Activity } from '../../core/activity/activity.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { record } from '../cli/desk.ts';

type Json = Record<string, unknown>;

const ACCOUNT = '111122223333';
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Midnight before what is told here. */
export const TODAY = Date.parse('2026-06-15T00:00:00Z');

/** Whoever calls, as `userIdentity` and the like. */
export type Caller = Json;

export const user = (name: string): Caller => ({
  userIdentity: {
    type: 'IAMUser',
    principalId: `AIDA${name.toUpperCase().padEnd(17, '0')}`,
    arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
    accountId: ACCOUNT,
    userName: name,
    accessKeyId: `AKIA${name.toUpperCase().padEnd(16, '0')}`,
  },
});

/** A person behind a role that many share: whoever may assume it makes another by another name of the session. */
export const session = (name: string): Caller => ({
  userIdentity: {
    type: 'AssumedRole',
    principalId: `AROASHARED0000000001:${name}`,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Shared/${name}`,
    accountId: ACCOUNT,
    accessKeyId: 'ASIAEXAMPLESHARED001',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROASHARED0000000001',
        arn: `arn:aws:iam::${ACCOUNT}:role/Shared`,
        accountId: ACCOUNT,
        userName: 'Shared',
      },
    },
  },
});

export interface Call {
  readonly id: string;
  /** ms */
  readonly at: number;
  readonly by: Caller;
}

function call(
  { id, at, by }: Call,
  eventName: string,
  requestParameters: Json,
  responseElements: Json | null = { _return: true },
): Json {
  const eventTime = `${new Date(at).toISOString().slice(0, 19)}Z`;
  return record(id, { ...by, eventTime, eventName, requestParameters, responseElements });
}

export const createKeyPair = (made: Call): Json =>
  call(made, 'CreateKeyPair', { keyName: made.id }, { keyName: made.id, keyPairId: `key-0${made.id}` });

export const createSnapshot = (made: Call, volumeId: string, snapshotId: string): Json =>
  call(made, 'CreateSnapshot', { volumeId }, { snapshotId, volumeId });

export const shareSnapshot = (made: Call, snapshotId: string, userId: string): Json =>
  call(made, 'ModifySnapshotAttribute', {
    snapshotId,
    attributeType: 'CREATE_VOLUME_PERMISSION',
    createVolumePermission: { add: { items: [{ userId }] } },
  });

/** A launch with a disk of a snapshot. */
export const launchFrom = (made: Call, snapshotId: string, instanceId: string, groupId: string): Json =>
  call(
    made,
    'RunInstances',
    {
      instancesSet: { items: [{ imageId: 'ami-0baseimage', minCount: 1, maxCount: 1 }] },
      instanceType: 'm7g.large',
      groupSet: { items: [{ groupId }] },
      blockDeviceMapping: { items: [{ deviceName: '/dev/sdf', ebs: { snapshotId } }] },
    },
    {
      instancesSet: {
        items: [
          {
            instanceId,
            imageId: 'ami-0baseimage',
            instanceType: 'm7g.large',
            groupSet: { items: [{ groupId }] },
          },
        ],
      },
    },
  );

export const launch = (made: Call, instanceType: string, instanceId: string): Json =>
  call(
    made,
    'RunInstances',
    { instancesSet: { items: [{ imageId: 'ami-0baseimage', minCount: 1, maxCount: 1 }] }, instanceType },
    { instancesSet: { items: [{ instanceId, imageId: 'ami-0baseimage', instanceType }] } },
  );

export const openToTheWorld = (made: Call, groupId: string): Json =>
  call(made, 'AuthorizeSecurityGroupIngress', {
    groupId,
    ipPermissions: {
      items: [
        { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } },
      ],
    },
  });

/** Block public access to snapshots switched off, or on again. */
export const guard = (made: Call, on: boolean): Json =>
  on
    ? call(
        made,
        'EnableSnapshotBlockPublicAccess',
        { state: 'block-all-sharing' },
        { snapshotBlockPublicAccessState: 'block-all-sharing' },
      )
    : call(made, 'DisableSnapshotBlockPublicAccess', {}, { snapshotBlockPublicAccessState: 'unblocked' });

/** A launch that is only tried, with as many tags as AWS takes and as much in each as it takes. */
export const dryRun = (made: Call, text: (beginning: string) => string): Json => ({
  ...call(
    made,
    'RunInstances',
    {
      instancesSet: { items: [{ imageId: 'ami-0baseimage', minCount: 1, maxCount: 1 }] },
      instanceType: 't3.micro',
      tagSpecificationSet: {
        items: [
          {
            resourceType: 'instance',
            tags: Array.from({ length: 50 }, () => ({
              key: headOf(text(''), 128),
              value: headOf(text(''), 256),
            })),
          },
        ],
      },
    },
    null,
  ),
  errorCode: 'Client.DryRunOperation',
  errorMessage: 'Request would have succeeded, but DryRun flag is set.',
});

const headOf = (text: string, letters: number): string => [...text].slice(0, letters).join('');

/** What some records are to the detector: those that it watches. */
export const activitiesOf = (records: readonly object[]): Activity[] =>
  records.flatMap((each) => {
    const normalised = fromCloudTrail(each);
    return normalised.ok ? [normalised.activity] : [];
  });
