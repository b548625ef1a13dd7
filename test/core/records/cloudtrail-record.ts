import type { Activity } from '../../../core/activity/activity.ts';
import { fromCloudTrail } from '../../../core/records/cloudtrail/cloudtrail.ts';

/** A record of a call by an IAM user, made up for tests; `change` replaces top-level members. */
export function cloudTrailRecord(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    eventVersion: '1.11',
    eventID: '0e8a7a52-7c55-4d53-9a5b-3f0a5f1f0001',
    eventTime: '2026-03-02T09:15:30Z',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'RunInstances',
    awsRegion: 'eu-central-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'aws-cli/2.32.3 md/command#ec2.run-instances',
    recipientAccountId: '111122223333',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLEALICE00001',
      arn: 'arn:aws:iam::111122223333:user/alice',
      accountId: '111122223333',
      accessKeyId: 'AKIAEXAMPLEALICE0001',
      userName: 'alice',
    },
    requestParameters: {},
    responseElements: {},
    ...change,
  };
}

/** A role session; `change` replaces members of the identity. */
export function roleIdentity(
  session: string,
  { role = 'Deploy', path = '', ...change }: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLEDEPLOY0001:${session}`,
    arn: `arn:aws:sts::111122223333:assumed-role/${role}/${session}`,
    accountId: '111122223333',
    accessKeyId: 'ASIAEXAMPLEDEPLOY001',
    sessionContext: {
      attributes: { creationDate: '2026-03-02T09:00:00Z', mfaAuthenticated: 'false' },
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLEDEPLOY0001',
        arn: `arn:aws:iam::111122223333:role/${path}${role}`,
        accountId: '111122223333',
        userName: role,
      },
    },
    ...change,
  };
}

/** The activity of a record that must be one. */
export function activityOf(change: Readonly<Record<string, unknown>> = {}): Activity {
  const normalised = fromCloudTrail(cloudTrailRecord(change));
  if (!normalised.ok) throw new Error(`skipped: ${normalised.reason}`);
  return normalised.activity;
}

/** Why a record is skipped; `activity` when it is not. */
export function skipOf(record: unknown): string {
  const normalised = fromCloudTrail(record);
  return normalised.ok ? 'activity' : normalised.reason;
}
