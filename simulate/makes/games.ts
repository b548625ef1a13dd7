import { changeGroup, changeState, changeTemplate } from '../ec2-control.ts';
import { modifySpotFleet, requestSpotFleet } from '../ec2-fleet.ts';
import { copyImage, createImage, shareImage } from '../ec2-images.ts';
import { runInstances } from '../ec2-launches.ts';
import { DAY, HOUR, MINUTE } from '../estate.ts';
import { resourceId } from '../places.ts';
import { refused } from '../trail-record.ts';
import type { Colleague, Make, World } from './make.ts';
import { launched, opened } from './moves.ts';

const ACCOUNTS = ['222233330001', '222233330002', '222233330003', '222233330004', '222233330005'] as const;
const [LIVE, BUILDS, ART, TEST, IMAGES] = ACCOUNTS;
const PLAYED_IN = ['eu-central-1', 'us-east-1', 'us-west-2', 'ap-northeast-1'];
const OPENED_LATER = { region: 'ap-southeast-1', day: 15 };
/** A new season: six times the players for three days. */
const RELEASE = 19;

const artist = (name: string, network: number): Colleague => ({
  email: `${name}@example.com`,
  set: 'Artist',
  from: ['192.0.2.20', `198.51.100.${network}`],
});
const ARTISTS = ['ada', 'bo', 'cleo', 'dara', 'eli', 'fay'].map((name, index) => artist(name, 30 + index));
const TESTERS: readonly Colleague[] = ['gus', 'hal', 'ivy', 'jo'].map((name) => ({
  email: `${name}@example.com`,
  set: 'QualityTest',
  from: ['192.0.2.20'],
}));
const OPERATORS: readonly Colleague[] = ['kim', 'lou'].map((name) => ({
  email: `${name}@example.com`,
  set: 'LiveOps',
  from: ['192.0.2.21', `2001:db8:${name === 'kim' ? 1 : 2}::1`],
}));

/** A games company: fleets that follow the players, builds in bursts, workstations with GPUs, ports open to the world. */
export const games: Make = {
  name: 'games',
  accounts: ACCOUNTS,
  live(world) {
    scaleWithPlayers(world);
    build(world);
    draw(world);
    test(world);
    bakeImages(world);
    openRegion(world);
  },
  attacks: {
    'builder-mines': {
      expected: 'high',
      day: 14,
      play({ world, at, random, say }) {
        const caller = world.pipeline(BUILDS, 'buildkite', at, '203.0.113.77');
        const place = world.places(BUILDS, 'us-east-2');
        launched(say, random, caller, at, { place, type: 'g5.12xlarge', count: 8, userData: true });
      },
    },
    'fleet-by-leaked-key': {
      expected: 'high',
      day: 17,
      play({ world, at, random, say }) {
        const place = world.places(LIVE, 'us-west-1');
        const { call } = requestSpotFleet(
          random,
          { place, image: place.amazonLinux, type: 'g4dn.12xlarge', userData: true },
          ['g4dn.12xlarge', 'g5.12xlarge'],
          40,
        );
        say(world.key(LIVE, 'matchmaker-legacy', '203.0.113.9'), at, call);
      },
    },
    'artist-mines': {
      expected: 'high',
      day: 22,
      play({ world, at, random, say }) {
        const caller = world.sso(ART, ARTISTS[0] as Colleague, at, { source: '203.0.113.15' });
        const place = world.places(ART, 'eu-central-1');
        for (const step of [0, 1, 2])
          launched(say, random, caller, at + step * 4 * MINUTE, {
            place,
            type: 'p4d.24xlarge',
            count: 4,
            userData: true,
          });
      },
    },
    'server-image-public': {
      expected: 'critical',
      day: 24,
      play({ world, at, random, say }) {
        const caller = world.sso(LIVE, OPERATORS[0] as Colleague, at, { source: '203.0.113.16' });
        const place = world.places(LIVE, 'eu-central-1');
        const { call, image } = createImage(random, {
          region: place.region,
          instance: resourceId(random, 'i'),
          name: 'release',
        });
        say(caller, at, call);
        say(caller, at + 5 * MINUTE, shareImage(place.region, image, 'all'));
      },
    },
    'tester-opens-and-launches': {
      expected: 'medium',
      day: 25,
      play({ world, at, random, say }) {
        const caller = world.sso(TEST, TESTERS[1] as Colleague, at, { source: '203.0.113.18' });
        const place = world.places(TEST, 'sa-east-1');
        const group = opened(say, random, caller, at, place, { name: 'sync' });
        launched(say, random, caller, at + MINUTE, {
          place,
          type: 'c7i.8xlarge',
          count: 2,
          userData: true,
          publicAddress: true,
          groups: [group],
        });
      },
    },
    'known-scaler-grown-with-gpus': {
      expected: 'high',
      day: 26,
      play({ world, at, random, say }) {
        const caller = world.session(LIVE, 'LiveOpsEmergency', 'ops', at, '203.0.113.19');
        const template = { id: resourceId(random, 'lt'), name: 'match-eu', version: 8 };
        const place = world.places(LIVE, 'eu-central-1');
        const data = { image: place.amazonLinux.id, type: 'g5.24xlarge', userData: true as const };
        say(caller, at, changeTemplate(at, place.region, template, data, 'ops'));
        say(
          caller,
          at + MINUTE,
          changeGroup('UpdateAutoScalingGroup', place.region, 'match-eu', template, {
            min: 20,
            max: 60,
            desired: 40,
          }),
        );
      },
    },
  },
};

