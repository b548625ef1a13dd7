import { changeGroup, changeState, changeTemplate, iam } from '../ec2-control.ts';
import { copySnapshot, createSnapshot, createVolume, deleteSnapshot, shareSnapshot } from '../ec2-data.ts';
import { createImage, shareImage } from '../ec2-images.ts';
import { runInstances } from '../ec2-launches.ts';
import { DAY, HOUR, MINUTE } from '../estate.ts';
import { resourceId } from '../places.ts';
import { type Caller, refused, sharedSnapshotUsed } from '../trail-record.ts';
import type { Make, World } from './make.ts';
import { launched, mounted, opened } from './moves.ts';

const ACCOUNTS = Array.from({ length: 16 }, (_, index) => `66667777${String(index + 1).padStart(4, '0')}`);
const [SHARED = '', IMAGES = ''] = ACCOUNTS;
const WORKLOADS = ACCOUNTS.slice(2);
/** The last account is vended in the third week. */
const VENDED = { account: ACCOUNTS.at(-1) as string, day: 15 };
const [HOME, RECOVERY] = ['eu-west-1', 'eu-central-1'];
const HEADQUARTERS = '192.0.2.80';
const VPN = ['198.51.100.220', '198.51.100.221'];
const RUNNERS = '198.51.100.222';
const SUPPLIER = '198.51.100.230';
/** Account of a vendor's agentless scanner; the policy does not name it. */
const SCANNER = '777788880001';

/** They come by the company's own federation, which names its sessions after them. */
const OPERATORS = ['ole', 'pia', 'rob', 'sue', 'tom', 'una', 'val', 'wim', 'xaver', 'yara'];
const CONTRACTORS = ['kai', 'leo', 'max'];

const operator = (world: World, account: string, name: string, at: number, source = HEADQUARTERS): Caller =>
  world.session(account, 'ADFS-Operators', `${name}@example.com`, at, source);
const contractor = (world: World, account: string, name: string, at: number, source = SUPPLIER): Caller =>
  world.session(account, 'supplier-support', `${name}@example.org`, at, source);
/** One pipeline in the shared account takes a role of the same name everywhere; its sessions are called after runs. */
const pipeline = (world: World, account: string, run: number, at: number): Caller =>
  world.session(account, 'terraform-deploy', `run-${String(run).padStart(8, '0')}`, at, RUNNERS);
const diskOf = (world: World, account: string, server: number): string =>
  resourceId(world.chance('disk', account, String(server)), 'vol');
const serverOf = (world: World, account: string, server: number): string =>
  resourceId(world.chance('server', account, String(server)), 'i');
const isThere = (account: string, day: number): boolean => account !== VENDED.account || day >= VENDED.day;

