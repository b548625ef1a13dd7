import { resourceId } from '../../simulate/places.ts';
import type { Random } from '../../simulate/random.ts';
import type { Call, Json } from '../../simulate/trail-record.ts';

/** A call of EC2; below are those that no routine or attack of the generator makes, in the shape CloudTrail records them. */
export const ec2 = (region: string, name: string, request: Json, response: Json): Call => ({
  service: 'ec2',
  name,
  region,
  request,
  response,
});

/** A launch template, or a further version of one, that names a snapshot as a second disk. */
export function templateWithDisk(
  at: number,
  region: string,
  template: { readonly id: string; readonly name: string; readonly version: number },
  data: { readonly image: string; readonly group: string; readonly snapshot: string },
): Call {
  const first = template.version === 1;
  const name = first ? 'CreateLaunchTemplate' : 'CreateLaunchTemplateVersion';
  const LaunchTemplateData = {
    ImageId: data.image,
    InstanceType: 'm7i.large',
    SecurityGroupId: { tag: 1, content: data.group },
    BlockDeviceMapping: { tag: 1, DeviceName: '/dev/sdf', Ebs: { SnapshotId: data.snapshot } },
  };
  const common = {
    createTime: new Date(at).toISOString(),
    launchTemplateId: template.id,
    launchTemplateName: template.name,
  };
  return ec2(
    region,
    name,
    {
      [`${name}Request`]: first
        ? { LaunchTemplateName: template.name, LaunchTemplateData }
        : { LaunchTemplateId: template.id, LaunchTemplateData },
    },
    {
      [`${name}Response`]: first
        ? { launchTemplate: { ...common, latestVersionNumber: 1, defaultVersionNumber: 1 } }
        : { launchTemplateVersion: { ...common, versionNumber: template.version, defaultVersion: false } },
    },
  );
}

/** A launch template that names an image. */
export const templateOfImage = (
  at: number,
  region: string,
  template: { readonly id: string; readonly name: string },
  { image, group }: { readonly image: string; readonly group: string },
): Call =>
  ec2(
    region,
    'CreateLaunchTemplate',
    {
      CreateLaunchTemplateRequest: {
        LaunchTemplateName: template.name,
        LaunchTemplateData: {
          ImageId: image,
          InstanceType: 'm7i.large',
          SecurityGroupId: { tag: 1, content: group },
        },
      },
    },
    {
      CreateLaunchTemplateResponse: {
        launchTemplate: {
          createTime: new Date(at).toISOString(),
          launchTemplateId: template.id,
          launchTemplateName: template.name,
          latestVersionNumber: 1,
          defaultVersionNumber: 1,
        },
      },
    },
  );

/** A further version that changes the type and inherits the rest from the version before. */
export const nextVersion = (
  at: number,
  region: string,
  template: { readonly id: string; readonly name: string; readonly version: number },
  type: string,
): Call =>
  ec2(
    region,
    'CreateLaunchTemplateVersion',
    {
      CreateLaunchTemplateVersionRequest: {
        LaunchTemplateId: template.id,
        SourceVersion: `${template.version - 1}`,
        LaunchTemplateData: { InstanceType: type },
      },
    },
    {
      CreateLaunchTemplateVersionResponse: {
        launchTemplateVersion: {
          createTime: new Date(at).toISOString(),
          launchTemplateId: template.id,
          launchTemplateName: template.name,
          versionNumber: template.version,
          defaultVersion: false,
        },
      },
    },
  );

/** `CreateFleet` of type instant that names nothing but a launch template. */
export const createFleetByTemplate = (
  random: Random,
  at: number,
  region: string,
  template: { readonly id: string; readonly version: number },
  instance: string,
): { readonly call: Call; readonly fleet: string } => {
  const fleet = `fleet-${random.guid()}`;
  const call = ec2(
    region,
    'CreateFleet',
    {
      CreateFleetRequest: {
        Type: 'instant',
        ClientToken: random.guid(),
        TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: 'on-demand' },
        LaunchTemplateConfigs: {
          tag: 1,
          LaunchTemplateSpecification: { LaunchTemplateId: template.id, Version: `${template.version}` },
        },
      },
    },
    {
      CreateFleetResponse: {
        fleetId: fleet,
        createTime: new Date(at).toISOString(),
        errorSet: '',
        fleetInstanceSet: {
          item: { lifecycle: 'on-demand', instanceType: 'm7i.large', instanceIds: { item: instance } },
        },
      },
    },
  );
  return { call, fleet };
};

