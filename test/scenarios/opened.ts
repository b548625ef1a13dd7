import { associateAddress, openIngress } from '../../simulate/ec2-control.ts';
import { attachVolume, createSnapshot, createVolume } from '../../simulate/ec2-data.ts';
import { runInstances } from '../../simulate/ec2-launches.ts';
import { DAY, HOUR, MINUTE } from '../../simulate/estate.ts';
import { REGIONS, resourceId } from '../../simulate/places.ts';
import { type Random, randomOf } from '../../simulate/random.ts';
import { apiCall, type Call, type TrailRecord } from '../../simulate/trail-record.ts';
import {
  addressOnInterface,
  authorizeIngress,
  groupsOfInstance,
  groupsOfInterface,
  metadataOptions,
  rewriteRule,
  setProfile,
} from './opening-calls.ts';
import { END_OF_HISTORY, estate, FIRST, OTHER, PRODUCTION, type Principal, sessionOf } from './world.ts';

/** One way to open an instance once copied data is on it. */
export interface Way {
  readonly name: string;
  /** Whether the world is let in at a port by which one enters; all other ways are weaker. */
  readonly entry: boolean;
  /** Instances launched by the one call; the data comes onto the first. */
  readonly count?: number;
  readonly open: (target: Target) => Call;
}

/** The instance that the data is on. */
interface Target {
  readonly random: Random;
  readonly at: number;
  readonly instance: string;
  readonly networkInterface: string;
  /** The only group that it is in, without rules. */
  readonly group: string;
  /** A group that somebody opened to the world an hour before the chain began; nothing is in it. */
  readonly openGroup: string;
}

/** Who opens, and when: by the one who copied or by somebody else, six minutes or three days after the chain. */
export interface When {
  readonly another?: true;
  readonly later?: true;
}

const home = estate.places(PRODUCTION.id, REGIONS.home);
const { region } = home;
const NETWORK: Principal = {
  email: 'ines.moreau@example.com',
  permissionSet: 'NetworkAdmin',
  source: '192.0.2.71',
};

/** The records of CreateSnapshot → CreateVolume → RunInstances → AttachVolume and one opening, in the order of time. */
export function recordsOpened({ open, count = 1 }: Way, { another, later }: When): TrailRecord[] {
  const random = randomOf(1578, 'opened');
  const records: TrailRecord[] = [];
  let now = END_OF_HISTORY + 9 * HOUR + 30 * MINUTE;
  const write = (principal: Principal, call: Call): void => {
    records.push(apiCall(random, sessionOf(random, principal, PRODUCTION.id, now), now, call));
    now += 6 * MINUTE;
  };
  const group = { id: resourceId(random, 'sg'), name: 'restore' };
  const openGroup = resourceId(random, 'sg');
  write(NETWORK, openIngress(random, home, { group: openGroup, port: 22, cidr: '0.0.0.0/0' }));
  now += HOUR;

  const copied = createSnapshot(random, now, {
    place: home,
    volume: PRODUCTION.servers[0]?.dataVolume ?? '',
  });
  write(FIRST, copied.call);
  const zone = home.subnets[0]?.zone ?? '';
  const restored = createVolume(random, now, { place: home, zone, snapshot: copied.snapshot });
  write(FIRST, restored.call);
  const spec = { place: home, image: home.amazonLinux, type: 'm7i.large', zone, groups: [group], count };
  const run = runInstances(random, now, spec);
  write(FIRST, run.call);
  const instance = run.instances[0] ?? '';
  write(FIRST, attachVolume(now, { region, volume: restored.volume, instance, device: '/dev/sdf' }));

  if (later) now += 3 * DAY;
  const networkInterface = interfaceOf(run.call);
  const target = { random, at: now, instance, networkInterface, group: group.id, openGroup };
  write(another ? OTHER : FIRST, open(target));
  return records;
}

