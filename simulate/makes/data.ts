import { changeState } from '../ec2-control.ts';
import {
  attachVolume,
  copySnapshot,
  createSnapshot,
  createVolume,
  deleteSnapshot,
  deleteVolume,
  shareSnapshot,
} from '../ec2-data.ts';
import { runInstances } from '../ec2-launches.ts';
import { HOUR, MINUTE } from '../estate.ts';
import { resourceId } from '../places.ts';
import { refused } from '../trail-record.ts';
import type { Colleague, Make, World } from './make.ts';
import { launched, mounted, opened } from './moves.ts';

const ACCOUNTS = ['333344440001', '333344440002', '333344440003', '333344440004', '333344440005'] as const;
const [PRODUCTION, ANALYTICS, SCIENCE, STAGING, TOOLS] = ACCOUNTS;
const HOME = 'eu-west-1';
/** A backfill: five times the nodes for three nights. */
const BACKFILL = 18;

const SCIENTISTS: readonly Colleague[] = ['mia', 'ned', 'ola', 'pat', 'qiu', 'rae'].map((name, index) => ({
  email: `${name}@example.com`,
  set: 'DataScience',
  from: ['192.0.2.40', `2001:db8:${10 + index}::1`],
}));
const ENGINEERS: readonly Colleague[] = ['sol', 'tia', 'uma'].map((name, index) => ({
  email: `${name}@example.com`,
  set: 'DataEngineering',
  from: ['192.0.2.41', `2001:db8:${20 + index}::1`],
}));

/** The disk of the production database, the same all along. */
const databaseOf = (world: World): string => resourceId(world.chance('database'), 'vol');

/** A data company: nightly clusters and backfills, GPUs by day, production data brought into staging each night. */
export const data: Make = {
  name: 'data',
  accounts: ACCOUNTS,
  live(world) {
    runClusters(world);
    study(world);
    refreshStaging(world);
    engineer(world);
    loadTest(world);
  },
  attacks: {
    'scientist-mines-elsewhere': {
      expected: 'high',
      day: 13,
      play({ world, at, random, say }) {
        const caller = world.sso(SCIENCE, SCIENTISTS[1] as Colleague, at, { source: '203.0.113.31' });
        const place = world.places(SCIENCE, 'ap-south-1');
        launched(say, random, caller, at, {
          place,
          type: 'p4d.24xlarge',
          count: 8,
          userData: true,
        });
      },
    },
    'refresh-shares-outside': {
      expected: 'high',
      day: 16,
      play({ world, at, random, say }) {
        const caller = world.machine(PRODUCTION, 'refresh-staging', REFRESHER, at, '198.51.100.50');
        const place = world.places(PRODUCTION, HOME);
        const { call, snapshot } = createSnapshot(random, at, { place, volume: databaseOf(world) });
        say(caller, at, call);
        say(caller, at + 4 * MINUTE, shareSnapshot(HOME, snapshot, 'add', '999900001111'));
      },
    },
    'worker-credentials-off-instance': {
      expected: 'high',
      day: 20,
      play({ world, at, random, say }) {
        const caller = world.machine(ANALYTICS, 'airflow-worker', AIRFLOW, at, '203.0.113.33');
        const place = world.places(ANALYTICS, HOME);
        launched(say, random, caller, at, { place, type: 'c7i.16xlarge', count: 6, userData: true });
      },
    },
    'engineer-takes-the-database': {
      expected: 'high',
      day: 23,
      play({ world, at, random, say }) {
        const caller = world.sso(PRODUCTION, ENGINEERS[2] as Colleague, at, { source: '203.0.113.34' });
        const place = world.places(PRODUCTION, HOME);
        mounted(say, random, caller, at, { place, volume: databaseOf(world), launch: { userData: true } });
      },
    },
    'staging-copy-opened': {
      expected: 'critical',
      day: 26,
      play({ world, at, random, say }) {
        const caller = world.sso(STAGING, ENGINEERS[0] as Colleague, at, { source: '203.0.113.35' });
        const place = world.places(STAGING, HOME);
        const group = opened(say, random, caller, at, place, { name: 'restore' });
        mounted(say, random, caller, at + 5 * MINUTE, {
          place,
          volume: resourceId(random, 'vol'),
          launch: { groups: [group], publicAddress: true },
        });
      },
    },
  },
};

const REFRESHER = 'i-0aaaaaaaaaaaaaa01';
const AIRFLOW = 'i-0aaaaaaaaaaaaaa02';

