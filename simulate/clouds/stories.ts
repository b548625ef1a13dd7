import type { Severity } from '../../core/findings/severity.ts';
import { HOUR, ipv6Of, MINUTE } from '../estate.ts';
import type { Random } from '../random.ts';
import type { Done, Size, Who } from './deed.ts';
import { type House, imageOf, poolOf, restoreOf, series, siteOf } from './life.ts';

/** Where and when a story happens. */
interface Scene {
  readonly house: House;
  readonly random: Random;
  /** First moment, ms. */
  readonly at: number;
  /** Days that have gone by. */
  readonly day: number;
  /** The Region that the house works in, and others. */
  readonly regions: readonly string[];
}

export interface Story {
  /** What a complete detector should say; `none` of a twin, which looks alike and is work. */
  readonly expected: Severity | 'none';
  readonly tell: (scene: Scene) => readonly Done[];
}

const strange = (random: Random): string =>
  random.chance(0.7) ? `203.0.113.${random.int(2, 250)}` : ipv6Of(random);

/** Whoever has taken something over: a guest, somebody's reset account, a program's secret, an account made for it. */
function intruderOf({ house, random }: Scene): Who {
  const ip = strange(random);
  const tool = random.pick(['console', 'cli'] as const);
  const who = random.pick(['guest', 'reset', 'reset', 'secret', 'newcomer'] as const);
  if (who === 'guest') return { name: `helper${random.int(1, 99)}@outside.example`, sort: 'guest', ip, tool };
  if (who === 'newcomer')
    return { name: `svc.admin${random.int(1, 99)}@example.com`, sort: 'person', ip, tool };
  if (who === 'secret') return { ...house.pipeline, ip, tool: 'cli' };
  return { ...random.pick([...house.operators, ...house.developers]), ip, tool };
}

const word = (random: Random): string =>
  random.pick(['tmp', 'test', 'helpdesk', 'vm', 'jump', 'support', 'dc', 'mgmt', 'update']) +
  random.int(1, 99);

/** A role, a group that lets everybody in, a machine with an address in it, and code run on that: LAPSUS$. */
function takeover(scene: Scene): Done[] {
  const { random, at, regions } = scene;
  const by = intruderOf(scene);
  const [group, machine] = [word(random), word(random)];
  const region = random.chance(0.5) ? random.pick(regions) : regions[0];
  const work = series(random, at, [60, 900], by, 'takeover');
  work.next({ do: 'grant', to: by });
  const open = (): void =>
    work.next(
      { do: 'open', group, ...(random.chance(0.5) && { port: random.pick([22, 3389]) }), from: '0.0.0.0/0' },
      region,
    );
  const first = random.chance(0.7);
  if (first) open();
  work.next(
    { do: 'launch', machine, size: random.pick<Size>(['usual', 'large', 'gpu']), public: true, group },
    region,
  );
  if (!first) open();
  work.next({ do: 'run', machine }, region);
  return work.deeds;
}

/** Machines of one's own in the victim's network, reached from outside, on which tools are run: C0027. */
function foothold(scene: Scene): Done[] {
  const { random, at, regions } = scene;
  const by = intruderOf(scene);
  const region = random.chance(0.4) ? random.pick(regions) : regions[0];
  const group = word(random);
  const work = series(random, at, [90, 1_500], by, 'foothold');
  work.next({ do: 'open', group, port: random.pick([22, 3389, 443]), from: '0.0.0.0/0' }, region);
  for (let left = random.int(2, 4); left > 0; left--) {
    const machine = word(random);
    work.next(
      { do: 'launch', machine, size: random.pick<Size>(['small', 'usual']), public: true, group },
      region,
    );
    work.next({ do: 'run', machine }, region);
  }
  return work.deeds;
}

/** A disk is copied, and the copy brought to a machine of one's own: at once, after days, by a disk, by an image, by two. */
function theft(scene: Scene): Done[] {
  const { house, random, at } = scene;
  const insider = random.chance(0.3);
  const by = insider ? random.pick([...house.operators, ...house.developers]) : intruderOf(scene);
  const other = random.chance(0.2) ? intruderOf(scene) : by;
  const disk = random.pick(house.disks);
  const [snapshot, machine] = [word(random), word(random)];
  const pause = random.pick([
    [60, 600],
    [60, 600],
    [3_600, 30_000],
  ] as const);
  const work = series(random, at, pause, by, 'theft');
  work.next({ do: 'snapshot', disk, snapshot });
  const way = random.pick(['boot', 'attach', 'image'] as const);
  const rest = series(random, (work.deeds.at(-1) as Done).at + pause[0] * 1_000, pause, other, 'theft');
  if (way === 'image') {
    rest.next({ do: 'image of copy', snapshot, image: `${machine}-image` });
    rest.next({ do: 'launch', machine, size: 'usual', image: `${machine}-image` });
  } else {
    const copy = `${machine}-data`;
    rest.next({ do: 'restore', snapshot, disk: copy });
    if (way === 'boot') rest.next({ do: 'launch', machine, size: 'small', disk: copy });
    else {
      rest.next({ do: 'launch', machine, size: 'small' });
      rest.next({ do: 'attach', disk: copy, machine });
    }
  }
  if (random.chance(0.4)) rest.next({ do: 'drop', snapshot });
  return [...work.deeds, ...rest.deeds];
}

/** Stories by their names; twins are work that looks like one. */
export const STORIES = {
  takeover: { expected: 'high', tell: takeover },
  foothold: { expected: 'high', tell: foothold },
  theft: { expected: 'high', tell: theft },
  'scale-out': {
    expected: 'none',
    tell: ({ house, random, at }) =>
      Array.from(
        { length: random.int(3, 8) },
        (_, step): Done => ({
          at: at + step * MINUTE,
          by: house.scaler,
          deed: { do: 'scale', group: house.group, size: 'usual', count: random.int(2, 6) },
          routine: 'scale-out',
        }),
      ),
  },
  'node-pool': {
    expected: 'none',
    tell: ({ house, random, at, day }) => poolOf(house, day, at, random, 'node-pool', random.int(3, 6)),
  },
  'backup-run': {
    expected: 'none',
    tell: ({ house, random, at, day }) => {
      const work = series(random, at, [5, 30], house.backup, 'backup-run');
      for (const disk of house.disks) work.next({ do: 'snapshot', disk, snapshot: `extra-${disk}-${day}` });
      for (const disk of house.disks) work.next({ do: 'drop', snapshot: `extra-${disk}-${day}` });
      return work.deeds;
    },
  },
  'image-build': {
    expected: 'none',
    tell: ({ house, random, at, day }) => imageOf(house.pipeline, day, at, random, 'image-build'),
  },
  'web-server': {
    expected: 'none',
    tell: ({ house, random, at, day }) => siteOf(house.operators[1], day, at, random, 'web-server'),
  },
  'dba-restore': {
    expected: 'none',
    tell: ({ house, random, at, day }) =>
      restoreOf(house.keeper, random.pick(house.disks), day, at, random, 'dba-restore'),
  },
} as const satisfies Readonly<Record<string, Story>>;

export type StoryName = keyof typeof STORIES;
export const STORY_NAMES = Object.keys(STORIES) as readonly StoryName[];

export const isStoryName = (name: string): name is StoryName => Object.hasOwn(STORIES, name);

/** When on a day a story begins: work at the hours of work, all else after the night's copies were made. */
export const momentOf = (random: Random, midnight: number, isWork: boolean): number =>
  midnight + (isWork ? 8 * HOUR + random.int(0, 7 * 60) * MINUTE : random.int(3 * 60, 22 * 60) * MINUTE);
