import { createHash } from 'node:crypto';
import {
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeRegionsCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Instance,
  type Reservation,
} from '@aws-sdk/client-ec2';
import type { Inventory, InventoryPage } from '../../app/ports.ts';
import { profileName } from '../../core/records/cloudtrail/launch-spec.ts';
import type { SeenInstance, SeenVolume } from '../../core/records/inventory/seen.ts';

/** Instances of a page. Each has a volume or two, and a filter takes two hundred values. */
const PAGE = 100;
const MAX_FILTER = 200;
/** Alias of the account of AWS's own images: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html */
const AMAZON = 'amazon';

/** What is gone is nobody's question. */
const STATES = ['pending', 'running', 'stopping', 'stopped'];

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/**
 * The instances of the client's account and Region.
 *
 * Needs ec2:DescribeInstances, ec2:DescribeInstanceAttribute, ec2:DescribeVolumes, ec2:DescribeImages and ec2:DescribeRegions. EC2
 * throttles each by itself: give the client `retryMode: 'adaptive'`.
 */
export function ec2Inventory(
  client: Pick<EC2Client, 'send'>,
  place: { readonly account: string; readonly region: string },
): Inventory {
  const snapshotsOf = async (instances: readonly Instance[]): Promise<Map<string, string>> => {
    const ids = instances.flatMap(({ BlockDeviceMappings = [] }) =>
      BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.VolumeId ?? []),
    );
    const found = new Map<string, string>();
    for (let index = 0; index < ids.length; index += MAX_FILTER) {
      const { Volumes = [] } = await client.send(
        new DescribeVolumesCommand({
          // a filter and no list: what has been deleted in the meantime is no error
          Filters: [{ Name: 'volume-id', Values: ids.slice(index, index + MAX_FILTER) }],
        }),
      );
      for (const { VolumeId, SnapshotId } of Volumes)
        if (VolumeId && SnapshotId) found.set(VolumeId, SnapshotId);
    }
    return found;
  };

  /** Owners of images by image, of those that are not AWS's own. Of what was deregistered or is not shared any more there is none. */
  const ownersOf = async (instances: readonly Instance[]): Promise<Map<string, string>> => {
    const ids = [...new Set(instances.flatMap(({ ImageId }) => ImageId ?? []))];
    if (ids.length === 0) return new Map();
    const { Images = [] } = await client.send(
      new DescribeImagesCommand({ Filters: [{ Name: 'image-id', Values: ids }], IncludeDeprecated: true }),
    );
    return new Map(
      Images.flatMap(({ ImageId, OwnerId, ImageOwnerAlias }): [string, string][] =>
        ImageId && OwnerId && ImageOwnerAlias !== AMAZON ? [[ImageId, OwnerId]] : [],
      ),
    );
  };

  const describe = async (input: DescribeInstancesCommandInput): Promise<InventoryPage> => {
    const { Reservations = [], NextToken } = await client.send(
      new DescribeInstancesCommand({
        ...input,
        Filters: [...(input.Filters ?? []), { Name: 'instance-state-name', Values: STATES }],
      }),
    );
    const all = Reservations.flatMap(({ Instances = [] }) => Instances);
    const [snapshots, owners] = await Promise.all([snapshotsOf(all), ownersOf(all)]);
    const instances = Reservations.flatMap((reservation) =>
      (reservation.Instances ?? []).flatMap((each) =>
        seenOf(each, reservation, { snapshots, owners }, place),
      ),
    );
    return { instances, ...(NextToken ? { next: NextToken } : {}) };
  };

  return {
    async page(cursor) {
      try {
        return await describe({ MaxResults: PAGE, ...(cursor !== undefined && { NextToken: cursor }) });
      } catch (error) {
        if (cursor !== undefined && isNamed(error, 'InvalidNextToken', 'InvalidParameterValue'))
          return undefined;
        throw error;
      }
    },

    async reservation(id) {
      const found: SeenInstance[] = [];
      let next: string | undefined;
      do {
        const page = await describe({
          Filters: [{ Name: 'reservation-id', Values: [id] }],
          ...(next !== undefined && { NextToken: next }),
        });
        found.push(...page.instances);
        next = page.next;
      } while (next !== undefined);
      return found.sort((a, b) => (a.id < b.id ? -1 : 1));
    },

    async userData(instance) {
      try {
        const { UserData } = await client.send(
          new DescribeInstanceAttributeCommand({ InstanceId: instance, Attribute: 'userData' }),
        );
        const written = UserData?.Value;
        return written ? createHash('sha256').update(written).digest('base64url') : undefined;
      } catch (error) {
        if (isNamed(error, 'InvalidInstanceID.NotFound')) return undefined;
        throw error;
      }
    },

    async regions() {
      const { Regions = [] } = await client.send(new DescribeRegionsCommand({ AllRegions: false }));
      return Regions.flatMap(({ RegionName }) => RegionName ?? []).sort();
    },
  };
}