/** An enterprise: federation of its own, one pipeline for all accounts, suppliers, migration waves, drills, accounts on demand. */
export const enterprise: Make = {
  name: 'enterprise',
  accounts: ACCOUNTS,
  live(world) {
    operate(world);
    deploy(world);
    bake(world);
    backUp(world);
    support(world);
    migrate(world);
    drill(world);
    vend(world);
    scan(world);
    probe(world);
  },
  attacks: {
    'federated-session-mines': {
      expected: 'high',
      day: 13,
      play({ world, at, random, say }) {
        const account = WORKLOADS[3] as string;
        launched(say, random, operator(world, account, 'tom', at, '203.0.113.81'), at, {
          place: world.places(account, 'us-west-2'),
          type: 'g5.24xlarge',
          count: 4,
          userData: true,
        });
      },
    },
    'supplier-takes-a-disk': {
      expected: 'high',
      day: 16,
      play({ world, at, random, say }) {
        const account = WORKLOADS[5] as string;
        const place = world.places(account, HOME);
        mounted(say, random, contractor(world, account, 'kai', at, '203.0.113.82'), at, {
          place,
          volume: diskOf(world, account, 1),
          launch: { userData: true, publicAddress: true },
        });
      },
    },
    'pipeline-role-from-elsewhere': {
      expected: 'medium',
      day: 18,
      play({ world, at, random, say }) {
        const account = WORKLOADS[7] as string;
        const caller = world.session(account, 'terraform-deploy', 'run-00009999', at, '203.0.113.83');
        launched(say, random, caller, at, {
          place: world.places(account, 'ap-southeast-2'),
          type: 'c7i.12xlarge',
          count: 3,
          userData: true,
        });
      },
    },
    'user-of-ones-own': {
      expected: 'medium',
      day: 20,
      play({ world, at, random, say }) {
        const account = WORKLOADS[2] as string;
        const admin = operator(world, account, 'yara', at, '203.0.113.84');
        const user = { userName: 'aws-sync', userId: 'AIDAEXAMPLEAWSSYNC001' };
        say(admin, at, iam('CreateUser', { userName: user.userName }, { user }));
        const accessKey = { userName: user.userName, accessKeyId: 'AKIAEXAMPLEAWSSYNC01', status: 'Active' };
        say(admin, at + MINUTE, iam('CreateAccessKey', { userName: user.userName }, { accessKey }));
        const own: Caller = {
          account,
          identity: {
            type: 'IAMUser',
            principalId: user.userId,
            arn: `arn:aws:iam::${account}:user/${user.userName}`,
            accountId: account,
            accessKeyId: accessKey.accessKeyId,
            userName: user.userName,
          },
          source: '203.0.113.84',
          agent: 'Boto3/1.40.55',
        };
        launched(say, random, own, at + 30 * MINUTE, {
          place: world.places(account, HOME),
          type: 'm6i.2xlarge',
        });
      },
    },
    'backup-leaves': {
      expected: 'high',
      day: 22,
      play({ world, at, random, say }) {
        const account = WORKLOADS[1] as string;
        const caller = operator(world, account, 'sue', at, '203.0.113.85');
        const place = world.places(account, HOME);
        const { call, snapshot } = createSnapshot(random, at, { place, volume: diskOf(world, account, 0) });
        say(caller, at, call);
        say(caller, at + 5 * MINUTE, shareSnapshot(HOME, snapshot, 'add', '999900003333'));
      },
    },
    'group-of-ones-own-grown': {
      expected: 'high',
      day: 24,
      play({ world, at, random, say }) {
        const account = WORKLOADS[9] as string;
        const caller = operator(world, account, 'wim', at, '203.0.113.86');
        const place = world.places(account, HOME);
        const template = { id: resourceId(random, 'lt'), name: 'sync', version: 1 };
        const data = { image: place.amazonLinux.id, type: 'p4d.24xlarge', userData: true as const };
        say(caller, at, changeTemplate(at, HOME, template, data, 'wim'));
        const size = { min: 10, max: 20, desired: 10 };
        say(caller, at + MINUTE, changeGroup('CreateAutoScalingGroup', HOME, 'sync', template, size));
        const service = world.service(account, 'AWSServiceRoleForAutoScaling', 'autoscaling', at);
        launched(say, random, service, at + 3 * MINUTE, {
          place,
          type: 'p4d.24xlarge',
          count: 10,
          template: { id: template.id, version: '1' },
          tags: { 'aws:autoscaling:groupName': 'sync' },
        });
      },
    },
    'image-of-a-server-opened': {
      expected: 'critical',
      day: 26,
      play({ world, at, random, say }) {
        const account = WORKLOADS[6] as string;
        const caller = operator(world, account, 'rob', at, '203.0.113.87');
        const place = world.places(account, HOME);
        const instance = serverOf(world, account, 2);
        const { call, image } = createImage(random, { region: HOME, instance, name: 'upgrade-test' });
        say(caller, at, call);
        const group = opened(say, random, caller, at + 4 * MINUTE, place, {
          name: 'upgrade-test',
          port: 3389,
        });
        launched(say, random, caller, at + 6 * MINUTE, {
          place,
          type: 'm6i.xlarge',
          image: { ...place.base, id: image },
          groups: [group],
          publicAddress: true,
        });
      },
    },
  },
};

