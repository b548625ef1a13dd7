import { stateOf } from '../../simulate/account-state.ts';
import { changeGroup, changeTemplate } from '../../simulate/ec2-control.ts';
import {
  attachVolume,
  copySnapshot,
  createSnapshot,
  createVolume,
  deleteVolume,
  detachVolume,
} from '../../simulate/ec2-data.ts';
import { createImage } from '../../simulate/ec2-images.ts';
import { runInstances } from '../../simulate/ec2-launches.ts';
import { HOUR, MINUTE } from '../../simulate/estate.ts';
import { AGENTS, assumedByService, BROWSERS, roleArn } from '../../simulate/identities.ts';
import { REGIONS, resourceId } from '../../simulate/places.ts';
import type { Random } from '../../simulate/random.ts';
import { karpenter } from '../../simulate/routines/karpenter.ts';
import type { Caller } from '../../simulate/trail-record.ts';
import { OPENINGS } from './benign-openings.ts';
import { desiredCapacity, templateWithDisk } from './calls.ts';
import { backupService, drill, nightly, pipeline, standing, type Tools, type Twin, twin } from './twin.ts';
import { estate, PRODUCTION, type Principal, sessionOf } from './world.ts';

const home = estate.places(PRODUCTION.id, REGIONS.home);
const recovery = estate.places(PRODUCTION.id, REGIONS.recovery);
const zone = home.subnets[0]?.zone ?? '';
const [orders, billing] = PRODUCTION.servers;
if (orders === undefined || billing === undefined) throw new Error('production lacks servers');

const DBA: Principal = {
  email: 'hana.lindholm@example.com',
  permissionSet: 'DatabaseAdministrator',
  source: '192.0.2.55',
};
const ANALYST: Principal = {
  email: 'samir.dubois@example.com',
  permissionSet: 'IncidentResponse',
  source: '192.0.2.77',
};
const OPERATOR: Principal = {
  email: 'nadia.ferrer@example.com',
  permissionSet: 'PlatformAdmin',
  source: '192.0.2.64',
};
const SCIENTIST: Principal = {
  email: 'tomas.ide@example.com',
  permissionSet: 'DeveloperAccess',
  source: '192.0.2.81',
};
const DEVELOPER: Principal = {
  email: 'lena.castro@example.com',
  permissionSet: 'DeveloperAccess',
  source: '192.0.2.90',
};

const autoScaling = (random: Random, at: number): Caller =>
  assumedByService(
    random,
    estate.role(
      PRODUCTION.id,
      'AWSServiceRoleForAutoScaling',
      '/aws-service-role/autoscaling.amazonaws.com/',
    ),
    'autoscaling',
    'AutoScaling',
    at,
  );

/** A volume out of a snapshot, mounted for a while and thrown away. */
function mountFor(
  { random, say }: Tools,
  caller: Caller,
  at: number,
  { snapshot, instance, hours }: { snapshot: string; instance: string; hours: number },
): void {
  const { region } = home;
  const made = createVolume(random, at, { place: home, zone, snapshot });
  const attachment = { region, volume: made.volume, instance, device: '/dev/sdg' };
  say(caller, at, made.call);
  say(caller, at + 2 * MINUTE, attachVolume(at, attachment));
  say(caller, at + hours * HOUR, detachVolume(at + hours * HOUR, attachment));
  say(caller, at + hours * HOUR + MINUTE, deleteVolume(region, made.volume));
}

const scaled = (
  random: Random,
  at: number,
  group: string,
  image: typeof home.base,
  template: { id: string; version: number },
  count = 1,
  type = 'm7g.large',
) =>
  runInstances(random, at, {
    place: home,
    image,
    type,
    count,
    tags: {
      'aws:autoscaling:groupName': group,
      'aws:ec2launchtemplate:id': template.id,
      'aws:ec2launchtemplate:version': `${template.version}`,
    },
    template: { id: template.id, version: `${template.version}` },
    requester: '111122220001',
  });

