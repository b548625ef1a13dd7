import type { Random } from '../../cli/simulate/random.ts';
import type { Call, Json } from '../../cli/simulate/trail-record.ts';

/** Calls that no routine or attack of the generator makes, in the shape CloudTrail records them. */
const ec2 = (region: string, name: string, request: Json, response: Json): Call => ({
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