/** Operators look after every account: a machine, a copy before a change, a restart, a rule for a partner's network. */
function operate(world: World): void {
  const random = world.chance('operators');
  const say = world.say('operators');
  for (const day of world.days) {
    for (const [index, name] of OPERATORS.entries()) {
      // the last two begin in the third week
      if (!day.working || random.chance(0.3) || (index > 7 && day.index < 14)) continue;
      for (let left = random.int(1, 3); left > 0; left--) {
        const account = random.pick(WORKLOADS);
        if (!isThere(account, day.index)) continue;
        const at = day.start + 7 * HOUR + random.int(0, 560) * MINUTE;
        const caller = operator(
          world,
          account,
          name,
          at,
          random.chance(0.6) ? HEADQUARTERS : random.pick(VPN),
        );
        const place = world.places(account, HOME);
        const server = random.int(0, 5);
        const what = random.next();
        if (what < 0.35) {
          launched(say, random, caller, at, {
            place,
            type: random.pick(['t3.medium', 'm6i.large', 'm6i.xlarge', 'r6i.large']),
            profile: 'ssm-managed',
            count: random.chance(0.1) ? 4 : 1,
          });
        } else if (what < 0.6) {
          say(caller, at, createSnapshot(random, at, { place, volume: diskOf(world, account, server) }).call);
        } else if (what < 0.85) {
          say(caller, at, changeState('StopInstances', HOME, [serverOf(world, account, server)]));
          say(
            caller,
            at + 6 * MINUTE,
            changeState('StartInstances', HOME, [serverOf(world, account, server)]),
          );
        } else {
          opened(say, random, caller, at, place, {
            name: `partner-${random.hex(4)}`,
            cidr: '203.0.113.128/28',
            port: 443,
          });
        }
      }
    }
  }
}

/** One pipeline rolls out to every account in turn: new template versions, groups, single machines. */
function deploy(world: World): void {
  const random = world.chance('deploy');
  const say = world.say('deploy');
  let run = 1000;
  for (const day of world.days) {
    if (!day.working) continue;
    for (const account of WORKLOADS) {
      if (!isThere(account, day.index) || random.chance(0.6)) continue;
      const at = day.start + 8 * HOUR + random.int(0, 480) * MINUTE;
      const caller = pipeline(world, account, run++, at);
      const region = random.chance(0.2) ? RECOVERY : HOME;
      const place = world.places(account, region);
      const of = world.chance('template', account, region);
      const template = { id: resourceId(of, 'lt'), name: 'app', version: day.index + 2 };
      const data = { image: place.base.id, type: 'm6i.large', userData: true as const };
      say(caller, at, changeTemplate(at, region, template, data, 'terraform'));
      const size = { min: 2, max: 12, desired: random.int(2, 6) };
      say(caller, at + MINUTE, changeGroup('UpdateAutoScalingGroup', region, 'app', template, size));
      if (random.chance(0.2))
        launched(say, random, caller, at + 2 * MINUTE, { place, type: 't3.small', profile: 'app' });
    }
  }
}

/** Image Builder bakes on Tuesdays, in the account for images, and shares with all. */
function bake(world: World): void {
  const random = world.chance('images');
  const say = world.say('images');
  const place = world.places(IMAGES, HOME);
  for (const day of world.days) {
    if (new Date(day.start).getUTCDay() !== 2) continue;
    const at = day.start + 3 * HOUR;
    const caller = world.service(IMAGES, 'AWSServiceRoleForImageBuilder', 'imagebuilder', at);
    const [instance = ''] = launched(say, random, caller, at, { place, type: 'm6i.large' });
    const { call, image } = createImage(random, { region: HOME, instance, name: `base-${day.index}` });
    say(caller, at + 30 * MINUTE, call);
    say(caller, at + 40 * MINUTE, changeState('TerminateInstances', HOME, [instance]));
    say(caller, at + 50 * MINUTE, shareImage(HOME, image, ...WORKLOADS.slice(0, 10)));
  }
}

/** AWS Backup copies every server each night, and to the other Region. */
function backUp(world: World): void {
  for (const account of WORKLOADS) {
    const random = world.chance('backup', account);
    const say = world.say('backup');
    const place = world.places(account, HOME);
    const kept: string[] = [];
    for (const day of world.days) {
      if (!isThere(account, day.index)) continue;
      const at = day.start + 2 * HOUR + random.int(0, 50) * MINUTE;
      const caller = world.service(account, 'AWSServiceRoleForBackup', 'backup', at);
      for (let server = 0; server < 3; server++) {
        const when = at + server * 20_000;
        const { call, snapshot } = createSnapshot(random, when, {
          place,
          volume: diskOf(world, account, server),
        });
        say(caller, when, call);
        const copy = copySnapshot(random, { region: RECOVERY, from: HOME, snapshot, description: 'backup' });
        say(caller, when + 10 * MINUTE, copy.call);
        kept.push(snapshot);
      }
      if (kept.length > 21)
        for (const old of kept.splice(0, 3)) say(caller, at + HOUR, deleteSnapshot(HOME, old));
    }
  }
}

