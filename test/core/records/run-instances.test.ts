import { describe, expect, it } from 'vitest';
import { image, snapshot, template } from '../../resources.ts';
import { activityOf } from './cloudtrail-record.ts';

const instance = (id: string, change: Record<string, unknown> = {}) => ({
  instanceId: id,
  imageId: 'ami-0000000000000000a',
  instanceType: 'm7g.large',
  rootDeviceName: '/dev/xvda',
  ...change,
});
const run = (request: unknown, response: unknown = {}, change: Record<string, unknown> = {}) =>
  activityOf({ requestParameters: request, responseElements: response, ...change });

describe('RunInstances', () => {
  it('reads request and response, the response first', () => {
    const { launch, links, outcome } = run(
      {
        instancesSet: {
          items: [{ imageId: 'ami-0000000000000000b', minCount: 1, maxCount: 2, keyName: 'old' }],
        },
        instanceType: 't3.nano',
        userData: '<sensitiveDataRemoved>',
        networkInterfaceSet: {
          items: [
            {
              deviceIndex: 0,
              associatePublicIpAddress: true,
              subnetId: 'subnet-1',
              groupSet: { items: [{ groupId: 'sg-9' }] },
            },
          ],
        },
        launchTemplate: { launchTemplateId: 'lt-1', version: '$Latest' },
        tagSpecificationSet: {
          items: [
            { resourceType: 'instance', tags: [{ key: 'owner', value: 'x' }] },
            { resourceType: 'volume', tags: [{ key: 'disk', value: 'y' }] },
          ],
        },
      },
      {
        instancesSet: {
          items: [
            instance('i-1', {
              keyName: 'new',
              subnetId: 'subnet-2',
              iamInstanceProfile: { arn: 'arn:aws:iam::111122223333:instance-profile/web/App' },
              groupSet: { items: [{ groupId: 'sg-1', groupName: 'web' }] },
              metadataOptions: { httpTokens: 'optional' },
              tagSet: { items: [{ key: 'Name', value: 'x' }] },
            }),
            instance('i-2'),
          ],
        },
      },
    );
    expect(outcome).toBe('succeeded');
    expect(launch).toEqual({
      count: 2,
      types: ['m7g.large'],
      images: ['ami-0000000000000000a'],
      snapshots: [],
      profile: 'App',
      keyName: 'new',
      userData: true,
      publicAddress: true,
      httpTokens: 'optional',
      groups: ['sg-1'],
      subnet: 'subnet-2',
      template: template('$Latest'),
      tagKeys: ['owner', 'Name'],
    });
    expect(links).toContainEqual({
      type: 'instance',
      id: 'i-2',
      role: 'made',
      from: [image('ami-0000000000000000a')],
    });
    expect(links).toContainEqual({ type: 'launch-template', id: 'lt-1', role: 'used' });
    expect(links).toContainEqual({ type: 'instance-profile', id: 'App', role: 'used' });
  });

  it('keeps which interface came up on which instance, where there are several', () => {
    const up = (id: string, ...ids: string[]) =>
      instance(id, { networkInterfaceSet: { items: ids.map((each) => ({ networkInterfaceId: each })) } });
    const interfacesOf = (...items: object[]) =>
      run({}, { instancesSet: { items } }).links.filter(({ type }) => type === 'network-interface');
    expect(interfacesOf(up('i-1', 'eni-1'), up('i-2', 'eni-2', 'eni-3'))).toMatchObject([
      { id: 'eni-1', role: 'made', on: 'i-1' },
      { id: 'eni-2', role: 'made', on: 'i-2' },
      { id: 'eni-3', role: 'made', on: 'i-2' },
    ]);
    expect(interfacesOf(up('i-1', 'eni-1'))).toEqual([
      { type: 'network-interface', id: 'eni-1', role: 'made' },
    ]);
  });

  it('reads a refused launch from its request alone', () => {
    const { launch, outcome, links } = run(
      {
        instancesSet: { items: [{ imageId: 'ami-1', minCount: '1', maxCount: '5' }] },
        instanceType: { value: 'p5.48xlarge' },
        iamInstanceProfile: { name: 'App' },
      },
      null,
      { errorCode: 'Client.VcpuLimitExceeded' },
    );
    expect(outcome).toBe('limited');
    expect(launch).toMatchObject({ count: 5, types: ['p5.48xlarge'], images: ['ami-1'], profile: 'App' });
    expect(links.some(({ role }) => role === 'made')).toBe(false);
  });

  it.each([
    ['a number', 3, 3],
    ['text', '3', 3],
    ['absent', undefined, 1],
    ['nonsense', 'many', 1],
  ])('reads a count that is %s', (_, maxCount, expected) => {
    expect(run({ instancesSet: { items: [{ maxCount }] } }).launch?.count).toBe(expected);
  });

  it('counts more instances than asked, and adds up several items', () => {
    expect(run({}, { instancesSet: { items: [instance('i-1'), instance('i-2')] } }).launch?.count).toBe(2);
    expect(run({ instancesSet: { items: [{ maxCount: 2 }, { maxCount: 3 }] } }).launch?.count).toBe(5);
  });

  it('does not take the snapshot of the image’s own root for one that is mounted', () => {
    const blockDeviceMapping = {
      items: [
        { deviceName: '/dev/sda1', ebs: { snapshotId: 'snap-root' } },
        { deviceName: '/dev/sdf', ebs: { snapshotId: 'snap-data' } },
        { deviceName: '/dev/sdg', ebs: { volumeSize: 8 } },
        { deviceName: '/dev/sdh', noDevice: {} },
      ],
    };
    const named = run(
      { blockDeviceMapping },
      { instancesSet: { items: [instance('i-1', { rootDeviceName: '/dev/sda1' })] } },
    );
    expect(named.launch?.snapshots).toEqual(['snap-data']);
    expect(named.links).toContainEqual({
      type: 'instance',
      id: 'i-1',
      role: 'made',
      from: [image('ami-0000000000000000a'), snapshot('snap-data')],
    });
    expect(run({ blockDeviceMapping }, null).launch?.snapshots).toEqual(['snap-data']);
  });

  it('believes the response about which device is the root', () => {
    const blockDeviceMapping = { items: [{ deviceName: '/dev/sda1', ebs: { snapshotId: 'snap-1' } }] };
    const other = run({ blockDeviceMapping }, { instancesSet: { items: [instance('i-1')] } });
    expect(other.launch?.snapshots).toEqual(['snap-1']);
  });

  it('keeps the image of each instance, and fifty instances at most', () => {
    const many = Array.from({ length: 80 }, (_, n) =>
      instance(`i-${n}`, { imageId: n === 1 ? 'ami-other' : 'ami-1' }),
    );
    const { links, launch } = run({}, { instancesSet: { items: many } });
    expect(launch?.count).toBe(80);
    expect(links.filter(({ type }) => type === 'instance')).toHaveLength(50);
    expect(links).toContainEqual({ type: 'instance', id: 'i-1', role: 'made', from: [image('ami-other')] });
    expect(launch?.images).toEqual(['ami-1', 'ami-other']);
  });

  it('takes one object where a list has one member', () => {
    const { launch, links } = run(
      { instancesSet: { items: { maxCount: 1 } } },
      { instancesSet: { item: instance('i-1') } },
    );
    expect(launch?.images).toEqual(['ami-0000000000000000a']);
    expect(links).toContainEqual({
      type: 'instance',
      id: 'i-1',
      role: 'made',
      from: [image('ami-0000000000000000a')],
    });
  });

  it('names what is behind a launch by the tags that only AWS can set', () => {
    const tags = [
      { key: 'aws:autoscaling:groupName', value: 'web' },
      { key: 'aws:ec2launchtemplate:id', value: 'lt-1' },
      { key: 'aws:ec2launchtemplate:version', value: '7' },
      { key: 'aws:ec2:fleet-id', value: 'fleet-1' },
      { key: 'aws:cloudformation:stack-name', value: 'prod' },
    ];
    const { links, launch } = run({ tagSpecificationSet: { items: [{ resourceType: 'instance', tags }] } });
    expect(launch?.template).toEqual(template('7'));
    // a call may name the template and leave its version open; the tags say what it became
    const byName = run({
      launchTemplate: { launchTemplateName: 'web', version: '$Latest' },
      tagSpecificationSet: { items: [{ resourceType: 'instance', tags }] },
    });
    expect(byName.launch?.template).toEqual(template('7'));
    // names are unique only where the call was made
    const here = { account: '111122223333', region: 'eu-central-1' };
    for (const resource of [
      { type: 'auto-scaling-group', id: 'web', ...here },
      { type: 'launch-template', id: 'lt-1' },
      { type: 'fleet', id: 'fleet-1' },
      { type: 'stack', id: 'prod', ...here },
    ]) {
      expect(links).toContainEqual({ ...resource, role: 'used' });
    }
  });

  it('believes tags and tokens that anyone can set only of a service', () => {
    const request = {
      clientToken: 'fleet-180da986-0bb4-c936-0c9a-0e20a0c6d1aa-0',
      tagSpecificationSet: {
        items: [
          {
            resourceType: 'instance',
            tags: [
              { key: 'eks:nodegroup-name', value: 'ng' },
              { key: 'eks:cluster-name', value: 'c' },
            ],
          },
        ],
      },
    };
    const types = (sourceIPAddress: string) =>
      run(request, {}, { sourceIPAddress }).links.map(({ type, id }) => `${type} ${id}`);
    expect(types('203.0.113.7')).toEqual([]);
    expect(types('autoscaling.amazonaws.com')).toEqual([
      'fleet fleet-180da986-0bb4-c936-0c9a-0e20a0c6d1aa',
      'node-group c/ng',
    ]);
  });
});

describe('a launch that got less than it asked for', () => {
  it('counts what was started, and keeps beside it what was asked for', () => {
    const { launch } = activityOf({
      requestParameters: {
        instancesSet: { items: [{ imageId: 'ami-1', minCount: 1, maxCount: 50 }] },
        instanceType: 'p4d.24xlarge',
      },
      responseElements: { instancesSet: { items: [{ instanceId: 'i-1' }, { instanceId: 'i-2' }] } },
    });
    expect(launch).toMatchObject({ count: 2, asked: 50 });
  });

  it('counts what was asked for where the answer was cut', () => {
    const { launch } = activityOf({
      requestParameters: { instancesSet: { items: [{ minCount: 8, maxCount: 8 }] } },
      responseElements: { omitted: true, reason: 'responseElementsTooLarge' },
    });
    expect(launch?.count).toBe(8);
    expect(launch?.asked).toBeUndefined();
  });
});
