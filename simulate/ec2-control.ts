import { type Place, resourceId } from './places.ts';
import type { Random } from './random.ts';
import type { Call, Json } from './trail-record.ts';

const ec2 = (region: string, name: string, request: Json, response: Json | null): Call => ({
  service: 'ec2',
  name,
  region,
  request,
  response,
});

const DONE = { _return: true };

const STATES = {
  RunningInstances: { code: 16, name: 'running' },
  StartInstances: { code: 0, name: 'pending' },
  StopInstances: { code: 64, name: 'stopping' },
  TerminateInstances: { code: 32, name: 'shutting-down' },
} as const;

/** `StartInstances`, `StopInstances` or `TerminateInstances`. */
export function changeState(
  name: 'StartInstances' | 'StopInstances' | 'TerminateInstances',
  region: string,
  instances: readonly string[],
): Call {
  const previousState = name === 'StartInstances' ? { code: 80, name: 'stopped' } : STATES.RunningInstances;
  return ec2(
    region,
    name,
    {
      instancesSet: { items: instances.map((instanceId) => ({ instanceId })) },
      ...(name === 'StopInstances' && { force: false }),
    },
    {
      instancesSet: {
        items: instances.map((instanceId) => ({ instanceId, currentState: STATES[name], previousState })),
      },
    },
  );
}

export function createSecurityGroup(
  random: Random,
  place: Place,
  name: string,
  description: string,
): { readonly call: Call; readonly group: { readonly id: string; readonly name: string } } {
  const id = resourceId(random, 'sg');
  const call = ec2(
    place.region,
    'CreateSecurityGroup',
    { groupName: name, groupDescription: description, vpcId: place.vpc },
    { ...DONE, groupId: id },
  );
  return { call, group: { id, name } };
}

export const deleteSecurityGroup = (region: string, groupId: string): Call =>
  ec2(region, 'DeleteSecurityGroup', { groupId }, DONE);

/** The nested shape the console and Terraform send, or the flat one of older command-line calls. */
export function openIngress(
  random: Random,
  place: Place,
  rule: { readonly group: string; readonly port: number; readonly cidr: string; readonly flat?: true },
): Call {
  const { group, port, cidr } = rule;
  const six = cidr.includes(':');
  const request = rule.flat
    ? {
        groupId: group,
        ipPermissions: {},
        ipProtocol: 'tcp',
        fromPort: port,
        toPort: port,
        cidrIp: cidr,
      }
    : {
        groupId: group,
        ipPermissions: {
          items: [
            {
              ipProtocol: 'tcp',
              fromPort: port,
              toPort: port,
              groups: {},
              ipRanges: six ? {} : { items: [{ cidrIp: cidr }] },
              ipv6Ranges: six ? { items: [{ cidrIpv6: cidr }] } : {},
              prefixListIds: {},
            },
          ],
        },
      };
  return ec2(place.region, 'AuthorizeSecurityGroupIngress', request, {
    ...DONE,
    securityGroupRuleSet: {
      items: [
        {
          groupOwnerId: place.account,
          groupId: group,
          securityGroupRuleId: resourceId(random, 'sgr'),
          isEgress: false,
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          ...(six ? { cidrIpv6: cidr } : { cidrIpv4: cidr }),
        },
      ],
    },
  });
}

export const createKeyPair = (random: Random, region: string, keyName: string): Call =>
  ec2(
    region,
    'CreateKeyPair',
    { keyName, keyType: 'rsa', keyFormat: 'pem' },
    {
      keyName,
      keyPairId: resourceId(random, 'key'),
      keyFingerprint: random.hex(40).replaceAll(/(..)(?=.)/g, '$1:'),
      keyMaterial: '<sensitiveDataRemoved>',
    },
  );

export const deleteKeyPair = (region: string, keyName: string): Call =>
  ec2(region, 'DeleteKeyPair', { keyName }, DONE);

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

