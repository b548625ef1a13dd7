import { createSecurityGroup, openIngress } from '../ec2-control.ts';
import { attachVolume, createSnapshot, createVolume } from '../ec2-data.ts';
import { type LaunchSpec, runInstances } from '../ec2-launches.ts';
import type { Account } from '../estate.ts';
import type { Place } from '../places.ts';
import type { Random } from '../random.ts';
import type { series } from './attack.ts';

/** Does one thing after the other with somebody's credentials. */
export type Act = ReturnType<typeof series>;

type Server = Account['servers'][number];

/** A server whose data must not leave. */
export const restricted = (random: Random, { servers }: Account): Server =>
  random.pick(servers.filter(({ tags }) => tags['data-classification'] === 'restricted'));

/** A snapshot of a server's data; named like ordinary work where `as` says so. */
export const copyDisk = (
  act: Act,
  random: Random,
  place: Place,
  server: Server,
  as: { readonly description?: string; readonly tags?: Readonly<Record<string, string>> } = {},
): string => act((at) => createSnapshot(random, at, { place, volume: server.dataVolume, ...as })).snapshot;

/** Volume and instance must be in one zone; the first has subnets of both kinds. */
const zoneOf = (place: Place): string => place.subnets[0]?.zone ?? '';

export const restore = (
  act: Act,
  random: Random,
  place: Place,
  snapshot: string,
  tags?: Readonly<Record<string, string>>,
): string => {
  const where = { place, zone: zoneOf(place), snapshot };
  return act((at) => createVolume(random, at, { ...where, ...(tags && { tags }) })).volume;
};

/** An instance of the intruder's own; Amazon's image and an ordinary type unless told. */
export const launchOwn = (act: Act, random: Random, place: Place, spec: Partial<LaunchSpec> = {}): string =>
  act((at) =>
    runInstances(random, at, {
      image: place.amazonLinux,
      type: 'm7i.large',
      zone: zoneOf(place),
      ...spec,
      place,
    }),
  ).instances[0] ?? '';

export const mount = (act: Act, { region }: Place, volume: string, instance: string): void => {
  act((at) => attachVolume(at, { region, volume, instance, device: '/dev/sdf' }));
};

/** A security group of the intruder's own that lets somebody in. */
export const openGroup = (
  act: Act,
  random: Random,
  place: Place,
  { name, cidr, port = 22 }: { readonly name: string; readonly cidr: string; readonly port?: number },
): { readonly id: string; readonly name: string } => {
  const made = act(createSecurityGroup(random, place, name, name));
  act(openIngress(random, place, { group: made.group.id, port, cidr }));
  return made.group;
};