export const TWINS: readonly Twin[] = [
  twin("A DBA restores last night's backup onto a standing test server, weekly", 0, 7, 9, (at, tools) => {
    const snapshot = nightly(tools, at - 6 * HOUR, orders.dataVolume);
    const caller = sessionOf(tools.random, DBA, PRODUCTION.id, at);
    mountFor(tools, caller, at, { snapshot, instance: standing(PRODUCTION, 'restore-test'), hours: 2 });
  }),
  twin('A DBA snapshots a volume and launches a test server with it, weekly', 0, 7, 9, (at, tools) => {
    const caller = sessionOf(tools.random, DBA, PRODUCTION.id, at);
    const { call, snapshot } = createSnapshot(tools.random, at, { place: home, volume: orders.dataVolume });
    tools.say(caller, at, call);
    drill(tools, caller, at + 10 * MINUTE, {
      place: home,
      image: home.amazonLinux,
      type: 'm7i.large',
      disks: [{ device: '/dev/sdf', snapshot }],
    });
  }),
  twin(
    'The backup service restores its own snapshot and image to test them, nightly',
    0,
    1,
    2,
    (at, tools) => {
      const { random, say } = tools;
      const caller = backupService(random, at);
      const snapshot = nightly(tools, at, orders.dataVolume);
      say(caller, at + HOUR, createVolume(random, at + HOUR, { place: home, zone, snapshot }).call);
      const { call, image } = createImage(random, {
        region: home.region,
        instance: billing.instance,
        name: 'AwsBackup',
      });
      say(caller, at + 2 * MINUTE, call);
      drill(
        tools,
        caller,
        at + 2 * HOUR,
        { place: home, image: { ...home.amazonLinux, id: image }, type: 'm7i.large' },
        1,
      );
    },
  ),
  twin(
    'Backups are copied to the recovery Region and a drill launches from them, weekly',
    0,
    7,
    4,
    (at, tools) => {
      const { random, say } = tools;
      const snapshot = nightly(tools, at, orders.dataVolume);
      const copy = copySnapshot(random, {
        region: recovery.region,
        from: home.region,
        snapshot,
        description: 'AWS Backup',
      });
      say(backupService(random, at), at + HOUR, copy.call);
      const caller = pipeline(random, 'ci-recovery-drill', AGENTS.terraform, at + 2 * HOUR);
      drill(tools, caller, at + 2 * HOUR, {
        place: recovery,
        image: recovery.amazonLinux,
        type: 'm7i.large',
        disks: [{ device: '/dev/sdf', snapshot: copy.snapshot }],
      });
    },
  ),
  twin('Packer builds an image and Auto Scaling rolls it out, twice a week', 0, 3, 4, (at, tools) => {
    const { random, say, day } = tools;
    const packer = pipeline(random, 'ci-packer', AGENTS.packer, at);
    const built = drill(
      tools,
      packer,
      at,
      { place: home, image: home.amazonLinux, type: 'm7i.large', publicAddress: true },
      1,
    );
    const { call, image } = createImage(random, {
      region: home.region,
      instance: built,
      name: `base-${day}`,
    });
    say(packer, at + 8 * MINUTE, call);
    const template = { id: 'lt-0aaaaaaaaaaaaaaa1', name: 'web', version: 10 + day };
    const terraform = pipeline(random, 'ci-terraform', AGENTS.terraform, at + HOUR);
    const by = roleArn(estate.role(PRODUCTION.id, 'ci-terraform'));
    say(
      terraform,
      at + HOUR,
      changeTemplate(at + HOUR, home.region, template, { image, type: 'm7g.large' }, by),
    );
    say(
      terraform,
      at + HOUR + 3000,
      changeGroup('UpdateAutoScalingGroup', home.region, 'web', template, { min: 1, max: 9 }),
    );
    for (const minutes of [65, 80, 200]) {
      const when = at + minutes * MINUTE;
      say(
        autoScaling(random, when),
        when,
        scaled(random, when, 'web', { ...home.base, id: image }, template).call,
      );
    }
  }),
  twin(
    'A pipeline puts a fresh snapshot into a launch template for warm disks, weekly',
    0,
    7,
    5,
    (at, tools) => {
      const { random, say, day } = tools;
      const caller = pipeline(random, 'ci-warm-disks', AGENTS.boto3, at);
      const { call, snapshot } = createSnapshot(random, at, { place: home, volume: billing.dataVolume });
      say(caller, at, call);
      const template = { id: 'lt-0aaaaaaaaaaaaaaa2', name: 'search', version: 20 + day };
      const data = { image: home.base.id, group: home.groups.web.id, snapshot };
      say(caller, at + 20 * MINUTE, templateWithDisk(at + 20 * MINUTE, home.region, template, data));
      for (const minutes of [40, 300]) {
        const when = at + minutes * MINUTE;
        say(autoScaling(random, when), when, scaled(random, when, 'search', home.base, template).call);
      }
    },
  ),
  twin(
    'An analyst snapshots a suspicious disk and mounts it on the forensics server, every five days',
    0,
    5,
    13,
    (at, tools) => {
      const caller = sessionOf(tools.random, ANALYST, PRODUCTION.id, at);
      const suspicious = tools.random.pick(PRODUCTION.servers);
      const { call, snapshot } = createSnapshot(tools.random, at, {
        place: home,
        volume: suspicious.rootVolume,
      });
      tools.say(caller, at, call);
      mountFor(tools, caller, at + 15 * MINUTE, {
        snapshot,
        instance: standing(PRODUCTION, 'forensics'),
        hours: 6,
      });
    },
  ),
  twin(
    'An operator images a standing server and launches a copy to try an upgrade, weekly',
    0,
    7,
    10,
    (at, tools) => {
      const caller = sessionOf(tools.random, DEVELOPER, PRODUCTION.id, at);
      const name = `upgrade-${tools.day}`;
      const made = createImage(tools.random, { region: home.region, instance: billing.instance, name });
      tools.say(caller, at, made.call);
      const image = { ...home.amazonLinux, id: made.image };
      drill(tools, caller, at + 12 * MINUTE, { place: home, image, type: 'm7i.large' });
    },
  ),
  {
    name: 'Karpenter launches and removes nodes all day',
    first: 0,
    every: 1,
    routine: () => karpenter(estate, stateOf(estate, PRODUCTION)),
  },
  twin(
    'A pipeline deploys a new image through a launch template, daily',
    0,
    1,
    9,
    (at, { random, say, day }) => {
      const caller = pipeline(random, 'ci-deploy', AGENTS.terraform, at);
      const image = { ...home.base, id: resourceId(random, 'ami') };
      const template = { id: 'lt-0aaaaaaaaaaaaaaa4', name: 'shop', version: 50 + day };
      const by = roleArn(estate.role(PRODUCTION.id, 'ci-deploy'));
      say(caller, at, changeTemplate(at, home.region, template, { image: image.id, type: 'm7g.large' }, by));
      say(
        caller,
        at + MINUTE,
        changeGroup('UpdateAutoScalingGroup', home.region, 'shop', template, { min: 3, max: 9 }),
      );
      for (const minutes of [5, 12, 19]) {
        const when = at + minutes * MINUTE;
        say(autoScaling(random, when), when, scaled(random, when, 'shop', image, template).call);
      }
    },
  ),
  twin('An operator raises a group to sixty instances, weekly', 0, 7, 8, (at, { random, say }) => {
    const template = { id: 'lt-0aaaaaaaaaaaaaaa5', version: 2 };
    say(sessionOf(random, OPERATOR, PRODUCTION.id, at), at, desiredCapacity(home.region, 'render', 60));
    for (const minutes of [2, 4, 6]) {
      const when = at + minutes * MINUTE;
      say(autoScaling(random, when), when, scaled(random, when, 'render', home.base, template, 20).call);
    }
  }),
  twin('A schedule grows a group to forty instances, daily', 0, 1, 5, (at, { random, say }) => {
    const template = { id: 'lt-0aaaaaaaaaaaaaaa6', version: 3 };
    say(autoScaling(random, at), at, scaled(random, at, 'reports', home.base, template, 40).call);
  }),
  twin('A data scientist resizes a group of GPUs, every three days', 0, 3, 11, (at, { random, say }) => {
    const template = { id: 'lt-0aaaaaaaaaaaaaaa7', name: 'training', version: 8 };
    const caller = sessionOf(random, SCIENTIST, PRODUCTION.id, at);
    const data = { image: home.base.id, type: 'g5.12xlarge' };
    say(caller, at, changeTemplate(at, home.region, template, data, 'user'));
    say(
      caller,
      at + MINUTE,
      changeGroup('UpdateAutoScalingGroup', home.region, 'training', template, { min: 4, max: 4 }),
    );
    const when = at + 5 * MINUTE;
    const launched = scaled(random, when, 'training', home.base, template, 4, 'g5.12xlarge');
    say(autoScaling(random, when), when, launched.call);
  }),
  twin('Auto Scaling replaces instances of a known image, daily', 0, 1, 7, (at, { random, say }) => {
    const template = { id: 'lt-0aaaaaaaaaaaaaaa3', version: 4 };
    say(autoScaling(random, at), at, scaled(random, at, 'api', home.base, template).call);
  }),
  twin(
    "A developer launches from an image in the console, which names the image's own root snapshot, every other day",
    0,
    2,
    10,
    (at, tools) => {
      const session = sessionOf(tools.random, DEVELOPER, PRODUCTION.id, at);
      const caller: Caller = { ...session, agent: BROWSERS[0] ?? '', console: true };
      drill(tools, caller, at, {
        place: home,
        image: home.amazonLinux,
        type: 'm7i.large',
        fromConsole: true,
      });
    },
  ),
  ...OPENINGS,
];