/** A new launch template, or a new version of one. */
export function changeTemplate(
  at: number,
  region: string,
  template: Template,
  data: {
    readonly image: string;
    readonly type: string;
    readonly userData?: true;
    /** Security group. */
    readonly group?: string;
    /** Snapshot that a second disk is made of. */
    readonly snapshot?: string;
  },
  createdBy: string,
): Call {
  const first = template.version === 1;
  const name = first ? 'CreateLaunchTemplate' : 'CreateLaunchTemplateVersion';
  const LaunchTemplateData = {
    ImageId: data.image,
    InstanceType: data.type,
    ...(data.userData && { UserData: '<sensitiveDataRemoved>' }),
    ...(data.group && { SecurityGroupId: { tag: 1, content: data.group } }),
    ...(data.snapshot && {
      BlockDeviceMapping: { tag: 1, DeviceName: '/dev/sdf', Ebs: { SnapshotId: data.snapshot } },
    }),
  };
  const common = {
    createTime: new Date(at).toISOString(),
    createdBy,
    launchTemplateId: template.id,
    launchTemplateName: template.name,
  };
  return ec2(
    region,
    name,
    {
      [`${name}Request`]: first
        ? { LaunchTemplateName: template.name, LaunchTemplateData }
        : { LaunchTemplateId: template.id, SourceVersion: template.version - 1, LaunchTemplateData },
    },
    {
      [`${name}Response`]: first
        ? { launchTemplate: { ...common, latestVersionNumber: 1, defaultVersionNumber: 1 } }
        : { launchTemplateVersion: { ...common, versionNumber: template.version, defaultVersion: false } },
    },
  );
}

/** Auto Scaling answers changes with nothing. */
export const changeGroup = (
  name: 'CreateAutoScalingGroup' | 'UpdateAutoScalingGroup',
  region: string,
  group: string,
  template: Template,
  size: { readonly min: number; readonly max: number; readonly desired?: number },
): Call => ({
  service: 'autoscaling',
  name,
  region,
  request: {
    autoScalingGroupName: group,
    launchTemplate: { launchTemplateId: template.id, version: String(template.version) },
    minSize: size.min,
    maxSize: size.max,
    ...(size.desired !== undefined && { desiredCapacity: size.desired }),
  },
  response: null,
});

/** A guard of the whole account and Region, taken away. */
export function disableGuard(
  region: string,
  guard: 'SnapshotBlockPublicAccess' | 'ImageBlockPublicAccess' | 'AllowedImagesSettings',
): Call {
  const name = `Disable${guard}`;
  const answer: Json =
    guard === 'SnapshotBlockPublicAccess'
      ? { state: 'unblocked' }
      : guard === 'ImageBlockPublicAccess'
        ? { imageBlockPublicAccessState: 'unblocked' }
        : { allowedImagesSettingsState: 'disabled' };
  return ec2(region, name, { [`${name}Request`]: '' }, { [`${name}Response`]: answer });
}

export const disableEncryptionByDefault = (region: string): Call =>
  ec2(
    region,
    'DisableEbsEncryptionByDefault',
    { DisableEbsEncryptionByDefaultRequest: '' },
    { DisableEbsEncryptionByDefaultResponse: { ebsEncryptionByDefault: false } },
  );

/** An elastic address put on an instance that has none. */
export const associateAddress = (random: Random, region: string, instance: string): Call =>
  ec2(
    region,
    'AssociateAddress',
    { instanceId: instance, allocationId: resourceId(random, 'eipalloc') },
    { ...DONE, associationId: resourceId(random, 'eipassoc') },
  );

export const raiseQuota = (random: Random, region: string, quotaCode: string, desired: number): Call => ({
  service: 'servicequotas',
  name: 'RequestServiceQuotaIncrease',
  region,
  request: { serviceCode: 'ec2', quotaCode, desiredValue: desired },
  response: {
    requestedQuota: {
      id: random.hex(32),
      serviceCode: 'ec2',
      quotaCode,
      desiredValue: desired,
      status: 'PENDING',
    },
  },
});

export const enableRegion = (region: string): Call => ({
  service: 'account',
  name: 'EnableRegion',
  region: 'us-east-1',
  request: { RegionName: region },
  response: null,
});

type IamCall =
  | 'CreateUser'
  | 'CreateRole'
  | 'CreateAccessKey'
  | 'AttachUserPolicy'
  | 'AttachRolePolicy'
  | 'CreateLoginProfile';

/** IAM answers from its one Region. */
export const iam = (name: IamCall, request: Json, response: Json | null): Call => ({
  service: 'iam',
  name,
  region: 'us-east-1',
  request,
  response,
});
