import { describe, expect, it } from 'vitest';
import type { Link } from '../../../core/activity/activity.ts';
import { activityOf, cloudTrailRecord, skipOf } from './cloudtrail-record.ts';

const link = (role: Link['role'], type: Link['type'], id: string): Link => ({ type, id, role });

describe('posture', () => {
  it.each<[string, unknown, string, Link[], string | undefined]>([
    [
      'ModifyInstanceAttribute',
      { instanceId: 'i-1', userData: '<sensitiveDataRemoved>' },
      'instance.modify',
      [link('changed', 'instance', 'i-1')],
      'userData',
    ],
    [
      'ModifyInstanceAttribute',
      { instanceId: 'i-1', groupSet: { items: [{ groupId: 'sg-1' }] } },
      'instance.modify',
      [link('changed', 'instance', 'i-1'), link('used', 'security-group', 'sg-1')],
      'groupSet',
    ],
    [
      'ModifyInstanceAttribute',
      { instanceId: 'i-1', attribute: 'kernel', value: 'x' },
      'instance.modify',
      [link('changed', 'instance', 'i-1')],
      'kernel',
    ],
    [
      'ModifyNetworkInterfaceAttribute',
      { networkInterfaceId: 'eni-1', groupSet: { items: [{ groupId: 'sg-1' }] } },
      'instance.modify',
      [link('changed', 'network-interface', 'eni-1'), link('used', 'security-group', 'sg-1')],
      'groupSet',
    ],
    [
      'AttachNetworkInterface',
      { networkInterfaceId: 'eni-1', instanceId: 'i-1' },
      'instance.modify',
      [link('changed', 'instance', 'i-1'), link('used', 'network-interface', 'eni-1')],
      'network interface attached',
    ],
    [
      'AssociateAddress',
      { allocationId: 'eipalloc-1', instanceId: 'i-1' },
      'address.associate',
      [link('changed', 'instance', 'i-1'), link('used', 'address', 'eipalloc-1')],
      undefined,
    ],
    [
      'AssociateAddress',
      { publicIp: '203.0.113.1', networkInterfaceId: 'eni-1' },
      'address.associate',
      [link('changed', 'network-interface', 'eni-1'), link('used', 'address', '203.0.113.1')],
      undefined,
    ],
    [
      'ReplaceIamInstanceProfileAssociation',
      {
        ReplaceIamInstanceProfileAssociationRequest: {
          AssociationId: 'iip-1',
          IamInstanceProfile: { Name: 'Admin' },
        },
      },
      'profile.attach',
      [link('used', 'instance-profile', 'Admin')],
      undefined,
    ],
    [
      'ModifyInstanceMetadataOptions',
      {
        ModifyInstanceMetadataOptionsRequest: {
          InstanceId: 'i-1',
          HttpTokens: 'optional',
          HttpEndpoint: 'enabled',
        },
      },
      'metadata.change',
      [link('changed', 'instance', 'i-1')],
      'tokens optional, endpoint enabled',
    ],
    ['CreateKeyPair', { keyName: 'k' }, 'key-pair.create', [link('made', 'key-pair', 'k')], undefined],
    ['ImportKeyPair', { keyName: 'k' }, 'key-pair.create', [link('made', 'key-pair', 'k')], undefined],
    ['DisableSnapshotBlockPublicAccess', {}, 'guardrail.disable', [], 'block public access for snapshots'],
    [
      'ModifyInstanceMetadataDefaults',
      { httpTokens: 'optional' },
      'guardrail.disable',
      [],
      'instance metadata defaults: optional',
    ],
    [
      'DeleteTags',
      {
        resourcesSet: { items: [{ resourceId: 'i-1' }] },
        tagSet: { items: [{ key: 'launchtrail:finding' }, { key: 'Name' }] },
      },
      'tag.delete',
      [link('changed', 'instance', 'i-1')],
      'launchtrail:finding',
    ],
    [
      'DeleteTags',
      { resourcesSet: { items: [{ resourceId: 'i-1' }, { resourceId: 'vpc-1' }] } },
      'tag.delete',
      [link('changed', 'instance', 'i-1')],
      'every tag',
    ],
  ])('reads %s of %j', (eventName, requestParameters, kind, links, detail) => {
    const got = activityOf({ eventName, requestParameters, responseElements: null });
    expect({ kind: got.kind, links: got.links, detail: got.detail }).toEqual({ kind, links, detail });
  });

  it.each<[string, unknown, unknown]>([
    [
      'ModifyInstanceMetadataOptions',
      { ModifyInstanceMetadataOptionsRequest: { InstanceId: 'i-1', HttpTokens: 'optional' } },
      { httpTokens: 'optional' },
    ],
    [
      'ModifyInstanceMetadataOptions',
      { ModifyInstanceMetadataOptionsRequest: { InstanceId: 'i-1', HttpTokens: 'required' } },
      { httpTokens: 'required' },
    ],
    [
      'ModifyInstanceMetadataOptions',
      { ModifyInstanceMetadataOptionsRequest: { InstanceId: 'i-1', HttpPutResponseHopLimit: 2 } },
      undefined,
    ],
    [
      'ModifyNetworkInterfaceAttribute',
      { networkInterfaceId: 'eni-1', associatePublicIpAddress: { value: true } },
      { publicAddress: true },
    ],
    ['ModifyNetworkInterfaceAttribute', { networkInterfaceId: 'eni-1', sourceDestCheck: {} }, undefined],
  ])('learns from %s of %j how the instance stands afterwards', (eventName, requestParameters, posture) => {
    expect(activityOf({ eventName, requestParameters, responseElements: null }).posture).toEqual(posture);
  });

  it('learns the instance of a replaced profile from the response', () => {
    const { links } = activityOf({
      eventName: 'AssociateIamInstanceProfile',
      requestParameters: {},
      responseElements: {
        AssociateIamInstanceProfileResponse: {
          iamInstanceProfileAssociation: {
            instanceId: 'i-1',
            iamInstanceProfile: { arn: 'arn:aws:iam::111122223333:instance-profile/App' },
          },
        },
      },
    });
    expect(links).toEqual([link('changed', 'instance', 'i-1'), link('used', 'instance-profile', 'App')]);
  });

  it.each([
    [
      'tags of others deleted',
      'DeleteTags',
      { resourcesSet: { items: [{ resourceId: 'i-1' }] }, tagSet: { items: [{ key: 'Name' }] } },
    ],
    [
      'every tag of something we do not tag',
      'DeleteTags',
      { resourcesSet: { items: [{ resourceId: 'vpc-1' }] } },
    ],
    ['metadata defaults made stricter', 'ModifyInstanceMetadataDefaults', { httpTokens: 'required' }],
  ])('finds no effect in %s', (_, eventName, requestParameters) => {
    expect(skipOf(cloudTrailRecord({ eventName, requestParameters }))).toBe('no-effect');
  });
});

