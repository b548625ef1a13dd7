import { createSecurityGroup, openIngress } from '../ec2-control.ts';
import { attachVolume, createSnapshot, createVolume } from '../ec2-data.ts';
import { type LaunchSpec, runInstances } from '../ec2-launches.ts';
import { MINUTE } from '../estate.ts';
import type { Place } from '../places.ts';
import type { Random } from '../random.ts';
import type { Say } from '../routine.ts';
import type { Caller } from '../trail-record.ts';

/** Launches, and hands back what runs. */
export function launched(
  say: Say,
  random: Random,
  caller: Caller,
  at: number,
  spec: Omit<LaunchSpec, 'image'> & { readonly image?: LaunchSpec['image'] },
): readonly string[] {
  const { call, instances } = runInstances(random, at, { image: spec.place.base, ...spec });
  say(caller, at, call);
  return instances;
}

/** Copies a disk, fills a volume with the copy and puts it on an instance: theft, drill or restore, by who does it. */
export function mounted(
  say: Say,
  random: Random,
  caller: Caller,
  at: number,
  what: {
    readonly place: Place;
    readonly volume: string;
    readonly instance?: string;
    readonly type?: string;
    readonly pause?: number;
    readonly launch?: Partial<LaunchSpec>;
  },
): { readonly instance: string; readonly volume: string; readonly end: number } {
  const { place, pause = 6 * MINUTE } = what;
  const zone = place.subnets[0]?.zone ?? '';
  const { call, snapshot } = createSnapshot(random, at, { place, volume: what.volume });
  say(caller, at, call);
  const filled = createVolume(random, at + pause, { place, zone, snapshot });
  say(caller, at + pause, filled.call);
  const instance =
    what.instance ??
    launched(say, random, caller, at + 2 * pause, {
      place,
      type: what.type ?? 'm7i.large',
      zone,
      ...what.launch,
    })[0] ??
    '';
  const end = at + 3 * pause;
  say(
    caller,
    end,
    attachVolume(end, { region: place.region, volume: filled.volume, instance, device: '/dev/sdf' }),
  );
  return { instance, volume: filled.volume, end };
}

/** A group of one's own that lets an address range in. */
export function opened(
  say: Say,
  random: Random,
  caller: Caller,
  at: number,
  place: Place,
  { name = 'launch-wizard-1', cidr = '0.0.0.0/0', port = 22 } = {},
): { readonly id: string; readonly name: string } {
  const { call, group } = createSecurityGroup(random, place, name, name);
  say(caller, at, call);
  say(caller, at + 3000, openIngress(random, place, { group: group.id, port, cidr }));
  return group;
}
