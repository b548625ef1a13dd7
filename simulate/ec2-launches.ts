import { type Image, type Place, resourceId } from './places.ts';
import type { Random } from './random.ts';
import type { Call, Json } from './trail-record.ts';

/** What a RunInstances call asks for. */
export interface LaunchSpec {
  readonly place: Place;
  readonly image: Image;
  readonly type: string;
  readonly count?: number;
  /** Availability zone; any one when absent. */
  readonly zone?: string;
  readonly keyName?: string;
  /** Name of the instance profile. */
  readonly profile?: string;
  readonly userData?: true;
  readonly publicAddress?: true;
  /** Absent leaves the account's default. */
  readonly httpTokens?: 'optional' | 'required';
  readonly groups?: readonly { readonly id: string; readonly name: string }[];
  readonly tags?: Readonly<Record<string, string>>;
  /** The console names the image's own root snapshot in the call. */
  readonly fromConsole?: true;
  /** Further disks made from snapshots. */
  readonly disks?: readonly { readonly device: string; readonly snapshot: string }[];
  /** A launch template gives everything but the count; then the request names nothing else. */
  readonly template?: { readonly id: string; readonly version: string };
  readonly spot?: true;
  readonly clientToken?: string;
  /** Service that launches, as EC2 writes it into the answer. */
  readonly requester?: string;
}

/** `RunInstances` as EC2 records it, and the ids of what it starts. */
export function runInstances(
  random: Random,
  at: number,
  spec: LaunchSpec,
): { readonly call: Call; readonly instances: readonly string[] } {
  const { place } = spec;
  const count = spec.count ?? 1;
  const subnet = random.pick(
    place.subnets.filter(
      (each) =>
        each.public === (spec.publicAddress === true) && (spec.zone === undefined || each.zone === spec.zone),
    ),
  );
  const clientToken = spec.clientToken ?? random.guid();
  const instances = Array.from({ length: count }, () => resourceId(random, 'i'));
  const items = instances.map((id, index) =>
    instanceItem(random, at, spec, { id, index, subnet, clientToken }),
  );
  return {
    instances,
    call: {
      service: 'ec2',
      name: 'RunInstances',
      region: place.region,
      request: launchRequest(spec, count, subnet.id, clientToken),
      response: {
        reservationId: resourceId(random, 'r'),
        ownerId: place.account,
        groupSet: {},
        instancesSet: { items },
        ...(spec.requester && { requesterId: spec.requester }),
      },
      ...(spec.requester && {
        resources: instances.map((id) => ({
          accountId: place.account,
          type: 'AWS::EC2::Instance',
          ARN: `arn:aws:ec2:${place.region}:${place.account}:instance/${id}`,
        })),
      }),
    },
  };
}