describe('code run on instances, and ways in that no rule tells of', () => {
  const INSTANCE = 'i-00000000000000001';

  it.each<[string, string, unknown, string, string]>([
    [
      'ssm.amazonaws.com',
      'SendCommand',
      { documentName: 'AWS-RunShellScript', instanceIds: [INSTANCE] },
      'instance.run',
      'AWS-RunShellScript',
    ],
    [
      'ssm.amazonaws.com',
      'SendCommand',
      { documentName: 'AWS-RunShellScript', targets: [{ key: 'InstanceIds', values: [INSTANCE] }] },
      'instance.run',
      'AWS-RunShellScript',
    ],
    ['ssm.amazonaws.com', 'StartSession', { target: INSTANCE }, 'instance.enter', 'Session Manager'],
    [
      'ec2-instance-connect.amazonaws.com',
      'SendSSHPublicKey',
      { instanceId: INSTANCE, instanceOSUser: 'ec2-user' },
      'instance.enter',
      'EC2 Instance Connect',
    ],
    [
      'ec2-instance-connect.amazonaws.com',
      'SendSerialConsoleSSHPublicKey',
      { instanceId: INSTANCE, serialPort: 0 },
      'instance.enter',
      'serial console',
    ],
    [
      'ec2-instance-connect.amazonaws.com',
      'OpenTunnel',
      { instanceId: INSTANCE, remotePort: '22' },
      'instance.enter',
      'EC2 Instance Connect endpoint',
    ],
  ])('reads %s %s', (eventSource, eventName, requestParameters, kind, detail) => {
    const got = activityOf({ eventSource, eventName, requestParameters });
    expect([got.kind, got.detail, got.links]).toEqual([
      kind,
      detail,
      [link('changed', 'instance', INSTANCE)],
    ]);
  });

  it.each<[string, string, string, unknown]>([
    [
      'a command for what has a tag, whose instances the record does not name',
      'ssm.amazonaws.com',
      'SendCommand',
      { targets: [{ key: 'tag:role', values: ['web'] }] },
    ],
    [
      'a session on a machine elsewhere',
      'ssm.amazonaws.com',
      'StartSession',
      { target: 'mi-00000000000000001' },
    ],
    [
      'a tunnel to an address',
      'ec2-instance-connect.amazonaws.com',
      'OpenTunnel',
      { privateIpAddress: '10.0.0.7', remotePort: '22' },
    ],
  ])('finds no effect in %s', (_, eventSource, eventName, requestParameters) => {
    expect(skipOf(cloudTrailRecord({ eventSource, eventName, requestParameters }))).toBe('no-effect');
  });

  it('takes access to the serial console for a guard that was switched off', () => {
    const got = activityOf({ eventName: 'EnableSerialConsoleAccess', requestParameters: {} });
    expect([got.kind, got.detail]).toEqual(['guardrail.disable', 'no access to the serial console']);
  });
});

