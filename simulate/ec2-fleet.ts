import type { LaunchSpec } from './ec2-launches.ts';
import type { Random } from './random.ts';
import { type Call, isoTime } from './trail-record.ts';

/** `CreateFleet` of type instant, as Karpenter makes it; the instances come from the RunInstances behind it. */
export function createFleet(
  random: Random,
  at: number,
  spec: LaunchSpec,
  choice: readonly string[],
  instances: readonly string[],
): Call {
  const { place } = spec;
  const lifecycle = spec.spot ? 'spot' : 'on-demand';
  return {
    service: 'ec2',
    name: 'CreateFleet',
    region: place.region,
    request: {
      CreateFleetRequest: {
        Type: 'instant',
        ClientToken: random.guid(),
        TargetCapacitySpecification: {
          TotalTargetCapacity: instances.length,
          DefaultTargetCapacityType: lifecycle,
        },
        LaunchTemplateConfigs: {
          tag: 1,
          LaunchTemplateSpecification: { LaunchTemplateId: spec.template?.id, Version: '$Latest' },
          Overrides: choice.map((type, index) => ({
            tag: index + 1,
            InstanceType: type,
            ImageId: spec.image.id,
            SubnetId: random.pick(place.subnets).id,
          })),
        },
        TagSpecification: Object.entries(spec.tags ?? {}).map(([Key, Value], index) => ({
          tag: index + 1,
          ResourceType: 'instance',
          Tag: { tag: 1, Key, Value },
        })),
      },
    },
    response: {
      CreateFleetResponse: {
        fleetId: `fleet-${random.guid()}`,
        createTime: isoTime(at),
        errorSet: '',
        fleetInstanceSet: {
          item: {
            lifecycle,
            instanceType: spec.type,
            instanceIds: { item: instances.length === 1 ? instances[0] : instances },
          },
        },
      },
    },
  };
}

export const modifySpotFleet = (region: string, fleet: string, capacity: number): Call => ({
  service: 'ec2',
  name: 'ModifySpotFleetRequest',
  region,
  request: { spotFleetRequestId: fleet, targetCapacity: capacity },
  response: { _return: true },
});

/** A spot fleet with its launch specifications written out; the instances come from RunInstances calls of the service. */
export function requestSpotFleet(
  random: Random,
  { place, image, keyName, userData }: LaunchSpec,
  types: readonly string[],
  capacity: number,
): { readonly call: Call; readonly fleet: string } {
  const fleet = `sfr-${random.guid()}`;
  const subnet = random.pick(place.subnets).id;
  const call: Call = {
    service: 'ec2',
    name: 'RequestSpotFleet',
    region: place.region,
    request: {
      spotFleetRequestConfig: {
        iamFleetRole: `arn:aws:iam::${place.account}:role/aws-ec2-spot-fleet-tagging-role`,
        allocationStrategy: 'capacityOptimized',
        targetCapacity: capacity,
        terminateInstancesWithExpiration: true,
        type: 'maintain',
        launchSpecifications: types.map((instanceType) => ({
          imageId: image.id,
          instanceType,
          ...(keyName && { keyName }),
          ...(userData && { userData: '<sensitiveDataRemoved>' }),
          networkInterfaceSet: {
            items: [{ deviceIndex: 0, subnetId: subnet, associatePublicIpAddress: true }],
          },
        })),
      },
    },
    response: { spotFleetRequestId: fleet },
  };
  return { call, fleet };
}