/** A scheduler starts clusters at night, more at the end of the week, and five times as many for a backfill. */
function runClusters(world: World): void {
  const random = world.chance('clusters');
  const say = world.say('clusters');
  const place = world.places(ANALYTICS, HOME);
  for (const day of world.days) {
    const backfill = day.index >= BACKFILL && day.index < BACKFILL + 3 ? 5 : 1;
    for (const [hour, name, nodes] of [
      [1, 'ingest', 6],
      [2, 'sessions', day.working ? 10 : 24],
      [4, 'features', 14],
    ] as const) {
      const at = day.start + hour * HOUR + random.int(0, 15) * MINUTE;
      const flow = `j-${random.letters(13)}`;
      const caller = world.machine(ANALYTICS, 'airflow-worker', AIRFLOW, at, '198.51.100.51');
      const count = nodes * backfill;
      say(caller, at, {
        service: 'elasticmapreduce',
        name: 'RunJobFlow',
        region: HOME,
        request: {
          name,
          releaseLabel: 'emr-7.10.0',
          serviceRole: 'EMR_DefaultRole',
          instances: {
            instanceGroups: [
              { instanceRole: 'MASTER', instanceType: 'm6g.xlarge', instanceCount: 1 },
              { instanceRole: 'CORE', instanceType: 'r6g.4xlarge', instanceCount: count },
            ],
          },
        },
        response: { jobFlowId: flow },
      });
      const emr = world.service(ANALYTICS, 'EMR_DefaultRole', 'elasticmapreduce', at);
      const made = launched(say, random, emr, at + 2 * MINUTE, {
        place,
        type: 'r6g.4xlarge',
        count,
        profile: 'EMR_EC2_DefaultRole',
        spot: true,
        tags: { 'aws:elasticmapreduce:job-flow-id': flow },
      });
      say(emr, at + 90 * MINUTE, changeState('TerminateInstances', HOME, made));
    }
    // notebooks and small jobs run on a cluster that grows by itself
    for (let left = random.int(10, 25) * backfill; left > 0; left--) {
      const at = day.start + random.int(0, 24 * 60 - 1) * MINUTE;
      const pod = world.pod(ANALYTICS, 'KarpenterController', at, '198.51.100.52');
      if (random.chance(0.2)) {
        const { call } = runInstances(random, at, { place, image: place.base, type: 'p4d.24xlarge' });
        say(pod, at - 2000, refused(call, 'Client.DryRunOperation', 'Request would have succeeded'));
      }
      const made = launched(say, random, pod, at, {
        place,
        type: random.pick(['r6g.2xlarge', 'm6g.4xlarge', 'c6g.8xlarge', 'r6g.8xlarge']),
        profile: 'karpenter-node',
        tags: { 'karpenter.sh/nodepool': 'jobs' },
      });
      say(pod, at + 80 * MINUTE, changeState('TerminateInstances', HOME, made));
    }
  }
}

/** Scientists on GPUs all day; whole hosts for a few, refused now and then for want of capacity; one joins, one travels. */
function study(world: World): void {
  const say = world.say('scientists');
  const place = world.places(SCIENCE, HOME);
  SCIENTISTS.forEach((who, index) => {
    const random = world.chance('scientist', who.email);
    for (const day of world.days) {
      if (!day.working || random.chance(0.3) || (index === 5 && day.index < 14)) continue;
      const at = day.start + 8 * HOUR + random.int(0, 500) * MINUTE;
      const travels = index === 2 && day.index > 20;
      const source = travels ? '2001:db8:99::1' : who.from[random.chance(0.6) ? 0 : 1];
      const caller = world.sso(SCIENCE, who, at, { ...(source && { source }) });
      const host = index < 2 && random.chance(0.2);
      const type = host
        ? random.pick(['p4d.24xlarge', 'p5.48xlarge'])
        : random.pick(['g5.xlarge', 'g5.2xlarge', 'g5.12xlarge', 'g6.4xlarge']);
      const spec = {
        place,
        image: place.gpu,
        type,
        count: host ? random.int(1, 2) : random.pick([1, 1, 1, 2, 4]),
        profile: 'notebook',
        keyName: who.email.split('@')[0] ?? '',
        userData: true as const,
      };
      for (let tries = host && random.chance(0.5) ? random.int(1, 4) : 0; tries > 0; tries--) {
        const { call } = runInstances(random, at, spec);
        say(caller, at - tries * MINUTE, refused(call, 'Server.InsufficientInstanceCapacity', 'no capacity'));
      }
      const made = launched(say, random, caller, at, spec);
      say(caller, at + random.int(2, 20) * HOUR, changeState('TerminateInstances', HOME, made));
    }
  });
}

