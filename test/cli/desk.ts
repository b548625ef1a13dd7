import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../cli/main.ts');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line in a process of its own. */
export function launchtrail(
  args: readonly string[],
  { stdin = '' }: { stdin?: string | Buffer } = {},
): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [MAIN, ...args]);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
    child.stdin.on('error', () => {}); // a child that ends without reading closes its end
    child.on('error', fail);
    child.on('close', (code) => {
      done({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
    child.stdin.end(stdin);
  });
}

/** A folder that goes away with the test. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'launchtrail-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ACCOUNT = '111122223333';

/** A CloudTrail record; what matters is given, the rest is usual. */
export function record(id: string, over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    eventVersion: '1.09',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLEALICE',
      arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
      accountId: ACCOUNT,
      userName: 'alice',
      accessKeyId: 'AKIAEXAMPLEALICE',
    },
    eventTime: '2026-03-02T10:00:00Z',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'DescribeInstances',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.20.0',
    requestParameters: {},
    responseElements: null,
    readOnly: false,
    eventID: id,
    eventType: 'AwsApiCall',
    recipientAccountId: ACCOUNT,
    ...over,
  };
}

/** A snapshot shared with everyone: CRITICAL without any history. */
export const publicShare = (id: string, eventTime = '2026-03-02T10:00:00Z') =>
  record(id, {
    eventTime,
    eventName: 'ModifySnapshotAttribute',
    requestParameters: {
      snapshotId: `snap-0${id}`,
      attributeType: 'CREATE_VOLUME_PERMISSION',
      createVolumePermission: { add: { items: [{ group: 'all' }] } },
    },
    responseElements: { _return: true },
  });

/** A launch of one small instance. */
export const launch = (id: string, eventTime = '2026-03-02T10:00:00Z') =>
  record(id, {
    eventTime,
    eventName: 'RunInstances',
    requestParameters: {
      instancesSet: { items: [{ imageId: 'ami-0example', minCount: 1, maxCount: 1 }] },
      instanceType: 't3.micro',
    },
    responseElements: { instancesSet: { items: [{ instanceId: `i-0${id}`, imageId: 'ami-0example' }] } },
  });
