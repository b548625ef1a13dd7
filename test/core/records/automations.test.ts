import { describe, expect, it } from 'vitest';
import type { Link } from '../../../core/activity/activity.ts';
import { image, snapshot, template } from '../../resources.ts';
import { activityOf, roleIdentity } from './cloudtrail-record.ts';

const link = (role: Link['role'], type: Link['type'], id: string): Link => ({ type, id, role });
/** A link to something that goes by a name, which is unique only where the call was made. */
const byName = (role: Link['role'], type: Link['type'], id: string): Link => ({
  ...link(role, type, id),
  account: '111122223333',
  region: 'eu-central-1',
});

describe('what later launches are made from', () => {
  it('reads a launch template with the data it carries', () => {
    const got = activityOf({
      eventName: 'CreateLaunchTemplate',
      requestParameters: {
        CreateLaunchTemplateRequest: {
          LaunchTemplateName: 'web',
          LaunchTemplateData: {
            ImageId: 'ami-1',
            InstanceType: 'p4d.24xlarge',
            KeyName: 'k',
            IamInstanceProfile: { Arn: 'arn:aws:iam::111122223333:instance-profile/App' },
            SecurityGroupId: { tag: 1, content: 'sg-1' },
            BlockDeviceMapping: { tag: 1, DeviceName: '/dev/sdf', Ebs: { SnapshotId: 'snap-1' } },
          },
        },
      },
      responseElements: { CreateLaunchTemplateResponse: { launchTemplate: { launchTemplateId: 'lt-1' } } },
    });
    expect(got.kind).toBe('template.change');
    expect(got.detail).toBe('p4d.24xlarge');
    expect(got.launch).toBeUndefined();
    expect(got.links).toEqual([
      { type: 'launch-template', id: 'lt-1', role: 'made', from: [image('ami-1'), snapshot('snap-1')] },
      { ...template('1'), role: 'made', from: [image('ami-1'), snapshot('snap-1')] },
      link('used', 'image', 'ami-1'),
      link('used', 'snapshot', 'snap-1'),
      link('used', 'security-group', 'sg-1'),
      link('used', 'instance-profile', 'App'),
      link('used', 'key-pair', 'k'),
    ]);
  });

  it.each([
    ['a number', { SourceVersion: '3' }, [template('3')]],
    ['the newest, whichever that was', { SourceVersion: '$Latest' }, [template()]],
  ])('reads which version a new one takes its image from: %s', (_, source, from) => {
    const { links } = activityOf({
      eventName: 'CreateLaunchTemplateVersion',
      requestParameters: {
        CreateLaunchTemplateVersionRequest: {
          LaunchTemplateId: 'lt-1',
          ...source,
          LaunchTemplateData: { InstanceType: 'm7i.xlarge' },
        },
      },
      responseElements: {
        CreateLaunchTemplateVersionResponse: {
          launchTemplateVersion: { launchTemplateId: 'lt-1', versionNumber: 4 },
        },
      },
    });
    expect(links.filter(({ type }) => type === 'launch-template')).toEqual([
      { type: 'launch-template', id: 'lt-1', role: 'changed', from },
      { ...template('4'), role: 'changed', from },
    ]);
  });

  it('does not take the source version for the origin of a version that names its own image', () => {
    const { links } = activityOf({
      eventName: 'CreateLaunchTemplateVersion',
      requestParameters: {
        CreateLaunchTemplateVersionRequest: {
          LaunchTemplateId: 'lt-1',
          SourceVersion: '3',
          LaunchTemplateData: { ImageId: 'ami-1' },
        },
      },
    });
    expect(links[0]).toEqual({
      type: 'launch-template',
      id: 'lt-1',
      role: 'changed',
      from: [image('ami-1')],
    });
  });

  it('reads a new version and a new default version', () => {
    const version = activityOf({
      eventName: 'CreateLaunchTemplateVersion',
      requestParameters: {
        CreateLaunchTemplateVersionRequest: {
          LaunchTemplateId: 'lt-1',
          LaunchTemplateData: { ImageId: 'ami-2' },
        },
      },
    });
    expect(version.links).toContainEqual({
      type: 'launch-template',
      id: 'lt-1',
      role: 'changed',
      from: [image('ami-2')],
    });
    const numbered = activityOf({
      eventName: 'CreateLaunchTemplateVersion',
      requestParameters: {
        CreateLaunchTemplateVersionRequest: {
          LaunchTemplateName: 'web',
          LaunchTemplateData: { ImageId: 'ami-2' },
        },
      },
      responseElements: {
        CreateLaunchTemplateVersionResponse: {
          launchTemplateVersion: { launchTemplateId: 'lt-1', versionNumber: 8 },
        },
      },
    });
    expect(numbered.links.filter(({ role }) => role === 'changed')).toEqual([
      { type: 'launch-template', id: 'lt-1', role: 'changed', from: [image('ami-2')] },
      { ...template('8'), role: 'changed', from: [image('ami-2')] },
    ]);
    const modified = activityOf({
      eventName: 'ModifyLaunchTemplate',
      requestParameters: { ModifyLaunchTemplateRequest: { LaunchTemplateId: 'lt-1', SetDefaultVersion: 7 } },
    });
    expect(modified.detail).toBe('default version 7');
  });

  it.each<[string, string, unknown, Link[], string | undefined]>([
    [
      'autoscaling',
      'CreateAutoScalingGroup',
      {
        autoScalingGroupName: 'web',
        launchTemplate: { launchTemplateName: 'lt' },
        maxSize: 10,
        desiredCapacity: 4,
      },
      [byName('made', 'auto-scaling-group', 'web'), byName('used', 'launch-template', 'lt')],
      'desired 4, at most 10',
    ],
    [
      'autoscaling',
      'UpdateAutoScalingGroup',
      {
        autoScalingGroupName: 'web',
        mixedInstancesPolicy: {
          launchTemplate: { launchTemplateSpecification: { launchTemplateId: 'lt-1' } },
        },
      },
      [byName('changed', 'auto-scaling-group', 'web'), link('used', 'launch-template', 'lt-1')],
      undefined,
    ],
    [
      'autoscaling',
      'SetDesiredCapacity',
      { autoScalingGroupName: 'web', desiredCapacity: 50 },
      [byName('changed', 'auto-scaling-group', 'web')],
      'desired 50',
    ],
    ['cloudformation', 'CreateStack', { stackName: 'prod' }, [byName('made', 'stack', 'prod')], undefined],
    [
      'cloudformation',
      'UpdateStack',
      { stackName: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/prod/0123' },
      [byName('changed', 'stack', 'prod')],
      undefined,
    ],
    [
      'cloudformation',
      'CreateStackInstances',
      { stackSetName: 'base', regions: ['af-south-1', 'us-east-1'] },
      [byName('changed', 'stack', 'base')],
      'af-south-1, us-east-1',
    ],
    [
      'eks',
      'CreateNodegroup',
      {
        clusterName: 'c',
        nodegroupName: 'ng',
        instanceTypes: ['g5.xlarge'],
        scalingConfig: { desiredSize: 3, maxSize: 9 },
        launchTemplate: { id: 'lt-1' },
      },
      [byName('made', 'node-group', 'c/ng'), link('used', 'launch-template', 'lt-1')],
      'g5.xlarge, desired 3, at most 9',
    ],
    [
      'eks',
      'UpdateNodegroupConfig',
      { name: 'c', nodegroupName: 'ng', scalingConfig: { maxSize: 99 } },
      [byName('changed', 'node-group', 'c/ng')],
      'at most 99',
    ],
    [
      'ec2',
      'ModifyFleet',
      {
        ModifyFleetRequest: { FleetId: 'fleet-1', TargetCapacitySpecification: { TotalTargetCapacity: 40 } },
      },
      [link('changed', 'fleet', 'fleet-1')],
      'desired 40',
    ],
    [
      'ec2',
      'ModifySpotFleetRequest',
      { spotFleetRequestId: 'sfr-1', targetCapacity: 40 },
      [link('changed', 'fleet', 'sfr-1')],
      'desired 40',
    ],
  ])('%s %s', (service, eventName, requestParameters, links, detail) => {
    const got = activityOf({ eventSource: `${service}.amazonaws.com`, eventName, requestParameters });
    expect(got.kind).toBe('fleet.change');
    expect(got.links).toEqual(links);
    expect(got.detail).toBe(detail);
  });

  it('takes a launch configuration for a template', () => {
    const got = activityOf({
      eventSource: 'autoscaling.amazonaws.com',
      eventName: 'CreateLaunchConfiguration',
      requestParameters: {
        launchConfigurationName: 'lc',
        imageId: 'ami-1',
        instanceType: 'm5.large',
        securityGroups: ['sg-1'],
        iamInstanceProfile: 'App',
      },
    });
    expect(got.links).toEqual([
      { ...byName('made', 'launch-template', 'lc'), from: [image('ami-1')] },
      link('used', 'image', 'ami-1'),
      link('used', 'security-group', 'sg-1'),
      link('used', 'instance-profile', 'App'),
    ]);
  });
});

describe('what AWS Batch, EMR and Service Catalog are told to launch', () => {
  const call = (
    service: string,
    eventName: string,
    requestParameters: object,
    responseElements: object = {},
  ) =>
    activityOf({ eventSource: `${service}.amazonaws.com`, eventName, requestParameters, responseElements });

  it('reads the types of a compute environment, and as many instances as its vCPUs need', () => {
    const got = call('batch', 'CreateComputeEnvironment', {
      computeEnvironmentName: 'render',
      computeResources: {
        minvCpus: 0,
        desiredvCpus: 960,
        maxvCpus: 4000,
        instanceTypes: ['p4d.24xlarge', 'g5.xlarge'],
      },
    });
    expect(got).toMatchObject({
      kind: 'fleet.change',
      detail: 'p4d.24xlarge, g5.xlarge, at most 4000 vCPUs',
    });
    expect(got.plan).toMatchObject({ count: 10, types: ['p4d.24xlarge', 'g5.xlarge'] });
  });

  it('invents no instances of a compute environment that keeps none', () => {
    const got = call('batch', 'UpdateComputeEnvironment', {
      computeEnvironment: 'arn:aws:batch:eu-central-1:111122223333:compute-environment/render',
      computeResources: { maxvCpus: 4000, instanceTypes: ['c6i.large'] },
    });
    expect(got.plan).toMatchObject({ count: 0, types: ['c6i.large'] });
    expect(got.links.map(({ id }) => id)).toEqual(['batch/render']);
  });

  it.each([
    [
      'in the oldest form',
      { slaveInstanceType: 'p3.16xlarge', masterInstanceType: 'm5.xlarge', instanceCount: 51 },
    ],
    [
      'in groups',
      {
        instanceGroups: [
          { instanceRole: 'MASTER', instanceType: 'm5.xlarge', instanceCount: 1 },
          { instanceRole: 'CORE', instanceType: 'p3.16xlarge', instanceCount: 50 },
        ],
      },
    ],
    [
      'in fleets',
      {
        instanceFleets: [
          { targetOnDemandCapacity: 1, instanceTypeConfigs: [{ instanceType: 'm5.xlarge' }] },
          { targetSpotCapacity: 50, instanceTypeConfigs: [{ instanceType: 'p3.16xlarge' }] },
        ],
      },
    ],
  ])('reads the instances of a cluster of EMR %s', (_, instances) => {
    const got = call('elasticmapreduce', 'RunJobFlow', { name: 'j', instances }, { jobFlowId: 'j-EXAMPLE' });
    expect(got.plan?.count).toBe(51);
    expect(got.plan?.types.toSorted()).toEqual(['m5.xlarge', 'p3.16xlarge']);
    expect(got.links).toEqual([link('made', 'fleet', 'j-EXAMPLE')]);
  });

  it('takes a launch by EMR for the doing of whoever ran the cluster', () => {
    const got = activityOf({
      userIdentity: roleIdentity('CCSSession', {
        role: 'EMR_DefaultRole',
        invokedBy: 'elasticmapreduce.amazonaws.com',
      }),
      sourceIPAddress: 'elasticmapreduce.amazonaws.com',
      requestParameters: {
        instanceType: 'p3.16xlarge',
        tagSpecificationSet: {
          items: [
            {
              resourceType: 'instance',
              tags: [{ key: 'aws:elasticmapreduce:job-flow-id', value: 'j-EXAMPLE' }],
            },
          ],
        },
      },
    });
    expect(got.actor.class).toBe('service');
    expect(got.links).toContainEqual(link('used', 'fleet', 'j-EXAMPLE'));
  });

  it('takes a person who uses the role of EMR for no service', () => {
    const got = activityOf({ userIdentity: roleIdentity('mallory', { role: 'EMR_DefaultRole' }) });
    expect(got.actor.class).not.toBe('service');
  });

  it('names the stack that a product of Service Catalog is', () => {
    const got = call(
      'servicecatalog',
      'ProvisionProduct',
      { provisionedProductName: 'workbench' },
      { recordDetail: { provisionedProductId: 'pp-example' } },
    );
    expect(got).toMatchObject({ kind: 'fleet.change', detail: 'workbench' });
    expect(got.links.map(({ id }) => id)).toEqual(['SC-111122223333-pp-example']);
  });

  it.each([
    [{ AcceleratorCount: { Min: 8 }, VCpuCount: { Min: 96 } }, 'any-accelerated.24xlarge'],
    [{ AcceleratorTypes: { tag: 1, content: 'gpu' }, VCpuCount: { Min: 4 } }, 'any-accelerated.3xlarge'],
    [{ VCpuCount: { Min: 96 }, MemoryMiB: { Min: 1 } }, 'any.24xlarge'],
    [{ VCpuCount: { Min: 2 } }, 'any.xlarge'],
  ])('keeps instances chosen by attributes %j as %s', (requirements, type) => {
    const got = activityOf({
      eventName: 'CreateLaunchTemplate',
      requestParameters: {
        CreateLaunchTemplateRequest: {
          LaunchTemplateName: 'w',
          LaunchTemplateData: { InstanceRequirements: requirements },
        },
      },
    });
    expect(got.plan?.types).toEqual([type]);
  });
});