/** The launch: a stop and a start change `LaunchTime`, but not when the first interface was attached. */
function launchedAt({ LaunchTime, NetworkInterfaces = [] }: Instance): number | undefined {
  const first = NetworkInterfaces.find(({ Attachment }) => Attachment?.DeviceIndex === 0);
  const times = [LaunchTime, first?.Attachment?.AttachTime].flatMap((time) => time?.getTime() ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

function seenOf(
  instance: Instance,
  { ReservationId }: Reservation,
  { snapshots, owners }: Readonly<Record<'snapshots' | 'owners', ReadonlyMap<string, string>>>,
  place: { readonly account: string; readonly region: string },
): SeenInstance[] {
  const { InstanceId, NetworkInterfaces = [], SecurityGroups = [], Tags = [] } = instance;
  const launched = launchedAt(instance);
  if (InstanceId === undefined || launched === undefined) return [];
  const profile = profileName(instance.IamInstanceProfile?.Arn);
  const groups = [...SecurityGroups, ...NetworkInterfaces.flatMap(({ Groups = [] }) => Groups)];
  const tokens = instance.MetadataOptions?.HttpTokens;
  const owner = owners.get(instance.ImageId ?? '');
  const isPublic = instance.PublicIpAddress !== undefined && instance.PublicIpAddress !== '';
  return [
    {
      ...place,
      id: InstanceId,
      reservation: ReservationId ?? InstanceId,
      launched: wholeSecond(launched),
      started: wholeSecond(instance.LaunchTime?.getTime() ?? launched),
      ...(instance.ImageId && { image: instance.ImageId }),
      ...(owner !== undefined && { imageOwner: owner }),
      ...(instance.InstanceType && { type: instance.InstanceType }),
      ...(profile !== undefined && { profile }),
      ...(instance.KeyName && { keyName: instance.KeyName }),
      groups: [...new Set(groups.flatMap(({ GroupId }) => GroupId ?? []))].sort(),
      ...(instance.SubnetId && { subnet: instance.SubnetId }),
      ...(instance.VpcId && { vpc: instance.VpcId }),
      interfaces: NetworkInterfaces.flatMap(({ NetworkInterfaceId }) => NetworkInterfaceId ?? []).sort(),
      ...(isPublic && { publicAddress: true as const }),
      ...((tokens === 'optional' || tokens === 'required') && { httpTokens: tokens }),
      tags: Object.fromEntries(Tags.flatMap(({ Key, Value = '' }) => (Key ? [[Key, Value]] : []))),
      volumes: volumesOf(instance, snapshots),
      ...(instance.ClientToken && { clientToken: instance.ClientToken }),
    },
  ];
}

const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;

function volumesOf(
  { BlockDeviceMappings = [], RootDeviceName }: Instance,
  snapshots: ReadonlyMap<string, string>,
): SeenVolume[] {
  return BlockDeviceMappings.flatMap(({ DeviceName, Ebs }): SeenVolume[] => {
    const id = Ebs?.VolumeId;
    if (id === undefined) return [];
    const snapshot = snapshots.get(id);
    const isRoot = DeviceName !== undefined && DeviceName === RootDeviceName;
    return [{ id, ...(snapshot !== undefined && { snapshot }), ...(isRoot && { root: true as const }) }];
  }).sort((a, b) => (a.id < b.id ? -1 : 1));
}