/** Each night production's disk is copied, shared with staging, copied there, put on a fresh machine and all cleared away. */
function refreshStaging(world: World): void {
  const random = world.chance('refresh');
  const say = world.say('refresh');
  const [from, to] = [world.places(PRODUCTION, HOME), world.places(STAGING, HOME)];
  for (const day of world.days) {
    const at = day.start + 3 * HOUR + random.int(0, 20) * MINUTE;
    const there = world.machine(PRODUCTION, 'refresh-staging', REFRESHER, at, '198.51.100.50');
    const here = world.session(STAGING, 'refresh-staging', 'refresh', at, '198.51.100.50');
    const { call, snapshot } = createSnapshot(random, at, { place: from, volume: databaseOf(world) });
    say(there, at, call);
    say(there, at + 10 * MINUTE, shareSnapshot(HOME, snapshot, 'add', STAGING));
    const copy = copySnapshot(random, { region: HOME, from: HOME, snapshot, description: 'refresh' });
    say(here, at + 12 * MINUTE, copy.call);
    const zone = to.subnets[0]?.zone ?? '';
    const filled = createVolume(random, at + 30 * MINUTE, { place: to, zone, snapshot: copy.snapshot });
    say(here, at + 30 * MINUTE, filled.call);
    const [instance = ''] = launched(say, random, here, at + 32 * MINUTE, {
      place: to,
      type: 'r6g.2xlarge',
      zone,
      profile: 'masking',
    });
    const where = { region: HOME, volume: filled.volume, instance, device: '/dev/sdf' };
    say(here, at + 35 * MINUTE, attachVolume(at + 35 * MINUTE, where));
    say(here, at + 2 * HOUR, changeState('TerminateInstances', HOME, [instance]));
    say(here, at + 2 * HOUR + MINUTE, deleteVolume(HOME, filled.volume));
    say(here, at + 2 * HOUR + 2 * MINUTE, deleteSnapshot(HOME, copy.snapshot));
    say(there, at + 3 * HOUR, deleteSnapshot(HOME, snapshot));
  }
}

/** Engineers look into data sets of their own: a copy of a disk, mounted on a machine for the afternoon. */
function engineer(world: World): void {
  const say = world.say('engineers');
  const place = world.places(ANALYTICS, HOME);
  for (const who of ENGINEERS) {
    const random = world.chance('engineer', who.email);
    for (const day of world.days) {
      if (!day.working || random.chance(0.75)) continue;
      const at = day.start + 9 * HOUR + random.int(0, 300) * MINUTE;
      const caller = world.sso(ANALYTICS, who, at);
      if (random.chance(0.5)) {
        launched(say, random, caller, at, { place, type: 'm6i.4xlarge', profile: 'notebook' });
        continue;
      }
      const { instance, volume } = mounted(say, random, caller, at, {
        place,
        volume: resourceId(world.chance('datasets', String(random.int(0, 3))), 'vol'),
        type: 'r6i.2xlarge',
        launch: { profile: 'notebook' },
      });
      say(caller, at + 4 * HOUR, changeState('TerminateInstances', HOME, [instance]));
      say(caller, at + 4 * HOUR + MINUTE, deleteVolume(HOME, volume));
    }
  }
}

/** Two load tests in the month, a hundred machines each, by the pipeline that otherwise launches a few. */
function loadTest(world: World): void {
  const random = world.chance('load test');
  const say = world.say('load-test');
  const place = world.places(TOOLS, HOME);
  for (const day of world.days) {
    if (!day.working) continue;
    const at = day.start + 11 * HOUR + random.int(0, 120) * MINUTE;
    const caller = world.pipeline(TOOLS, 'perf', at, `198.51.100.${random.int(100, 120)}`);
    const count = day.index === 4 || day.index === 15 || day.index === 24 ? 100 : random.int(2, 6);
    const made = launched(say, random, caller, at, { place, type: 'c6i.xlarge', count, profile: 'load' });
    say(caller, at + 2 * HOUR, changeState('TerminateInstances', HOME, made));
  }
}
