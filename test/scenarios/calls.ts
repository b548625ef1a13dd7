import { type Image, type Place, resourceId } from '../../cli/simulate/places.ts';
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

/** An image whose root disk is a snapshot; nothing is copied. */
export function registerImage(
  random: Random,
  { region, snapshot, name }: { readonly region: string; readonly snapshot: string; readonly name: string },
): { readonly call: Call; readonly image: Image } {
  const id = resourceId(random, 'ami');
  const rootDevice = '/dev/xvda';
  const call = ec2(
    region,
    'RegisterImage',
    {
      name,
      architecture: 'x86_64',
      rootDeviceName: rootDevice,
      virtualizationType: 'hvm',
      enaSupport: true,
      blockDeviceMapping: {
        items: [{ deviceName: rootDevice, ebs: { snapshotId: snapshot, deleteOnTermination: true } }],
      },
    },
    { imageId: id },
  );
  return { call, image: { id, rootDevice, rootSnapshot: snapshot, architecture: 'x86_64' } };
}

/** A volume copied within its zone, without a snapshot that anyone could see. */
export function copyVolumes(
  random: Random,
  { region, volume }: { readonly region: string; readonly volume: string },
): { readonly call: Call; readonly volume: string } {
  const copy = resourceId(random, 'vol');
  const call = ec2(
    region,
    'CopyVolumes',
    { CopyVolumesRequest: { SourceVolumeId: volume, VolumeType: 'gp3' } },
    {
      CopyVolumesResponse: {
        volumeSet: {
          item: { volumeId: copy, sourceVolumeId: volume, size: 100, status: 'creating', volumeType: 'gp3' },
        },
      },
    },
  );
  return { call, volume: copy };
}

/** A snapshot written block by block through the EBS direct API, on top of another one if `parent` is given. */
export function startSnapshot(
  random: Random,
  at: number,
  { place, parent }: { readonly place: Place; readonly parent?: string },
): { readonly call: Call; readonly snapshot: string } {
  const snapshot = resourceId(random, 'snap');
  const on = parent === undefined ? {} : { parentSnapshotId: parent };
  return {
    snapshot,
    call: {
      service: 'ebs',
      name: 'StartSnapshot',
      region: place.region,
      request: { volumeSize: 100, clientToken: random.guid(), timeout: 60, ...on },
      response: {
        snapshotId: snapshot,
        ownerId: place.account,
        status: 'pending',
        startTime: at / 1000,
        volumeSize: 100,
        blockSize: 524_288,
        ...on,
      },
    },
  };
}

/** Swaps the root disk of a running instance for one made of a snapshot. */
export const replaceRootVolume = (
  random: Random,
  at: number,
  {
    region,
    instance,
    snapshot,
  }: { readonly region: string; readonly instance: string; readonly snapshot: string },
): Call =>
  ec2(
    region,
    'CreateReplaceRootVolumeTask',
    {
      CreateReplaceRootVolumeTaskRequest: {
        InstanceId: instance,
        SnapshotId: snapshot,
        ClientToken: random.guid(),
      },
    },
    {
      CreateReplaceRootVolumeTaskResponse: {
        replaceRootVolumeTask: {
          replaceRootVolumeTaskId: resourceId(random, 'replacevol'),
          instanceId: instance,
          snapshotId: snapshot,
          taskState: 'pending',
          startTime: new Date(at).toISOString(),
        },
      },
    },
  );

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
