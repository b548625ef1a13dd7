import { DAY, HOUR, ipv6Of, MINUTE } from '../estate.ts';
import type { Random } from '../random.ts';
import type { Deed, Done, Who } from './deed.ts';

/** Who lives in an account, and what it has. */
export interface House {
  readonly operators: readonly [Who, Who];
  readonly developers: readonly [Who, ...Who[]];
  readonly keeper: Who;
  readonly pipeline: Who;
  readonly backup: Who;
  readonly scaler: Who;
  readonly nodes: Who;
  /** Disks of servers that have been there from the beginning. */
  readonly disks: readonly [string, ...string[]];
  /** Groups that grow and shrink by themselves. */
  readonly group: string;
}

const GIVEN = [
  'amara',
  'bjorn',
  'chiara',
  'elif',
  'gustav',
  'hana',
  'ines',
  'mateo',
  'nadia',
  'priya',
  'samir',
  'yusuf',
];
const DISKS = ['orders', 'billing', 'customers', 'search', 'files', 'reports', 'crm', 'ledger'];

const shuffled = <T>(random: Random, items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

/** A house whose names, addresses and habits chance decides. */
export function houseOf(random: Random): House {
  const names = shuffled(random, GIVEN);
  const office = random.int(10, 90);
  const person = (name: string): Who => ({
    name: `${name}@example.com`,
    sort: 'person',
    ip: random.chance(0.7) ? `192.0.2.${office + random.int(0, 3)}` : ipv6Of(random),
    tool: random.pick(['console', 'cli']),
  });
  const program = (name: string): Who => ({ name, sort: 'program', ip: `198.51.100.${random.int(2, 250)}` });
  const [a, b, c, d, e] = names as [string, string, string, string, string];
  return {
    operators: [person(a), person(b)],
    developers: [person(c), person(d)],
    keeper: person(e),
    pipeline: program('pipeline'),
    backup: program('backup'),
    scaler: { name: 'scaler', sort: 'scaler' },
    nodes: { name: 'nodes', sort: 'nodes' },
    disks: shuffled(random, DISKS)
      .slice(0, random.int(3, 5))
      .map((name) => `prod-${name}`) as [string, ...string[]],
    group: random.pick(['web', 'front', 'shop']),
  };
}

/** Somebody at work: deeds one after the other, some minutes apart. */
export function series(
  random: Random,
  start: number,
  [from, to]: readonly [number, number],
  by: Who,
  routine: string,
): { readonly deeds: Done[]; readonly next: (deed: Deed, region?: string) => void } {
  const deeds: Done[] = [];
  let at = start;
  return {
    deeds,
    next: (deed, region) => {
      deeds.push({ at, by, deed, routine, ...(region !== undefined && { region }) });
      at += random.int(from, to) * 1_000;
    },
  };
}

/** Ordinary life of some days: nightly copies that are rotated, builds, groups that grow, people at work, a restore now and then. */
export function lifeOf(house: House, random: Random, start: number, days: number): Done[] {
  const done: Done[] = [];
  for (let day = 0; day < days; day++) {
    const midnight = start + day * DAY;
    const weekday = new Date(midnight).getUTCDay();
    done.push(...nightOf(house, random, midnight, day));
    if (weekday !== 0 && weekday !== 6) done.push(...workOf(house, random, midnight, day));
  }
  return done;
}

/** Copies kept, days. */
const KEPT = 7;

function nightOf(
  { backup, scaler, disks, group }: House,
  random: Random,
  midnight: number,
  day: number,
): Done[] {
  const copies = series(random, midnight + 2 * HOUR, [20, 90], backup, 'backup');
  for (const disk of disks) {
    copies.next({ do: 'snapshot', disk, snapshot: `backup-${disk}-${day}` });
    if (day >= KEPT) copies.next({ do: 'drop', snapshot: `backup-${disk}-${day - KEPT}` });
  }
  const growth = Array.from(
    { length: random.int(1, 4) },
    (): Done => ({
      at: midnight + random.int(0, 23 * 60) * MINUTE,
      by: scaler,
      deed: { do: 'scale', group, size: 'usual', count: random.int(1, 4) },
      routine: 'auto-scaling',
    }),
  );
  return [...copies.deeds, ...growth];
}

function workOf(house: House, random: Random, midnight: number, day: number): Done[] {
  const { operators, developers, keeper, pipeline, disks } = house;
  const done: Done[] = [];
  const at = (): number => midnight + 7 * HOUR + random.int(0, 9 * 60) * MINUTE;
  for (let build = random.int(2, 4); build > 0; build--) {
    const builds = series(random, at(), [600, 2_400], pipeline, 'builds');
    const machine = `ci-${day}-${build}`;
    builds.next({ do: 'launch', machine, size: 'small' });
    builds.next({ do: 'terminate', machine });
    done.push(...builds.deeds);
  }
  for (const operator of operators) {
    const work = series(random, at(), [60, 1_200], operator, 'operators');
    work.next({ do: random.pick(['start', 'stop']), machine: `prod-${random.int(1, 5)}` });
    if (random.chance(0.35)) {
      const machine = `prod-${operator.name.split('@')[0]}-${day}`;
      work.next({ do: 'launch', machine, size: random.pick(['usual', 'large']) });
    }
    if (random.chance(0.15)) work.next({ do: 'open', group: 'prod-office', port: 443, from: '192.0.2.0/24' });
    done.push(...work.deeds);
  }
  for (const developer of developers) {
    if (!random.chance(0.6)) continue;
    const name = `dev-${developer.name.split('@')[0]}-${day}`;
    const work = series(random, at(), [60, 900], developer, 'developers');
    if (random.chance(0.4))
      work.next({ do: 'open', group: name, port: 22, from: developer.ip ?? '192.0.2.1' });
    work.next({
      do: 'launch',
      machine: name,
      size: random.pick(['small', 'usual']),
      public: true,
      group: name,
    });
    work.next({ do: 'terminate', machine: name });
    done.push(...work.deeds);
  }
  if (day % 5 === 1) done.push(...restoreOf(keeper, random.pick(disks), day, at(), random, 'restores'));
  if (day % 7 === 2) done.push(...imageOf(pipeline, day, at(), random, 'images'));
  if (day % 6 === 3) done.push(...poolOf(house, day, at(), random, 'pools', 2));
  return done;
}

/** A restore of last night's copy onto a machine of its own, as whoever keeps databases does it again and again. */
export function restoreOf(
  by: Who,
  source: string,
  day: number,
  at: number,
  random: Random,
  routine: string,
): Done[] {
  const work = series(random, at, [120, 900], by, routine);
  const disk = `restore-${source}-${day}`;
  work.next({ do: 'restore', snapshot: `backup-${source}-${day}`, disk });
  work.next({ do: 'launch', machine: `restore-check-${day}`, size: 'usual', disk });
  work.next({ do: 'terminate', machine: `restore-check-${day}` });
  return work.deeds;
}

/** A web server is set up by hand: a group that lets everybody in to its port, a machine in it, and code run on that. */
export function siteOf(by: Who, day: number, at: number, random: Random, routine: string): Done[] {
  const work = series(random, at, [90, 900], by, routine);
  const [group, machine] = [`site-${day}`, `site-${day}`];
  work.next({ do: 'open', group, port: 443, from: '0.0.0.0/0' });
  work.next({ do: 'launch', machine, size: 'small', public: true, group });
  work.next({ do: 'run', machine });
  return work.deeds;
}

/** Sites that one of the operators sets up, one every fourth day of work. */
export function sitesOf({ operators }: House, random: Random, start: number, days: number): Done[] {
  const done: Done[] = [];
  for (let day = 0; day < days; day++) {
    const midnight = start + day * DAY;
    const weekday = new Date(midnight).getUTCDay();
    if (weekday === 0 || weekday === 6 || day % 4 !== 1) continue;
    done.push(...siteOf(operators[1], day, midnight + random.int(8 * 60, 15 * 60) * MINUTE, random, 'sites'));
  }
  return done;
}

/** An image is built on a machine of its own, and launched once to be tried. */
export function imageOf(by: Who, day: number, at: number, random: Random, routine: string): Done[] {
  const work = series(random, at, [300, 900], by, routine);
  work.next({ do: 'launch', machine: `build-${day}`, size: 'small' });
  work.next({ do: 'image', machine: `build-${day}`, image: `base-${day}` });
  work.next({ do: 'terminate', machine: `build-${day}` });
  work.next({ do: 'launch', machine: `try-${day}`, size: 'small', image: `base-${day}` });
  work.next({ do: 'terminate', machine: `try-${day}` });
  return work.deeds;
}

/** A pool of a cluster is made by a person, and filled by the service. */
export function poolOf(
  house: House,
  day: number,
  at: number,
  random: Random,
  routine: string,
  count: number,
): Done[] {
  const [operator] = house.operators;
  const pool = `pool-${day}`;
  return [
    { at, by: operator, deed: { do: 'pool', pool, size: 'usual', count }, routine },
    {
      at: at + random.int(60, 200) * 1_000,
      by: house.nodes,
      deed: { do: 'scale', group: pool, size: 'usual', count },
      routine,
    },
  ];
}
