import type { ResourceType } from '../core/activity/resources.ts';

/**
 * What a real id looks like. Ids in a record are text that someone may have chosen; only those that match are put into
 * a command, a tag or an ARN. EC2 ids have 8 or 17 hexadecimal digits; lengths between are allowed for private clouds.
 */
const EC2_ID = (prefix: string): RegExp => new RegExp(`^${prefix}-[0-9a-f]{8,17}$`);

const INSTANCE = EC2_ID('i');
const SNAPSHOT = EC2_ID('snap');
const IMAGE = EC2_ID('ami');
const VOLUME = EC2_ID('vol');
const SECURITY_GROUP = EC2_ID('sg');
const FLEET = /^(fleet|sfr)-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Of a database snapshot or cluster snapshot; RDS allows nothing else. */
const DB_SNAPSHOT = /^[a-zA-Z](?:[a-zA-Z0-9]|-(?!-)){0,254}$/;
const USER_NAME = /^[\w+=,.@-]{1,64}$/;
/** Auto Scaling takes nearly any name; these are the usual ones. */
const GROUP_NAME = /^[\w.@+=,/-]{1,255}$/;
const ACCOUNT = /^\d{12}$/;
/** e.g. `eu-west-1`, `us-gov-east-1`, `us-isob-east-1`. */
const REGION = /^[a-z]{2,4}(-[a-z]{2,12}){1,3}-\d{1,2}$/;
/** Long-lived keys only: temporary ones cannot be switched off by id. */
const LONG_LIVED_KEY = /^AKIA[A-Z2-7]{16}$/;
const ORGANISATION = /^arn:aws[a-z-]*:organizations::\d{12}:(organization|ou)\/[a-z0-9/-]{12,80}$/;
/** A user or role with its path, as IAM allows names. */
const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(user|role)\/(?:[!-~]{0,512}\/)?([\w+=,.@-]{1,128})$/;

export const isInstanceId = (text: string): boolean => INSTANCE.test(text);
export const isSnapshotId = (text: string): boolean => SNAPSHOT.test(text);
export const isVolumeId = (text: string): boolean => VOLUME.test(text);
export const isSecurityGroupId = (text: string): boolean => SECURITY_GROUP.test(text);
export const isFleetId = (text: string): boolean => FLEET.test(text);
export const isDbSnapshotName = (text: string): boolean => DB_SNAPSHOT.test(text);
export const isGroupName = (text: string): boolean => GROUP_NAME.test(text);
export const isUserName = (text: string): boolean => USER_NAME.test(text);
export const isImageId = (text: string): boolean => IMAGE.test(text);
export const isAccountId = (text: string): boolean => ACCOUNT.test(text);
export const isRegion = (text: string): boolean => REGION.test(text);
export const isLongLivedKey = (text: string): boolean => LONG_LIVED_KEY.test(text);
export const isOrganisationArn = (text: string): boolean => ORGANISATION.test(text);

/** Sort and name of a user's or role's ARN; undefined for anything else. */
export function principalOf(arn: string | undefined): { sort: 'user' | 'role'; name: string } | undefined {
  const match = arn === undefined ? null : PRINCIPAL.exec(arn);
  const [, sort, name] = match ?? [];
  return name === undefined ? undefined : { sort: sort === 'user' ? 'user' : 'role', name };
}

/** How the Regions of each partition but `aws` begin. Source: `partitions.json` of botocore, `regionRegex`. */
const PARTITIONS: readonly (readonly [region: RegExp, partition: string])[] = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/^eusc-/, 'aws-eusc'],
  [/^us-iso-/, 'aws-iso'],
  [/^us-isob-/, 'aws-iso-b'],
  [/^eu-isoe-/, 'aws-iso-e'],
  [/^us-isof-/, 'aws-iso-f'],
];

/** Partition a Region belongs to. */
export const partitionOf = (region: string): string =>
  PARTITIONS.find(([regions]) => regions.test(region))?.[1] ?? 'aws';

const EC2_ARN: Partial<Record<ResourceType, { readonly path: string; readonly id: RegExp }>> = {
  instance: { path: 'instance', id: INSTANCE },
  snapshot: { path: 'snapshot', id: SNAPSHOT },
  image: { path: 'image', id: IMAGE },
  volume: { path: 'volume', id: VOLUME },
  'security-group': { path: 'security-group', id: SECURITY_GROUP },
  'network-interface': { path: 'network-interface', id: EC2_ID('eni') },
  'launch-template': { path: 'launch-template', id: EC2_ID('lt') },
};

/** ARN of an EC2 resource, or undefined where its id is not a plain EC2 id. Snapshots and images carry no account. */
export function ec2Arn(type: ResourceType, id: string, region: string, account: string): string | undefined {
  const known = EC2_ARN[type];
  if (known === undefined || !known.id.test(id) || !isRegion(region) || !isAccountId(account))
    return undefined;
  const owner = type === 'snapshot' || type === 'image' ? '' : account;
  return `arn:${partitionOf(region)}:ec2:${region}:${owner}:${known.path}/${id}`;
}

/** One word for a POSIX shell, whatever is in it; safe words stay readable. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