/** How many players there are, of a usual working day's. */
const crowd = (index: number, working: boolean): number =>
  (working ? 1 : 2.5) * (index >= RELEASE && index < RELEASE + 3 ? 6 : 1);

/** A program turns a spot fleet and a few on-demand launches up and down with the players, around the clock. */
function scaleWithPlayers(world: World): void {
  const say = world.say('scaler');
  for (const region of [...PLAYED_IN, OPENED_LATER.region]) {
    const random = world.chance('scaler', region);
    const place = world.places(LIVE, region);
    const fleet = `sfr-${random.guid()}`;
    const keeper = resourceId(random, 'i');
    const running: string[] = [];
    for (const day of world.days) {
      if (region === OPENED_LATER.region && day.index < OPENED_LATER.day) continue;
      for (const hour of [5, 9, 14, 17, 19, 22]) {
        const at = day.start + hour * HOUR + random.int(0, 40) * MINUTE;
        const wanted = Math.round(crowd(day.index, day.working) * (hour >= 14 ? 10 : 3));
        const caller = world.machine(LIVE, 'match-scaler', keeper, at, '198.51.100.7');
        say(caller, at, modifySpotFleet(region, fleet, wanted));
        const service = world.service(LIVE, 'AWSServiceRoleForEC2SpotFleet', 'spotfleet', at);
        const spec = {
          place,
          type: random.pick(['c6i.4xlarge', 'c6a.4xlarge', 'c7i.4xlarge']),
          count: Math.max(1, Math.round(wanted / 4)),
          spot: true as const,
          tags: { 'aws:ec2spot:fleet-request-id': fleet },
        };
        if (random.chance(0.05)) {
          const { call } = runInstances(random, at, { image: place.base, ...spec });
          say(service, at + MINUTE, refused(call, 'Server.InsufficientInstanceCapacity', 'no capacity'));
        }
        running.push(...launched(say, random, service, at + 2 * MINUTE, spec));
        if (hour !== 22) continue;
        const gone = running.splice(0);
        say(service, at + 20 * MINUTE, changeState('TerminateInstances', region, gone));
      }
    }
  }
}

/** Builds launch what they need for an hour, in bursts before a release; a Windows one needs a GPU. */
function build(world: World): void {
  const random = world.chance('builds');
  const say = world.say('builds');
  const place = world.places(BUILDS, 'eu-central-1');
  for (const day of world.days) {
    const rush = day.index >= RELEASE - 4 && day.index < RELEASE ? 3 : 1;
    for (let left = (day.working ? random.int(6, 14) : 2) * rush; left > 0; left--) {
      const at = day.start + 6 * HOUR + random.int(0, 14 * 60) * MINUTE;
      const caller = world.pipeline(BUILDS, 'buildkite', at, `198.51.100.${random.int(100, 120)}`);
      const made = launched(say, random, caller, at, {
        place,
        type: random.pick(['c6i.16xlarge', 'c6i.8xlarge', 'c6a.16xlarge', 'g4dn.2xlarge']),
        count: random.int(1, 4),
        spot: true,
        userData: true,
        profile: 'build-agent',
      });
      say(caller, at + HOUR, changeState('TerminateInstances', place.region, made));
    }
  }
}

/** Artists start a workstation with a GPU in the morning, some a larger one for a night's rendering. */
function draw(world: World): void {
  const say = world.say('artists');
  const place = world.places(ART, 'eu-central-1');
  ARTISTS.forEach((who, index) => {
    const random = world.chance('artist', who.email);
    for (const day of world.days) {
      // the last one joins in the third week
      if (!day.working || random.chance(0.2) || (index === 5 && day.index < 16)) continue;
      const at = day.start + 8 * HOUR + random.int(0, 120) * MINUTE;
      const source = who.from[random.chance(0.7) ? 0 : 1];
      const caller = world.sso(ART, who, at, { ...(source && { source }), console: true });
      const render = random.chance(0.1);
      const made = launched(say, random, caller, at, {
        place,
        image: place.gpu,
        type: render ? 'g5.24xlarge' : random.pick(['g4dn.4xlarge', 'g5.4xlarge', 'g5.8xlarge']),
        count: render ? random.int(1, 3) : 1,
        profile: 'workstation',
        keyName: 'artists',
      });
      say(caller, at + 9 * HOUR, changeState('TerminateInstances', place.region, made));
    }
  });
}