/** A spot request whose specification names a snapshot; the instance comes later. */
export function requestSpot(
  random: Random,
  at: number,
  data: {
    readonly region: string;
    readonly image: string;
    readonly group: string;
    readonly snapshot: string;
  },
): { readonly call: Call; readonly request: string } {
  const request = `sir-${random.hex(8)}`;
  const launchSpecification = {
    imageId: data.image,
    instanceType: 'm7i.large',
    groupSet: { items: [{ groupId: data.group }] },
    blockDeviceMapping: { items: [{ deviceName: '/dev/sdf', ebs: { snapshotId: data.snapshot } }] },
  };
  const call = ec2(
    data.region,
    'RequestSpotInstances',
    { instanceCount: 1, type: 'one-time', launchSpecification },
    {
      spotInstanceRequestSet: {
        items: [
          {
            spotInstanceRequestId: request,
            type: 'one-time',
            state: 'open',
            status: { code: 'pending-evaluation' },
            createTime: at,
            launchSpecification,
          },
        ],
      },
    },
  );
  return { call, request };
}

/** Another version of a launch template made the default. */
export const useVersion = (
  region: string,
  { id, version }: { readonly id: string; readonly version: number },
): Call =>
  ec2(
    region,
    'ModifyLaunchTemplate',
    { ModifyLaunchTemplateRequest: { LaunchTemplateId: id, SetDefaultVersion: version } },
    {
      ModifyLaunchTemplateResponse: {
        launchTemplate: { launchTemplateId: id, defaultVersionNumber: version },
      },
    },
  );

/** A standing group told how many instances to keep; Auto Scaling answers with nothing. */
export const desiredCapacity = (region: string, group: string, desired: number): Call => ({
  service: 'autoscaling',
  name: 'SetDesiredCapacity',
  region,
  request: { autoScalingGroupName: group, desiredCapacity: desired, honorCooldown: false },
  response: null,
});

interface FleetSpec {
  readonly fleet: string;
  readonly types: readonly string[];
  readonly count: number;
  readonly image: string;
}

/** `CreateFleet` of type maintain: EC2 launches later, and answers with the fleet alone. */
export const keepFleet = (
  random: Random,
  at: number,
  region: string,
  { fleet, types, count, image }: FleetSpec,
): Call =>
  ec2(
    region,
    'CreateFleet',
    {
      CreateFleetRequest: {
        Type: 'maintain',
        ClientToken: random.guid(),
        TargetCapacitySpecification: { TotalTargetCapacity: count, DefaultTargetCapacityType: 'spot' },
        LaunchTemplateConfigs: {
          tag: 1,
          LaunchTemplateSpecification: { LaunchTemplateId: resourceId(random, 'lt'), Version: '1' },
          Overrides: types.map((type, index) => ({ tag: index + 1, InstanceType: type, ImageId: image })),
        },
      },
    },
    {
      CreateFleetResponse: {
        fleetId: fleet,
        createTime: new Date(at).toISOString(),
        errorSet: '',
        fleetInstanceSet: '',
      },
    },
  );

/** `RequestSpotFleet` with a specification per type. */
export const spotFleet = (region: string, { fleet, types, count, image }: FleetSpec): Call =>
  ec2(
    region,
    'RequestSpotFleet',
    {
      spotFleetRequestConfig: {
        targetCapacity: count,
        type: 'maintain',
        allocationStrategy: 'priceCapacityOptimized',
        launchSpecifications: types.map((instanceType) => ({ imageId: image, instanceType })),
      },
    },
    { spotFleetRequestId: fleet },
  );

export const createStack = (random: Random, account: string, region: string, stackName: string): Call => ({
  service: 'cloudformation',
  name: 'CreateStack',
  region,
  request: {
    stackName,
    templateURL: 'https://templates.example.com/workers.yaml',
    roleARN: `arn:aws:iam::${account}:role/stack-deploy`,
  },
  response: { stackId: `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/${random.guid()}` },
});

export const createNodeGroup = (
  region: string,
  group: {
    readonly cluster: string;
    readonly name: string;
    readonly types: readonly string[];
    readonly count: number;
  },
): Call => ({
  service: 'eks',
  name: 'CreateNodegroup',
  region,
  request: {
    clusterName: group.cluster,
    nodegroupName: group.name,
    instanceTypes: group.types,
    scalingConfig: { minSize: group.count, maxSize: 2 * group.count, desiredSize: group.count },
  },
  response: {
    nodegroup: { clusterName: group.cluster, nodegroupName: group.name, status: 'CREATING' },
  },
});