/** A supplier's people come through a role that its own account may assume, to two accounts, some days of the week. */
function support(world: World): void {
  const random = world.chance('support');
  const say = world.say('support');
  for (const day of world.days) {
    if (!day.working || random.chance(0.4)) continue;
    const account = WORKLOADS[random.pick([4, 5])] as string;
    const at = day.start + 8 * HOUR + random.int(0, 400) * MINUTE;
    const caller = contractor(world, account, random.pick(CONTRACTORS), at);
    const place = world.places(account, HOME);
    if (random.chance(0.5)) {
      say(caller, at, createSnapshot(random, at, { place, volume: diskOf(world, account, 1) }).call);
    } else launched(say, random, caller, at, { place, type: 'm6i.large', profile: 'ssm-managed' });
  }
}

/** A wave of migration: the service launches test machines, then two engineers cut over a dozen larger ones. */
function migrate(world: World): void {
  const random = world.chance('migration');
  const say = world.say('migration');
  for (const [wave, first] of [12, 19, 26].entries()) {
    const account = WORKLOADS[10 + wave] as string;
    const place = world.places(account, HOME);
    for (const [step, name] of ['ole', 'pia'].entries()) {
      const at = (world.days[first + step]?.start ?? 0) + 18 * HOUR;
      const service = world.service(account, 'AWSServiceRoleForApplicationMigrationService', 'mgn', at);
      for (let server = 0; server < 6; server++) {
        const when = at + server * 2 * MINUTE;
        const { call, snapshot } = createSnapshot(random, when, { place, volume: resourceId(random, 'vol') });
        say(service, when, call);
        const zone = place.subnets[0]?.zone ?? '';
        say(service, when + MINUTE, createVolume(random, when + MINUTE, { place, zone, snapshot }).call);
        launched(say, random, service, when + 2 * MINUTE, { place, type: 'm6i.xlarge' });
      }
      const caller = operator(world, account, name, at + HOUR);
      for (let server = 0; server < 4; server++)
        launched(say, random, caller, at + HOUR + server * 5 * MINUTE, {
          place,
          type: random.pick(['r6i.2xlarge', 'm6i.2xlarge']),
          profile: 'ssm-managed',
        });
    }
  }
}

/** Once a month a runbook restores backups in the other Region, by a role of its own, and takes all away. */
function drill(world: World): void {
  const random = world.chance('drill');
  const say = world.say('drill');
  for (const [index, account] of WORKLOADS.slice(0, 4).entries()) {
    for (const day of [5 + index, 19 + index]) {
      const at = (world.days[day]?.start ?? 0) + 9 * HOUR;
      const caller = world.session(account, 'recovery-drill', 'AutomationExecution-drill', at, RUNNERS);
      const place = world.places(account, RECOVERY);
      const service = world.service(account, 'AWSServiceRoleForBackup', 'backup', at);
      const { call, snapshot } = createSnapshot(random, at - 7 * HOUR, {
        place,
        volume: resourceId(random, 'vol'),
      });
      say(service, at - 7 * HOUR, call);
      const zone = place.subnets[0]?.zone ?? '';
      const made = launched(say, random, caller, at, {
        place,
        type: 'm6i.large',
        zone,
        profile: 'drill',
        disks: [{ device: '/dev/sdf', snapshot }],
      });
      say(caller, at + 3 * HOUR, changeState('TerminateInstances', RECOVERY, made));
    }
  }
}

