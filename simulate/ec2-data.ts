import { tagSet, tagSpecification } from './ec2-launches.ts';
import { type Place, resourceId } from './places.ts';
import type { Random } from './random.ts';
import type { Call, Json } from './trail-record.ts';

type Tags = Readonly<Record<string, string>>;

const ec2 = (region: string, name: string, request: Json, response: Json): Call => ({
  service: 'ec2',
  name,
  region,
  request,
  response,
});

const DONE = { _return: true };

export function createSnapshot(
  random: Random,
  at: number,
  {
    place,
    volume,
    description = '',
    tags,
  }: {
    readonly place: Place;
    readonly volume: string;
    readonly description?: string;
    readonly tags?: Tags;
  },
): { readonly call: Call; readonly snapshot: string } {
  const snapshot = resourceId(random, 'snap');
  const call = ec2(
    place.region,
    'CreateSnapshot',
    {
      volumeId: volume,
      description,
      ...(tags && { tagSpecificationSet: tagSpecification('snapshot', tags) }),
    },
    {
      snapshotId: snapshot,
      volumeId: volume,
      status: 'pending',
      startTime: at,
      progress: '',
      ownerId: place.account,
      volumeSize: 100,
      description,
      encrypted: true,
      tagSet: tagSet(tags),
    },
  );
  return { call, snapshot };
}

/** All volumes of an instance at once; `volumes` are id and tags, copied onto the snapshots when asked. */
export function createSnapshots(
  random: Random,
  at: number,
  {
    place,
    instance,
    volumes,
    description,
    copyTags,
    tags,
  }: {
    readonly place: Place;
    readonly instance: string;
    readonly volumes: readonly { readonly id: string; readonly tags?: Tags }[];
    readonly description: string;
    readonly copyTags?: true;
    readonly tags?: Tags;
  },
): { readonly call: Call; readonly snapshots: readonly string[] } {
  const snapshots = volumes.map(() => resourceId(random, 'snap'));
  const call = ec2(
    place.region,
    'CreateSnapshots',
    {
      CreateSnapshotsRequest: {
        Description: description,
        InstanceSpecification: { InstanceId: instance, ExcludeBootVolume: false },
        ...(copyTags && { CopyTagsFromSource: 'volume' }),
        ...(tags && { TagSpecification: fleetTags('snapshot', tags) }),
      },
    },
    {
      CreateSnapshotsResponse: {
        snapshotSet: {
          item: volumes.map((volume, index) => ({
            snapshotId: snapshots[index],
            volumeId: volume.id,
            state: 'pending',
            startTime: new Date(at).toISOString(),
            ownerId: place.account,
            volumeSize: 100,
            description,
            encrypted: true,
            tagSet: wrappedTags({ ...(copyTags && volume.tags), ...tags }),
          })),
        },
      },
    },
  );
  return { call, snapshots };
}

const fleetTags = (resourceType: string, tags: Tags): Json => ({
  tag: 1,
  ResourceType: resourceType,
  Tag: Object.entries(tags).map(([Key, Value], index) => ({ tag: index + 1, Key, Value })),
});

const wrappedTags = (tags: Tags): Json | '' =>
  Object.keys(tags).length === 0
    ? ''
    : { item: Object.entries(tags).map(([key, value]) => ({ key, value })) };

/** Made in the Region it goes to. */
export function copySnapshot(
  random: Random,
  {
    region,
    from,
    snapshot,
    description,
  }: {
    readonly region: string;
    readonly from: string;
    readonly snapshot: string;
    readonly description: string;
  },
): { readonly call: Call; readonly snapshot: string } {
  const copy = resourceId(random, 'snap');
  const call = ec2(
    region,
    'CopySnapshot',
    {
      sourceRegion: from,
      sourceSnapshotId: snapshot,
      description,
      encrypted: true,
      destinationRegion: region,
    },
    { snapshotId: copy },
  );
  return { call, snapshot: copy };
}

export const deleteSnapshot = (region: string, snapshot: string): Call =>
  ec2(region, 'DeleteSnapshot', { snapshotId: snapshot, force: false }, DONE);

/** Who gets or loses access: accounts, or everyone as `all`. */
export function shareSnapshot(
  region: string,
  snapshot: string,
  change: 'add' | 'remove',
  ...grantees: readonly string[]
): Call {
  const items = grantees.map((to) => (to === 'all' ? { group: 'all' } : { userId: to }));
  return ec2(
    region,
    'ModifySnapshotAttribute',
    {
      snapshotId: snapshot,
      attributeType: 'CREATE_VOLUME_PERMISSION',
      createVolumePermission: { [change]: { items } },
    },
    DONE,
  );
}

export function createVolume(
  random: Random,
  at: number,
  {
    place,
    snapshot,
    zone,
    size = 100,
    tags,
  }: {
    readonly place: Place;
    readonly zone: string;
    readonly snapshot?: string;
    readonly size?: number;
    readonly tags?: Tags;
  },
): { readonly call: Call; readonly volume: string } {
  const volume = resourceId(random, 'vol');
  const call = ec2(
    place.region,
    'CreateVolume',
    {
      size: String(size),
      zone,
      ...(snapshot && { snapshotId: snapshot }),
      volumeType: 'gp3',
      encrypted: true,
      ...(tags && { tagSpecificationSet: tagSpecification('volume', tags) }),
      clientToken: random.guid(),
    },
    {
      volumeId: volume,
      size: String(size),
      ...(snapshot && { snapshotId: snapshot }),
      zone,
      status: 'creating',
      createTime: at,
      volumeType: 'gp3',
      iops: 3000,
      encrypted: true,
      masterEncryptionKeyId: `arn:aws:kms:${place.region}:${place.account}:alias/aws/ebs`,
      tagSet: tagSet(tags),
      multiAttachEnabled: false,
    },
  );
  return { call, volume };
}

export interface Attachment {
  readonly region: string;
  readonly volume: string;
  readonly instance: string;
  readonly device: string;
}

export const attachVolume = (at: number, { region, volume, instance, device }: Attachment): Call =>
  ec2(
    region,
    'AttachVolume',
    { volumeId: volume, instanceId: instance, device, deleteOnTermination: false },
    {
      volumeId: volume,
      instanceId: instance,
      device,
      status: 'attaching',
      attachTime: at,
      deleteOnTermination: false,
    },
  );

export const detachVolume = (at: number, { region, volume, instance, device }: Attachment): Call =>
  ec2(
    region,
    'DetachVolume',
    { volumeId: volume, instanceId: instance, device, force: false },
    { volumeId: volume, instanceId: instance, device, status: 'detaching', attachTime: at - 3_600_000 },
  );

export const deleteVolume = (region: string, volume: string): Call =>
  ec2(region, 'DeleteVolume', { volumeId: volume }, DONE);

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