const tagItems = (tags: Readonly<Record<string, string>>): Json[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Tags as a call sets them on what it makes. */
export const tagSpecification = (resourceType: string, tags: Readonly<Record<string, string>>): Json => ({
  items: [{ resourceType, tags: tagItems(tags) }],
});

/** Tags as an answer lists them. */
export const tagSet = (tags: Readonly<Record<string, string>> | undefined): Json =>
  tags === undefined || Object.keys(tags).length === 0 ? {} : { items: tagItems(tags) };

const groupItems = (groups: readonly { id: string; name: string }[]): Json => ({
  items: groups.map(({ id, name }) => ({ groupId: id, groupName: name })),
});

function launchRequest(spec: LaunchSpec, count: number, subnet: string, clientToken: string): Json {
  const tags = spec.tags && { tagSpecificationSet: tagSpecification('instance', spec.tags) };
  const common = { clientToken, disableApiTermination: false, disableApiStop: false };
  if (spec.template !== undefined) {
    return {
      instancesSet: { items: [{ minCount: count, maxCount: count }] },
      subnetId: subnet,
      blockDeviceMapping: {},
      monitoring: { enabled: false },
      launchTemplate: { launchTemplateId: spec.template.id, version: spec.template.version },
      ...tags,
      ...common,
    };
  }
  const groups = { items: (spec.groups ?? [spec.place.groups.default]).map(({ id }) => ({ groupId: id })) };
  const item = {
    imageId: spec.image.id,
    minCount: count,
    maxCount: count,
    ...(spec.keyName && { keyName: spec.keyName }),
  };
  return {
    instancesSet: { items: [item] },
    ...(spec.userData && { userData: '<sensitiveDataRemoved>' }),
    instanceType: spec.type,
    blockDeviceMapping: blockDevices(spec),
    monitoring: { enabled: false },
    ...(spec.publicAddress
      ? {
          networkInterfaceSet: {
            items: [{ deviceIndex: 0, subnetId: subnet, associatePublicIpAddress: true, groupSet: groups }],
          },
        }
      : { groupSet: groups, subnetId: subnet }),
    ...(spec.profile && { iamInstanceProfile: { name: spec.profile } }),
    ...(spec.httpTokens && {
      metadataOptions: { httpEndpoint: 'enabled', httpPutResponseHopLimit: 2, httpTokens: spec.httpTokens },
    }),
    ...(spec.spot && { instanceMarketOptions: { marketType: 'spot' } }),
    ebsOptimized: false,
    ...tags,
    ...common,
  };
}

function blockDevices({ image, fromConsole, disks = [] }: LaunchSpec): Json {
  const root = {
    deviceName: image.rootDevice,
    ebs: {
      encrypted: false,
      deleteOnTermination: true,
      iops: 3000,
      snapshotId: image.rootSnapshot,
      volumeSize: 8,
      volumeType: 'gp3',
      throughput: 125,
    },
  };
  const more = disks.map(({ device, snapshot }) => ({
    deviceName: device,
    ebs: { snapshotId: snapshot, volumeType: 'gp3', deleteOnTermination: true },
  }));
  const items = fromConsole ? [root, ...more] : more;
  return items.length === 0 ? {} : { items };
}

function instanceItem(
  random: Random,
  at: number,
  spec: LaunchSpec,
  made: { id: string; index: number; subnet: { id: string; zone: string }; clientToken: string },
): Json {
  const { place, image } = spec;
  const groups = spec.groups ?? [place.groups.default];
  const address = `10.${random.int(0, 31)}.${random.int(0, 255)}.${random.int(4, 250)}`;
  const privateDnsName = `ip-${address.replaceAll('.', '-')}.${place.region}.compute.internal`;
  const groupSet = groupItems(groups);
  return {
    instanceId: made.id,
    imageId: image.id,
    currentInstanceBootMode: 'uefi',
    instanceState: { code: 0, name: 'pending' },
    privateDnsName,
    ...(spec.keyName && { keyName: spec.keyName }),
    amiLaunchIndex: made.index,
    productCodes: {},
    instanceType: spec.type,
    launchTime: at,
    placement: { availabilityZone: made.subnet.zone, tenancy: 'default' },
    monitoring: { state: 'disabled' },
    subnetId: made.subnet.id,
    vpcId: place.vpc,
    privateIpAddress: address,
    stateReason: { code: 'pending', message: 'pending' },
    architecture: image.architecture,
    rootDeviceType: 'ebs',
    rootDeviceName: image.rootDevice,
    blockDeviceMapping: {},
    virtualizationType: 'hvm',
    hypervisor: 'xen',
    tagSet: tagSet(spec.tags),
    clientToken: made.clientToken,
    groupSet,
    sourceDestCheck: true,
    networkInterfaceSet: {
      items: [
        {
          networkInterfaceId: resourceId(random, 'eni'),
          subnetId: made.subnet.id,
          vpcId: place.vpc,
          ownerId: place.account,
          status: 'in-use',
          macAddress: `02:${random.hex(2)}:${random.hex(2)}:${random.hex(2)}:${random.hex(2)}:${random.hex(2)}`,
          privateIpAddress: address,
          privateDnsName,
          sourceDestCheck: true,
          interfaceType: 'interface',
          groupSet,
          attachment: {
            attachmentId: resourceId(random, 'eni-attach'),
            deviceIndex: 0,
            networkCardIndex: 0,
            status: 'attaching',
            attachTime: at,
            deleteOnTermination: true,
          },
          privateIpAddressesSet: { item: [{ privateIpAddress: address, privateDnsName, primary: true }] },
          ipv6AddressesSet: {},
          tagSet: {},
        },
      ],
    },
    ...(spec.profile && {
      iamInstanceProfile: {
        arn: `arn:aws:iam::${place.account}:instance-profile/${spec.profile}`,
        id: `AIPA${random.letters(17)}`,
      },
    }),
    ebsOptimized: false,
    enaSupport: true,
    cpuOptions: { coreCount: 1, threadsPerCore: 2 },
    capacityReservationSpecification: { capacityReservationPreference: 'open' },
    ...(spec.spot && { instanceLifecycle: 'spot', spotInstanceRequestId: `sir-${random.hex(8)}` }),
    enclaveOptions: { enabled: false },
    metadataOptions: {
      state: 'pending',
      httpTokens: spec.httpTokens ?? 'required',
      httpPutResponseHopLimit: 2,
      httpEndpoint: 'enabled',
      httpProtocolIpv4: 'enabled',
      httpProtocolIpv6: 'disabled',
      instanceMetadataTags: 'disabled',
    },
    maintenanceOptions: { autoRecovery: 'default' },
    privateDnsNameOptions: {
      hostnameType: 'ip-name',
      enableResourceNameDnsARecord: false,
      enableResourceNameDnsAAAARecord: false,
    },
    operator: { managed: false },
  };
}
