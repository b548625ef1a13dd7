import { changeState, iam } from '../ec2-control.ts';
import { copySnapshot, createSnapshot, deleteSnapshot, shareSnapshot } from '../ec2-data.ts';
import { createImage } from '../ec2-images.ts';
import { DAY, HOUR, MINUTE } from '../estate.ts';
import { resourceId } from '../places.ts';
import type { Caller } from '../trail-record.ts';
import type { Make, World } from './make.ts';
import { launched, mounted, opened } from './moves.ts';

const CUSTOMERS = Array.from({ length: 12 }, (_, index) => `44445555${String(index + 1).padStart(4, '0')}`);
/** The provider's own account, where copies are kept; not one of those that are watched. */
const VAULT = '444466660001';
/** Joins in the third week. */
const NEW_CUSTOMER = 11;
const NEW_FROM = 15;
const HOME = 'eu-central-1';
const OFFICE = ['198.51.100.201', '198.51.100.202', '198.51.100.203'];
const STAFF = ['anna', 'bert', 'carl', 'dora', 'emma', 'finn', 'gina', 'hugo'];
const SERVERS = 6;

const customer = (index: number): string => CUSTOMERS[index] as string;
const diskOf = (world: World, account: string, server: number): string =>
  resourceId(world.chance('disk', account, String(server)), 'vol');
const serverOf = (world: World, account: string, server: number): string =>
  resourceId(world.chance('server', account, String(server)), 'i');

/** Staff come through one role of the same name in each customer's account, some with an address for a name, some without. */
const staffIn = (world: World, account: string, who: number, at: number, source: string): Caller =>
  world.session(
    account,
    'msp-operations',
    who % 2 === 0 ? `${STAFF[who]}@example.net` : (STAFF[who] ?? ''),
    at,
    source,
  );

/** A managed-service provider: one role in many customers' accounts, staff that change, patch nights, copies to a vault. */
export const provider: Make = {
  name: 'provider',
  accounts: CUSTOMERS,
  partners: [VAULT],
  live(world) {
    backUp(world);
    visit(world);
    patch(world);
    takeOn(world);
  },
  attacks: {
    'staff-session-mines': {
      expected: 'high',
      day: 14,
      play({ world, at, random, say }) {
        const place = world.places(customer(2), 'us-east-1');
        launched(say, random, staffIn(world, customer(2), 2, at, '203.0.113.51'), at, {
          place,
          type: 'g5.12xlarge',
          count: 6,
          userData: true,
        });
      },
    },
    'staff-session-takes-a-disk': {
      expected: 'high',
      day: 18,
      play({ world, at, random, say }) {
        const place = world.places(customer(4), HOME);
        const caller = staffIn(world, customer(4), 3, at, '203.0.113.52');
        const group = opened(say, random, caller, at, place, { name: 'support', cidr: '203.0.113.52/32' });
        mounted(say, random, caller, at + 5 * MINUTE, {
          place,
          volume: diskOf(world, customer(4), 0),
          launch: { groups: [group], publicAddress: true },
        });
      },
    },
    'backup-role-shares-elsewhere': {
      expected: 'high',
      day: 21,
      play({ world, at, random, say }) {
        const account = customer(6);
        const caller = world.session(account, 'msp-backup', 'backup', at, '198.51.100.210');
        const place = world.places(account, HOME);
        const { call, snapshot } = createSnapshot(random, at, { place, volume: diskOf(world, account, 1) });
        say(caller, at, call);
        say(caller, at + 3 * MINUTE, shareSnapshot(HOME, snapshot, 'add', '999900002222'));
      },
    },
    'own-user-in-a-customer': {
      expected: 'medium',
      day: 23,
      play({ world, at, random, say }) {
        const account = customer(8);
        const caller = staffIn(world, account, 5, at, '203.0.113.54');
        const user = { userName: 'svc-monitoring', userId: 'AIDAEXAMPLEMONITOR001' };
        say(caller, at, iam('CreateUser', { userName: user.userName }, { user }));
        const key = { userName: user.userName, accessKeyId: 'AKIAEXAMPLEMONITOR01', status: 'Active' };
        say(caller, at + MINUTE, iam('CreateAccessKey', { userName: user.userName }, { accessKey: key }));
        const theirs: Caller = {
          account,
          identity: {
            type: 'IAMUser',
            principalId: user.userId,
            arn: `arn:aws:iam::${account}:user/${user.userName}`,
            accountId: account,
            accessKeyId: key.accessKeyId,
            userName: user.userName,
          },
          source: '203.0.113.54',
          agent: 'Boto3/1.40.55',
        };
        launched(say, random, theirs, at + 20 * MINUTE, {
          place: world.places(account, HOME),
          type: 'c7i.4xlarge',
          count: 2,
          userData: true,
        });
      },
    },
    'disk-to-another-customer': {
      expected: 'medium',
      day: 26,
      play({ world, at, random, say }) {
        const [from, to] = [customer(1), customer(9)];
        const place = world.places(from, HOME);
        const caller = staffIn(world, from, 6, at, '203.0.113.55');
        const { call, snapshot } = createSnapshot(random, at, { place, volume: diskOf(world, from, 2) });
        say(caller, at, call);
        say(caller, at + 3 * MINUTE, shareSnapshot(HOME, snapshot, 'add', to));
        const there = staffIn(world, to, 6, at + HOUR, '203.0.113.55');
        const copy = copySnapshot(random, { region: HOME, from: HOME, snapshot, description: '' });
        say(there, at + HOUR, copy.call);
        launched(say, random, there, at + HOUR + 20 * MINUTE, {
          place: world.places(to, HOME),
          type: 'm6i.large',
          disks: [{ device: '/dev/sdf', snapshot: copy.snapshot }],
        });
      },
    },
  },
};