/** An account is vended: roles by the landing zone, then the pipeline's first rollout. */
function vend(world: World): void {
  const random = world.chance('vend');
  const say = world.say('vend');
  const at = (world.days[0]?.start ?? 0) + VENDED.day * DAY + 7 * HOUR;
  const caller = world.session(VENDED.account, 'AWSControlTowerExecution', 'AWSControlTower', at, RUNNERS);
  for (const [step, name] of ['ADFS-Operators', 'terraform-deploy', 'ssm-managed'].entries()) {
    const role = { roleName: name, roleId: `AROAEXAMPLEVENDED00${step}`, path: '/' };
    say(caller, at + step * 4000, iam('CreateRole', { roleName: name }, { role }));
  }
  const run = pipeline(world, VENDED.account, 7777, at + HOUR);
  const place = world.places(VENDED.account, HOME);
  launched(say, random, run, at + HOUR, { place, type: 't3.small', count: 2, profile: 'app' });
  say(
    operator(world, SHARED, 'ole', at),
    at + 2 * HOUR,
    changeState('StartInstances', HOME, [serverOf(world, SHARED, 0)]),
  );
}

/**
 * Each night a vendor's scanner copies some disks, shares the copies with its maker, whose use EC2 tells, and deletes them; GuardDuty scans
 * a server now and then in the same way.
 */
function scan(world: World): void {
  for (const account of WORKLOADS.slice(0, 6)) {
    const random = world.chance('scan', account);
    const say = world.say('scanner');
    const place = world.places(account, HOME);
    for (const day of world.days) {
      const at = day.start + 23 * HOUR - random.int(0, 40) * MINUTE;
      const caller = world.session(
        account,
        'agentless-scanner',
        `scan-${random.hex(8)}`,
        at,
        '198.51.100.90',
      );
      for (let server = 0; server < 2; server++) {
        const when = at + server * 3 * MINUTE;
        const { call, snapshot } = createSnapshot(random, when, {
          place,
          volume: diskOf(world, account, server),
        });
        say(caller, when, call);
        say(caller, when + MINUTE, shareSnapshot(HOME, snapshot, 'add', SCANNER));
        const use = { region: HOME, by: SCANNER, owner: account, snapshot };
        const used = when + 6 * MINUTE;
        world.put('scanner', used, sharedSnapshotUsed(random, used, 'SharedSnapshotVolumeCreated', use));
        say(caller, when + 25 * MINUTE, deleteSnapshot(HOME, snapshot));
      }
      if (!random.chance(0.15)) continue;
      const when = at - 5 * HOUR;
      const service = 'malware-protection.guardduty';
      const own = world.service(account, 'AWSServiceRoleForAmazonGuardDutyMalwareProtection', service, when);
      const { call, snapshot } = createSnapshot(random, when, { place, volume: diskOf(world, account, 2) });
      say(own, when, call);
      say(own, when + MINUTE, shareSnapshot(HOME, snapshot, 'add', '777788880002'));
      say(own, when + 30 * MINUTE, shareSnapshot(HOME, snapshot, 'remove', '777788880002'));
      say(own, when + 31 * MINUTE, deleteSnapshot(HOME, snapshot));
    }
  }
}

/** What fails or is only tried: a role without the right, a shortage, a dry run; and somebody's first image in a team that makes them. */
function probe(world: World): void {
  const random = world.chance('probe');
  const say = world.say('probe');
  for (const day of world.days) {
    if (!day.working) continue;
    const account = random.pick(WORKLOADS.slice(0, 8));
    const place = world.places(account, HOME);
    const name = random.pick(OPERATORS.slice(0, 8));
    const at = day.start + 10 * HOUR + random.int(0, 300) * MINUTE;
    const caller = operator(world, account, name, at);
    const { call } = runInstances(random, at, { place, image: place.base, type: 'm6i.xlarge' });
    const how = random.next();
    if (how < 0.2) say(caller, at, refused(call, 'Client.UnauthorizedOperation', 'You are not authorized'));
    else if (how < 0.4)
      say(caller, at, refused(call, 'Client.DryRunOperation', 'Request would have succeeded'));
    else if (how < 0.6) say(caller, at, refused(call, 'Server.InsufficientInstanceCapacity', 'no capacity'));
    else if (how < 0.7) {
      const instance = serverOf(world, account, random.int(0, 5));
      say(caller, at, createImage(random, { region: HOME, instance, name: `before-${day.index}` }).call);
    }
  }
}
