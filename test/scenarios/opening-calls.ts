import { type Place, resourceId } from '../../simulate/places.ts';
import type { Random } from '../../simulate/random.ts';
import type { Call, Json } from '../../simulate/trail-record.ts';
import { ec2 } from './calls.ts';

/** `AuthorizeSecurityGroupIngress` of any protocol and ports, nested or flat. */
export function authorizeIngress(
  random: Random,
  { account, region }: Pick<Place, 'account' | 'region'>,
  { group, flat, cidrIp, cidrIpv6, ...ports }: Rule & { readonly group?: string; readonly flat?: true },
): Call {
  const nested = {
    items: [
      {
        ...ports,
        groups: {},
        ipRanges: cidrIp === undefined ? {} : { items: [{ cidrIp }] },
        ipv6Ranges: cidrIpv6 === undefined ? {} : { items: [{ cidrIpv6 }] },
        prefixListIds: {},
      },
    ],
  };
  const request = flat
    ? { groupId: group, ipPermissions: {}, ...ports, ...(cidrIp !== undefined && { cidrIp }) }
    : { groupId: group, ipPermissions: nested };
  return ec2(region, 'AuthorizeSecurityGroupIngress', request, {
    _return: true,
    securityGroupRuleSet: {
      items: [
        {
          groupOwnerId: account,
          groupId: group,
          securityGroupRuleId: resourceId(random, 'sgr'),
          isEgress: false,
          fromPort: -1,
          toPort: -1,
          ...ports,
          ...(cidrIp !== undefined && { cidrIpv4: cidrIp }),
          ...(cidrIpv6 !== undefined && { cidrIpv6 }),
        },
      ],
    },
  });
}

interface Rule {
  /** `tcp`, or `-1` for all. */
  readonly ipProtocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly cidrIp?: string;
  readonly cidrIpv6?: string;
}

/** A rule for port 22 that is rewritten in place. */
export const rewriteRule = (random: Random, region: string, group: string, cidr: string): Call =>
  ec2(
    region,
    'ModifySecurityGroupRules',
    {
      ModifySecurityGroupRulesRequest: {
        GroupId: group,
        SecurityGroupRule: {
          tag: 1,
          SecurityGroupRuleId: resourceId(random, 'sgr'),
          SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: cidr },
        },
      },
    },
    { ModifySecurityGroupRulesResponse: { return: true } },
  );

const groupSet = (groups: readonly string[]): Json => ({ items: groups.map((groupId) => ({ groupId })) });

/** Groups of an instance replaced. */
export const groupsOfInstance = (region: string, instanceId: string, groups: readonly string[]): Call =>
  ec2(region, 'ModifyInstanceAttribute', { instanceId, groupSet: groupSet(groups) }, { _return: true });

/** Groups of a network interface replaced. */
export const groupsOfInterface = (
  region: string,
  networkInterfaceId: string,
  groups: readonly string[],
): Call =>
  ec2(
    region,
    'ModifyNetworkInterfaceAttribute',
    { networkInterfaceId, groupSet: groupSet(groups) },
    { _return: true },
  );

/** An elastic address put on a network interface. */
export const addressOnInterface = (random: Random, region: string, networkInterfaceId: string): Call =>
  ec2(
    region,
    'AssociateAddress',
    { networkInterfaceId, allocationId: resourceId(random, 'eipalloc'), allowReassociation: false },
    { _return: true, associationId: resourceId(random, 'eipassoc') },
  );

/** An instance given a profile, or another one: only the answer of a replacement names the instance. */
export function setProfile(
  name: 'AssociateIamInstanceProfile' | 'ReplaceIamInstanceProfileAssociation',
  random: Random,
  at: number,
  { account, region }: Pick<Place, 'account' | 'region'>,
  { instance, profile }: { readonly instance: string; readonly profile: string },
): Call {
  const associationId = resourceId(random, 'iip-assoc');
  const Name = { IamInstanceProfile: { Name: profile } };
  return ec2(
    region,
    name,
    {
      [`${name}Request`]:
        name === 'AssociateIamInstanceProfile'
          ? { InstanceId: instance, ...Name }
          : { AssociationId: associationId, ...Name },
    },
    {
      [`${name}Response`]: {
        iamInstanceProfileAssociation: {
          associationId,
          instanceId: instance,
          iamInstanceProfile: {
            arn: `arn:aws:iam::${account}:instance-profile/${profile}`,
            id: `AIPA${random.letters(17)}`,
          },
          state: 'associating',
          timestamp: new Date(at).toISOString(),
        },
      },
    },
  );
}

/** IMDSv1 allowed or not on an instance. */
export const metadataOptions = (region: string, instance: string, tokens: 'optional' | 'required'): Call =>
  ec2(
    region,
    'ModifyInstanceMetadataOptions',
    { ModifyInstanceMetadataOptionsRequest: { InstanceId: instance, HttpTokens: tokens } },
    {
      ModifyInstanceMetadataOptionsResponse: {
        instanceId: instance,
        instanceMetadataOptions: {
          state: 'pending',
          httpTokens: tokens,
          httpPutResponseHopLimit: 2,
          httpEndpoint: 'enabled',
        },
      },
    },
  );