/** The interface of the first instance that a launch makes. */
function interfaceOf({ response }: Call): string {
  const id = /"networkInterfaceId":"(eni-[0-9a-f]+)"/.exec(JSON.stringify(response))?.[1];
  if (id === undefined) throw new Error('the launch names no network interface');
  return id;
}

const EVERYONE = { cidrIp: '0.0.0.0/0' };
const SSH = { ipProtocol: 'tcp', fromPort: 22, toPort: 22 };
const authorize = (
  name: string,
  rule: Parameters<typeof authorizeIngress>[2],
  { entry = true }: { entry?: boolean } = {},
): Way => ({
  name: `AuthorizeSecurityGroupIngress, ${name}`,
  entry,
  open: ({ random, group }) => authorizeIngress(random, home, { ...rule, group }),
});

export const WAYS: readonly Way[] = [
  authorize('port 22 from 0.0.0.0/0', { ...SSH, ...EVERYONE }),
  authorize('the same in the flat shape', { ...SSH, ...EVERYONE, flat: true }),
  authorize('port 22 from ::/0', { ...SSH, cidrIpv6: '::/0' }),
  authorize('protocol -1, flat', { ipProtocol: '-1', ...EVERYONE, flat: true }),
  authorize('protocol -1 from ::/0', { ipProtocol: '-1', cidrIpv6: '::/0' }),
  authorize('ports 0-65535', { ipProtocol: 'tcp', fromPort: 0, toPort: 65_535, ...EVERYONE }),
  authorize('ports 20-25', { ipProtocol: 'tcp', fromPort: 20, toPort: 25, ...EVERYONE }),
  authorize('port 22 from one half of the world', { ...SSH, cidrIp: '128.0.0.0/1' }),
  authorize('port 443', { ipProtocol: 'tcp', fromPort: 443, toPort: 443, ...EVERYONE }, { entry: false }),
  {
    name: 'ModifySecurityGroupRules, the office replaced by 0.0.0.0/0',
    entry: true,
    open: ({ random, group }) => rewriteRule(random, region, group, '0.0.0.0/0'),
  },
  {
    name: 'ModifyInstanceAttribute, a group open to the world put on the instance',
    entry: true,
    open: ({ instance, openGroup }) => groupsOfInstance(region, instance, [openGroup]),
  },
  {
    name: 'ModifyNetworkInterfaceAttribute, the same on its interface',
    entry: true,
    open: ({ networkInterface, openGroup }) => groupsOfInterface(region, networkInterface, [openGroup]),
  },
  {
    name: 'ModifyInstanceAttribute, the same on one of two instances launched by one call',
    entry: true,
    count: 2,
    open: ({ instance, openGroup }) => groupsOfInstance(region, instance, [openGroup]),
  },
  {
    name: 'ModifyNetworkInterfaceAttribute, the same on the interface of one of two',
    entry: true,
    count: 2,
    open: ({ networkInterface, openGroup }) => groupsOfInterface(region, networkInterface, [openGroup]),
  },
  {
    name: 'AssociateAddress by instance',
    entry: false,
    open: ({ random, instance }) => associateAddress(random, region, instance),
  },
  {
    name: 'AssociateAddress by interface',
    entry: false,
    open: ({ random, networkInterface }) => addressOnInterface(random, region, networkInterface),
  },
  {
    name: 'AssociateIamInstanceProfile',
    entry: false,
    open: ({ random, instance, at }) =>
      setProfile('AssociateIamInstanceProfile', random, at, home, { instance, profile: 'admin' }),
  },
  {
    name: 'ReplaceIamInstanceProfileAssociation',
    entry: false,
    open: ({ random, instance, at }) =>
      setProfile('ReplaceIamInstanceProfileAssociation', random, at, home, { instance, profile: 'admin' }),
  },
  {
    name: 'ModifyInstanceMetadataOptions, IMDSv1 allowed',
    entry: false,
    open: ({ instance }) => metadataOptions(region, instance, 'optional'),
  },
];