/** Testers put servers where players could reach them, with whatever port the game has this week, and some with SSH. */
function test(world: World): void {
  const say = world.say('testers');
  const place = world.places(TEST, 'eu-central-1');
  for (const who of TESTERS) {
    const random = world.chance('tester', who.email);
    for (const day of world.days) {
      if (!day.working || random.chance(0.5)) continue;
      const at = day.start + 8 * HOUR + random.int(0, 480) * MINUTE;
      const caller = world.sso(TEST, who, at, { console: true });
      const own = random.chance(0.2);
      const group = own
        ? opened(say, random, caller, at - 2 * MINUTE, place, {
            name: `build-${random.hex(4)}`,
            port: random.chance(0.25) ? 22 : 7777,
          })
        : place.groups.web;
      const made = launched(say, random, caller, at, {
        place,
        type: random.pick(['c6i.xlarge', 'c6i.2xlarge', 't3.large']),
        count: random.chance(0.1) ? 10 : random.int(1, 2),
        publicAddress: true,
        groups: [group],
        profile: 'game-server',
      });
      say(caller, at + 5 * HOUR, changeState('TerminateInstances', place.region, made));
    }
  }
}

/** Every night an image of the day's server: baked, copied to every Region, shared with the accounts that launch it. */
function bakeImages(world: World): void {
  const random = world.chance('images');
  const say = world.say('images');
  const place = world.places(IMAGES, 'eu-central-1');
  for (const day of world.days) {
    const at = day.start + 1 * HOUR + random.int(0, 30) * MINUTE;
    const caller = world.pipeline(IMAGES, 'packer', at, `198.51.100.${random.int(100, 120)}`);
    const group = opened(say, random, caller, at - 4000, place, { name: `packer-${random.hex(6)}` });
    const [instance = ''] = launched(say, random, caller, at, {
      place,
      image: place.amazonLinux,
      type: 'c6i.2xlarge',
      publicAddress: true,
      keyName: `packer-${random.hex(6)}`,
      groups: [group],
    });
    const made = createImage(random, { region: place.region, instance, name: `server-${day.index}` });
    say(caller, at + 20 * MINUTE, made.call);
    say(caller, at + 25 * MINUTE, changeState('TerminateInstances', place.region, [instance]));
    say(caller, at + 30 * MINUTE, shareImage(place.region, made.image, LIVE, TEST));
    for (const region of PLAYED_IN.slice(1)) {
      const copy = copyImage(random, {
        region,
        from: place.region,
        image: made.image,
        name: `server-${day.index}`,
      });
      say(caller, at + 32 * MINUTE, copy.call);
      say(caller, at + 50 * MINUTE, shareImage(region, copy.image, LIVE, TEST));
    }
  }
}

/** Terraform, which has long launched elsewhere, makes groups and a bastion in a Region new to all. */
function openRegion(world: World): void {
  const random = world.chance('new region');
  const say = world.say('new-region');
  for (const [index, region] of [...PLAYED_IN, OPENED_LATER.region].entries()) {
    const day = region === OPENED_LATER.region ? OPENED_LATER.day : index;
    const at = (world.days[day]?.start ?? 0) + 9 * HOUR;
    const place = world.places(LIVE, region);
    const caller = world.pipeline(LIVE, 'terraform', at, `198.51.100.${random.int(100, 120)}`);
    const template = { id: resourceId(random, 'lt'), name: `match-${region}`, version: 1 };
    const data = { image: place.base.id, type: 'c6i.4xlarge', userData: true as const };
    say(caller, at, changeTemplate(at, region, template, data, 'terraform'));
    const size = { min: 2, max: 200, desired: 2 };
    say(
      caller,
      at + MINUTE,
      changeGroup('CreateAutoScalingGroup', region, `match-${region}`, template, size),
    );
    launched(say, random, caller, at + 2 * MINUTE, { place, type: 't3.small', profile: 'bastion' });
    for (let week = 1; day + 7 * week < world.days.length; week++) {
      const next = at + 7 * week * DAY;
      const later = world.pipeline(LIVE, 'terraform', next, `198.51.100.${random.int(100, 120)}`);
      say(later, next, changeTemplate(next, region, { ...template, version: week + 1 }, data, 'terraform'));
    }
  }
}