describe('reach', () => {
  it.each([
    ['account.amazonaws.com', 'EnableRegion', { RegionName: 'af-south-1' }, 'region.enable', 'af-south-1'],
    [
      'servicequotas.amazonaws.com',
      'RequestServiceQuotaIncrease',
      { serviceCode: 'ec2', quotaCode: 'L-1216C47A', desiredValue: 512 },
      'quota.request',
      'ec2 L-1216C47A to 512',
    ],
  ])('reads %s %s', (eventSource, eventName, requestParameters, kind, detail) => {
    const got = activityOf({ eventSource, eventName, requestParameters });
    expect([got.kind, got.detail]).toEqual([kind, detail]);
  });
});

describe('identities', () => {
  const iam = (
    eventName: string,
    requestParameters: unknown,
    responseElements: unknown = null,
    change = {},
  ) =>
    activityOf({
      eventSource: 'iam.amazonaws.com',
      eventName,
      requestParameters,
      responseElements,
      ...change,
    });

  it('names a new user, role or key by the id its own activities will carry', () => {
    expect(
      iam('CreateUser', { userName: 'eve' }, { user: { userName: 'eve', userId: 'AIDAEXAMPLEEVE0000001' } }),
    ).toMatchObject({
      kind: 'identity.create',
      detail: 'eve',
      links: [link('made', 'user', 'AIDAEXAMPLEEVE0000001')],
    });
    expect(iam('CreateRole', { roleName: 'r' }, { role: { roleId: 'AROAEXAMPLENEW0000001' } }).links).toEqual(
      [link('made', 'role', 'AROAEXAMPLENEW0000001')],
    );
    expect(
      iam(
        'CreateAccessKey',
        { userName: 'eve' },
        { accessKey: { accessKeyId: 'AKIAEXAMPLEEVE000001', userName: 'eve' } },
      ).links,
    ).toEqual([link('made', 'access-key', 'AKIAEXAMPLEEVE000001'), link('changed', 'user', 'eve')]);
    expect(iam('CreateLoginProfile', { userName: 'eve' }).links).toEqual([link('changed', 'user', 'eve')]);
  });

  it('reads whether a key is on, off or gone', () => {
    const request = { userName: 'eve', accessKeyId: 'AKIAEXAMPLEEVE000001' };
    const links = [link('changed', 'access-key', request.accessKeyId)];
    for (const status of ['Active', 'Inactive'])
      expect(iam('UpdateAccessKey', { ...request, status })).toMatchObject({
        ...{ kind: 'credential.change', detail: status, links },
      });
    const deleted = iam('DeleteAccessKey', request);
    expect(deleted).toMatchObject({ kind: 'credential.change', links });
    expect(deleted.detail).toBeUndefined();
  });

  it('makes nothing of a refused creation', () => {
    const got = iam('CreateUser', { userName: 'eve' }, null, { errorCode: 'AccessDenied' });
    expect([got.outcome, got.links]).toEqual(['denied', []]);
  });

  it.each([
    [
      'AttachUserPolicy',
      { userName: 'eve', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      'user',
      'eve',
      'arn:aws:iam::aws:policy/AdministratorAccess',
    ],
    ['PutRolePolicy', { roleName: 'r', policyName: 'p' }, 'role', 'r', 'p'],
    ['AddUserToGroup', { userName: 'eve', groupName: 'admins' }, 'user', 'eve', 'admins'],
    ['UpdateAssumeRolePolicy', { roleName: 'r', policyDocument: '{}' }, 'role', 'r', undefined],
  ] as const)('reads %s', (eventName, request, type, id, detail) => {
    const got = iam(eventName, request);
    expect(got.kind).toBe('identity.grant');
    expect(got.links).toEqual([link('changed', type, id)]);
    expect(got.detail).toBe(detail);
  });
});
