import { describe, expect, it } from 'vitest';
import { linked } from '../../../core/activity/activity.ts';
import { image, snapshot, template } from '../../resources.ts';
import { activityOf } from './cloudtrail-record.ts';

describe('other launches', () => {
  it('reads CreateFleet in Pascal case with attributes beside its lists', () => {
    const { kind, launch, links } = activityOf({
      eventName: 'CreateFleet',
      requestParameters: {
        CreateFleetRequest: {
          Type: 'instant',
          TargetCapacitySpecification: { TotalTargetCapacity: 3, DefaultTargetCapacityType: 'spot' },
          LaunchTemplateConfigs: {
            tag: 1,
            LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: 4 },
            Overrides: [
              { tag: 1, InstanceType: 'g5.xlarge', SubnetId: 'subnet-1', ImageId: 'ami-1' },
              { tag: 2, InstanceType: 'g5.2xlarge', SubnetId: 'subnet-1' },
            ],
          },
          TagSpecification: { tag: 1, ResourceType: 'instance', Tag: [{ tag: 1, Key: 'owner', Value: 'x' }] },
        },
      },
      responseElements: {
        CreateFleetResponse: {
          fleetId: 'fleet-1',
          errorSet: '',
          fleetInstanceSet: { item: { instanceType: 'g5.xlarge', instanceIds: { item: ['i-1', 'i-2'] } } },
        },
      },
    });
    expect(kind).toBe('instance.launch');
    expect(launch).toMatchObject({
      count: 2,
      asked: 3,
      types: ['g5.xlarge'],
      images: ['ami-1'],
      template: template('4'),
      subnet: 'subnet-1',
      tagKeys: ['owner'],
    });
    expect(links).toContainEqual({ type: 'fleet', id: 'fleet-1', role: 'made' });
    expect(links).toContainEqual({ type: 'instance', id: 'i-2', role: 'made', from: [image('ami-1')] });
  });

  it('takes a fleet that got nothing for refused, for the reason its response names', () => {
    const { outcome, error } = activityOf({
      eventName: 'CreateFleet',
      requestParameters: { CreateFleetRequest: { TargetCapacitySpecification: { TotalTargetCapacity: 9 } } },
      responseElements: {
        CreateFleetResponse: {
          fleetId: 'fleet-1',
          fleetInstanceSet: '',
          errorSet: { item: [{ errorCode: 'InsufficientInstanceCapacity' }, { errorCode: 'Other' }] },
        },
      },
    });
    expect([outcome, error]).toEqual(['limited', 'InsufficientInstanceCapacity']);
  });

  it('reads RequestSpotInstances', () => {
    const { launch, links } = activityOf({
      eventName: 'RequestSpotInstances',
      requestParameters: {
        instanceCount: 4,
        launchSpecification: {
          imageId: 'ami-1',
          instanceType: 'p4d.24xlarge',
          keyName: 'k',
          iamInstanceProfile: { name: 'App' },
          groupSet: { items: [{ groupId: 'sg-1' }] },
          blockDeviceMapping: { items: [{ deviceName: '/dev/sdf', ebs: { snapshotId: 'snap-1' } }] },
        },
      },
      responseElements: { spotInstanceRequestSet: { items: [{ spotInstanceRequestId: 'sir-1' }] } },
    });
    expect(launch).toMatchObject({
      count: 4,
      types: ['p4d.24xlarge'],
      snapshots: ['snap-1'],
      profile: 'App',
    });
    expect(links).toContainEqual({ type: 'fleet', id: 'sir-1', role: 'made' });
    expect(links).toContainEqual({ type: 'snapshot', id: 'snap-1', role: 'used' });
  });

  it('reads RequestSpotFleet', () => {
    const { launch, links } = activityOf({
      eventName: 'RequestSpotFleet',
      requestParameters: {
        spotFleetRequestConfig: {
          targetCapacity: 20,
          launchSpecifications: { items: [{ imageId: 'ami-1', instanceType: 'c6i.large' }] },
        },
      },
      responseElements: { spotFleetRequestId: 'sfr-1' },
    });
    expect(launch).toMatchObject({ count: 20, types: ['c6i.large'], images: ['ami-1'] });
    expect(links).toContainEqual({ type: 'fleet', id: 'sfr-1', role: 'made' });
  });

  it('reads RunScheduledInstances and ImportInstance', () => {
    const scheduled = activityOf({
      eventName: 'RunScheduledInstances',
      requestParameters: {
        instanceCount: 2,
        launchSpecification: { imageId: 'ami-1', instanceType: 'c4.large' },
      },
      responseElements: { instanceIdSet: { items: ['i-1', 'i-2'] } },
    });
    expect(linked(scheduled, 'instance', 'made')).toEqual(['i-1', 'i-2']);
    const imported = activityOf({
      eventName: 'ImportInstance',
      requestParameters: { launchSpecification: { instanceType: 'm5.large' } },
      responseElements: { conversionTask: { importInstance: { instanceId: 'i-3' } } },
    });
    expect(linked(imported, 'instance', 'made')).toEqual(['i-3']);
    expect(imported.launch?.types).toEqual(['m5.large']);
  });

  it('reads Lightsail instances, also from a snapshot', () => {
    const { launch, links } = activityOf({
      eventSource: 'lightsail.amazonaws.com',
      eventName: 'CreateInstancesFromSnapshot',
      requestParameters: { instanceNames: ['a', 'b'], bundleId: 'large_2_0', instanceSnapshotName: 'copy' },
    });
    expect(launch).toMatchObject({
      count: 2,
      types: ['large_2_0'],
      snapshots: ['copy'],
      publicAddress: true,
    });
    const here = { account: '111122223333', region: 'eu-central-1' };
    expect(links).toContainEqual({
      type: 'instance',
      id: 'a',
      ...here,
      role: 'made',
      from: [snapshot('copy')],
    });
  });

  it.each([
    ['StartInstances', 'instance.start'],
    ['StopInstances', 'instance.stop'],
    ['TerminateInstances', 'instance.terminate'],
  ])('reads %s', (eventName, kind) => {
    const got = activityOf({
      eventName,
      requestParameters: { instancesSet: { items: [{ instanceId: 'i-1' }, { instanceId: 'i-2' }] } },
      responseElements: { instancesSet: { items: [{ instanceId: 'i-1', currentState: { code: 0 } }] } },
    });
    expect(got.kind).toBe(kind);
    expect(linked(got, 'instance', 'changed')).toEqual(['i-1', 'i-2']);
  });

  it('reads the replacement of a root volume as new data in an old instance', () => {
    const { kind, links } = activityOf({
      eventName: 'CreateReplaceRootVolumeTask',
      requestParameters: { CreateReplaceRootVolumeTaskRequest: { InstanceId: 'i-1', SnapshotId: 'snap-1' } },
      responseElements: {
        CreateReplaceRootVolumeTaskResponse: { replaceRootVolumeTask: { instanceId: 'i-1' } },
      },
    });
    expect(kind).toBe('instance.replace-root');
    expect(links).toContainEqual({
      type: 'instance',
      id: 'i-1',
      role: 'changed',
      from: [snapshot('snap-1')],
    });
  });
});
