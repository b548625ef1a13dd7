import { changeState, createKeyPair } from '../ec2-control.ts';
import { createSnapshot, deleteSnapshot, shareSnapshot } from '../ec2-data.ts';
import { DAY, HOUR, MINUTE } from '../estate.ts';
import { asRoot, inConsole, userOf } from '../identities.ts';
import { resourceId } from '../places.ts';
import { consoleLogin } from '../reads.ts';
import type { Make, World } from './make.ts';
import { launched, mounted, opened } from './moves.ts';

const ACCOUNTS = ['555566660001', '555566660002'] as const;
const [MAIN, LAB] = ACCOUNTS;
const HOME = 'us-east-1';
/** Three people with users of their own, at home, in an office and in cafés. */
const PEOPLE = [
  { name: 'vic', from: ['2001:db8:40::1', '192.0.2.60'] },
  { name: 'wes', from: ['2001:db8:41::1', '192.0.2.60'] },
  { name: 'xia', from: ['192.0.2.60', '2001:db8:42::1'] },
] as const;

const diskOf = (world: World): string => resourceId(world.chance('database'), 'vol');

/** A start-up: root, three people with long-lived keys, launch wizards, one pipeline, a script that makes backups. */
export const startUp: Make = {
  name: 'start-up',
  accounts: ACCOUNTS,
  live(world) {
    work(world);
    backUp(world);
    deploy(world);
    signInAsRoot(world);
  },
  attacks: {
    'leaked-key-mines': {
      expected: 'high',
      day: 13,
      play({ world, at, random, say }) {
        const caller = world.key(MAIN, 'vic', '203.0.113.71');
        for (const [step, region] of ['us-west-2', 'eu-north-1'].entries()) {
          const place = world.places(MAIN, region);
          launched(say, random, caller, at + step * 2 * MINUTE, {
            place,
            image: place.amazonLinux,
            type: 'g4dn.12xlarge',
            count: 4,
            userData: true,
          });
        }
      },
    },
    'pipeline-key-launches': {
      expected: 'medium',
      day: 17,
      play({ world, at, random, say }) {
        const caller = world.key(MAIN, 'deploy', '203.0.113.72');
        const place = world.places(MAIN, 'us-east-2');
        say(caller, at, createKeyPair(random, place.region, 'default'));
        launched(say, random, caller, at + MINUTE, {
          place,
          image: place.amazonLinux,
          type: 'c6i.8xlarge',
          count: 6,
          keyName: 'default',
          userData: true,
        });
      },
    },
    'root-launches': {
      expected: 'medium',
      day: 20,
      play({ world, at, random, say }) {
        const caller = asRoot(random, MAIN, at, '203.0.113.73', false);
        say(caller, at, consoleLogin(caller));
        const place = world.places(MAIN, HOME);
        launched(say, random, caller, at + 5 * MINUTE, { place, type: 'm6i.xlarge' });
      },
    },
    'database-made-public': {
      expected: 'critical',
      day: 23,
      play({ world, at, random, say }) {
        const caller = world.key(MAIN, 'wes', '203.0.113.74');
        const place = world.places(MAIN, HOME);
        const { call, snapshot } = createSnapshot(random, at, { place, volume: diskOf(world) });
        say(caller, at, call);
        say(caller, at + 4 * MINUTE, shareSnapshot(HOME, snapshot, 'add', 'all'));
      },
    },
    'database-on-an-open-machine': {
      expected: 'critical',
      day: 26,
      play({ world, at, random, say }) {
        const caller = world.key(MAIN, 'xia', '203.0.113.75');
        const place = world.places(MAIN, HOME);
        const group = opened(say, random, caller, at, place, { name: 'tmp' });
        mounted(say, random, caller, at + 4 * MINUTE, {
          place,
          volume: diskOf(world),
          launch: { groups: [group], publicAddress: true, image: place.amazonLinux },
        });
      },
    },
  },
};