const isThere = (index: number, day: number): boolean => index !== NEW_CUSTOMER || day >= NEW_FROM;

/** Every night each server is copied, on Sundays the copies go to the vault; what is older than a week is deleted. */
function backUp(world: World): void {
  CUSTOMERS.forEach((account, index) => {
    const random = world.chance('backup', account);
    const say = world.say(`backup ${account}`);
    const place = world.places(account, HOME);
    const kept: string[][] = [];
    for (const day of world.days) {
      if (!isThere(index, day.index)) continue;
      const at = day.start + 1 * HOUR + index * 4 * MINUTE;
      const caller = world.session(account, 'msp-backup', 'backup', at, '198.51.100.210');
      const made = Array.from({ length: SERVERS }, (_, server) => {
        const when = at + server * 5000;
        const { call, snapshot } = createSnapshot(random, when, {
          place,
          volume: diskOf(world, account, server),
        });
        say(caller, when, call);
        return snapshot;
      });
      kept.push(made);
      if (new Date(day.start).getUTCDay() === 0) {
        made.forEach((snapshot, server) => {
          say(caller, at + HOUR + server * 3000, shareSnapshot(HOME, snapshot, 'add', VAULT));
          say(caller, at + 3 * HOUR + server * 3000, shareSnapshot(HOME, snapshot, 'remove', VAULT));
        });
      }
      if (kept.length <= 7) continue;
      for (const [each, snapshot] of (kept.shift() ?? []).entries())
        say(caller, at + 2 * HOUR + each * 3000, deleteSnapshot(HOME, snapshot));
    }
  });
}

/** Each working day some of the staff see to some of the customers: a server, a copy before a change, a port for a supplier. */
function visit(world: World): void {
  const random = world.chance('visits');
  const say = world.say('visits');
  for (const day of world.days) {
    if (!day.working) continue;
    STAFF.forEach((_, who) => {
      // one begins in the third week, one is on holiday until then
      if (random.chance(0.4) || (who > 5 && day.index < 14)) return;
      for (let left = random.int(1, 3); left > 0; left--) {
        const index = random.int(0, CUSTOMERS.length - 1);
        if (!isThere(index, day.index)) continue;
        const account = customer(index);
        const place = world.places(account, HOME);
        const at = day.start + 7 * HOUR + random.int(0, 540) * MINUTE;
        const caller = staffIn(world, account, who, at, random.pick(OFFICE));
        const server = random.int(0, SERVERS - 1);
        const what = random.next();
        if (what < 0.3) {
          launched(say, random, caller, at, {
            place,
            type: random.pick(['t3.medium', 't3.large', 'm6i.large', 'm6i.xlarge']),
            profile: 'ssm-managed',
            ...(random.chance(0.3) && { userData: true as const }),
          });
        } else if (what < 0.6) {
          const volume = diskOf(world, account, server);
          say(caller, at, createSnapshot(random, at, { place, volume }).call);
        } else if (what < 0.8) {
          say(caller, at, changeState('StopInstances', HOME, [serverOf(world, account, server)]));
          say(
            caller,
            at + 5 * MINUTE,
            changeState('StartInstances', HOME, [serverOf(world, account, server)]),
          );
        } else if (what < 0.9) {
          const instance = serverOf(world, account, server);
          say(
            caller,
            at,
            createImage(random, { region: HOME, instance, name: `before-change-${day.index}` }).call,
          );
        } else if (what < 0.95) {
          // a file is wanted back: yesterday's copy, on the server it came from
          mounted(say, random, caller, at, {
            place,
            volume: diskOf(world, account, server),
            instance: serverOf(world, account, server),
          });
        } else {
          opened(say, random, caller, at, place, {
            name: `supplier-${random.hex(4)}`,
            cidr: '192.0.2.0/24',
            port: 443,
          });
        }
      }
    });
  }
}

/** Once a month each customer has a patch night: all copied, all restarted. */
function patch(world: World): void {
  CUSTOMERS.forEach((account, index) => {
    const random = world.chance('patches', account);
    const say = world.say('patches');
    const day = 2 * index + 3;
    if (!isThere(index, day)) return;
    const at = (world.days[0]?.start ?? 0) + day * DAY + 21 * HOUR;
    const caller = staffIn(world, account, index % 5, at, OFFICE[0] ?? '');
    const place = world.places(account, HOME);
    for (let server = 0; server < SERVERS; server++) {
      const when = at + server * 10 * MINUTE;
      say(caller, when, createSnapshot(random, when, { place, volume: diskOf(world, account, server) }).call);
      say(caller, when + 4 * MINUTE, changeState('StopInstances', HOME, [serverOf(world, account, server)]));
      say(caller, when + 6 * MINUTE, changeState('StartInstances', HOME, [serverOf(world, account, server)]));
    }
  });
}

/** A customer is taken on: roles made, servers launched, by a role that did so in other accounts before the history began. */
function takeOn(world: World): void {
  const account = customer(NEW_CUSTOMER);
  const random = world.chance('onboarding');
  const say = world.say('onboarding');
  const place = world.places(account, HOME);
  const at = (world.days[0]?.start ?? 0) + NEW_FROM * DAY + 8 * HOUR;
  const caller = world.session(account, 'msp-onboarding', 'onboarding', at, OFFICE[1] ?? '');
  for (const [step, name] of ['msp-operations', 'msp-backup', 'ssm-managed'].entries()) {
    const role = { roleName: name, roleId: `AROAEXAMPLEONBOARD0${step}`, path: '/' };
    say(caller, at + step * 5000, iam('CreateRole', { roleName: name }, { role }));
  }
  for (let server = 0; server < SERVERS; server++) {
    launched(say, random, caller, at + (10 + server) * MINUTE, {
      place,
      type: 'm6i.large',
      profile: 'ssm-managed',
      userData: true,
    });
  }
}