/** Each tries things out: in the console with its wizard, by command, now and then with a GPU; open to the world as often as not. */
function work(world: World): void {
  const say = world.say('people');
  for (const { name, from } of PEOPLE) {
    const random = world.chance('person', name);
    for (const day of world.days) {
      if (random.chance(day.working ? 0.5 : 0.85)) continue;
      const at = day.start + 13 * HOUR + random.int(0, 600) * MINUTE;
      const account = random.pick([MAIN, LAB, LAB]);
      const place = world.places(account, HOME);
      // every other week somebody works from a café
      const source = random.chance(0.06) ? `198.51.100.${random.int(130, 190)}` : random.pick(from);
      const console = name !== 'wes' && random.chance(0.5);
      const caller = console
        ? inConsole(random, userOf(world.seed, account, name), at, source)
        : world.key(account, name, source);
      if (console) say(caller, at - MINUTE, consoleLogin(caller));
      const wizard = random.chance(0.4);
      const group = wizard
        ? opened(say, random, caller, at - 20_000, place, { name: `launch-wizard-${random.int(1, 90)}` })
        : place.groups.web;
      const made = launched(say, random, caller, at, {
        place,
        image: random.pick([place.amazonLinux, place.base]),
        type: random.chance(0.1)
          ? 'g4dn.xlarge'
          : random.pick(['t3.micro', 't3.small', 't3.large', 'm6i.large']),
        keyName: name,
        groups: [group],
        publicAddress: true,
        ...(random.chance(0.3) && { userData: true as const }),
        ...(console && { fromConsole: true as const }),
      });
      if (random.chance(0.7)) say(caller, at + 5 * HOUR, changeState('TerminateInstances', HOME, made));
      if (random.chance(0.1))
        say(caller, at + HOUR, createSnapshot(random, at + HOUR, { place, volume: diskOf(world) }).call);
    }
  }
}

/** A script copies the database each night, and keeps five copies. */
function backUp(world: World): void {
  const random = world.chance('backup');
  const say = world.say('backup');
  const place = world.places(MAIN, HOME);
  const kept: string[] = [];
  for (const day of world.days) {
    const at = day.start + 4 * HOUR;
    const caller = world.key(MAIN, 'backup', '198.51.100.9');
    const { call, snapshot } = createSnapshot(random, at, { place, volume: diskOf(world) });
    say(caller, at, call);
    kept.push(snapshot);
    if (kept.length > 5) say(caller, at + MINUTE, deleteSnapshot(HOME, kept.shift() ?? ''));
  }
}

/** The pipeline's user deploys from runners that are somewhere else each time: a machine, and the old one gone. */
function deploy(world: World): void {
  const random = world.chance('deploy');
  const say = world.say('deploy');
  const place = world.places(MAIN, HOME);
  let running: readonly string[] = [];
  for (const day of world.days) {
    for (let left = day.working ? random.int(0, 3) : 0; left > 0; left--) {
      const at = day.start + 14 * HOUR + random.int(0, 500) * MINUTE;
      const caller = world.key(MAIN, 'deploy', `2001:db8:${random.hex(4)}:${random.hex(4)}::7`);
      const made = launched(say, random, caller, at, {
        place,
        type: 't3.medium',
        profile: 'web',
        userData: true,
      });
      if (running.length > 0) say(caller, at + 5 * MINUTE, changeState('TerminateInstances', HOME, running));
      running = made;
    }
  }
}

/** The founder signs in as root: once a week to look at the bill, and in the lab to launch, as it has always been. */
function signInAsRoot(world: World): void {
  const random = world.chance('root');
  const say = world.say('root');
  for (
    let at = (world.days[0]?.start ?? 0) + 15 * HOUR;
    at < (world.days.at(-1)?.start ?? 0);
    at += 7 * DAY
  ) {
    const caller = asRoot(random, MAIN, at, '2001:db8:40::1', true);
    say(caller, at, consoleLogin(caller));
  }
  for (const day of world.days) {
    if (!day.working || random.chance(0.75)) continue;
    const at = day.start + 16 * HOUR + random.int(0, 200) * MINUTE;
    const caller = asRoot(random, LAB, at, '2001:db8:40::1', true);
    say(caller, at - MINUTE, consoleLogin(caller));
    launched(say, random, caller, at, {
      place: world.places(LAB, HOME),
      type: 't3.small',
      fromConsole: true,
    });
  }
}
