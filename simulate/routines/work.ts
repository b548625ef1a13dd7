import type { AccountState } from '../account-state.ts';
import { changeState, createKeyPair, openIngress } from '../ec2-control.ts';
import {
  type Attachment,
  attachVolume,
  createSnapshot,
  createVolume,
  deleteVolume,
  detachVolume,
} from '../ec2-data.ts';
import { type LaunchSpec, runInstances } from '../ec2-launches.ts';
import { HOUR, type Job, MINUTE } from '../estate.ts';
import type { Place } from '../places.ts';
import type { Random } from '../random.ts';
import type { Say } from '../routine.ts';
import { type Caller, refused } from '../trail-record.ts';

/** One person's day in one account. */
export interface Desk {
  readonly random: Random;
  readonly say: Say;
  readonly caller: Caller;
  readonly state: AccountState;
  readonly place: Place;
  /** Instances this person still has running here. */
  readonly instances: string[];
  /** Some moment of the working day, ms. */
  readonly later: () => number;
  readonly evening: number;
  /** Whether what is done once a month is due. */
  readonly monthly: boolean;
}

const DEVELOPER_TYPES = ['t3.medium', 't3.large', 't4g.medium', 'm7i.large', 'c7i.large'];
const GPU_TYPES = ['g5.xlarge', 'g5.2xlarge', 'g5.4xlarge', 'g5.12xlarge'];
/** Training runs need a whole host now and then. */
const TRAINING = { share: 0.06, type: 'p4d.24xlarge' };

/** Failure texts as EC2 words them; the encoded part means nothing to anyone outside AWS. */
const unauthorized = (random: Random, caller: Caller, action: string): string =>
  `You are not authorized to perform this operation. User: ${caller.identity.arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action. Encoded authorization failure message: ${random.hex(300)}`;
const QUOTA =
  'You have requested more vCPU capacity than your current vCPU limit allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.';

function launch(desk: Desk, at: number, spec: Omit<LaunchSpec, 'place'>): void {
  const { random, say, caller, place, instances } = desk;
  say(caller, at, (now) => {
    const made = runInstances(random, now, { place, ...spec, ...(caller.console && { fromConsole: true }) });
    instances.push(...made.instances);
    return made.call;
  });
}

function clearUp(desk: Desk, keep: number): void {
  const { say, caller, place, instances, evening } = desk;
  say(caller, evening, () => {
    const gone = instances.splice(0, Math.max(0, instances.length - keep));
    return gone.length === 0 ? undefined : changeState('TerminateInstances', place.region, gone);
  });
}

function develop(desk: Desk): void {
  const { random, say, caller, place } = desk;
  const name = caller.identity.arn?.split('/').at(-1)?.split('@')[0] ?? 'dev';
  if (random.chance(0.05))
    say(caller, desk.later(), () => createKeyPair(random, place.region, `${name}-${random.hex(4)}`));
  for (let left = random.pick([0, 0, 1, 1, 2]); left > 0; left--) {
    launch(desk, desk.later(), {
      image: random.pick([place.base, place.base, place.amazonLinux]),
      type: random.pick(DEVELOPER_TYPES),
      keyName: name,
      groups: [place.groups.web],
      tags: { Name: `${name}-test`, owner: name },
      ...(random.chance(0.2) && { userData: true }),
      ...(random.chance(0.3) && { profile: 'developer-sandbox' }),
    });
  }
  if (random.chance(0.02)) {
    say(caller, desk.later(), (now) => {
      const { call } = runInstances(random, now, { place, image: place.base, type: 'm7i.8xlarge' });
      const message = unauthorized(random, caller, 'ec2:RunInstances');
      return refused(call, 'Client.UnauthorizedOperation', message);
    });
  }
  if (random.chance(0.03)) {
    say(caller, desk.later(), (now) => {
      const { call } = runInstances(random, now, {
        place,
        image: place.base,
        type: 't4g.medium',
        keyName: 'gone',
      });
      return refused(call, 'Client.InvalidKeyPair.NotFound', "The key pair 'gone' does not exist");
    });
  }
  clearUp(desk, random.pick([0, 1, 2]));
}

function operate(desk: Desk): void {
  const { random, say, caller, place, state } = desk;
  const server = random.pick(state.account.servers);
  if (random.chance(0.15)) {
    const cidr = random.pick(['192.0.2.0/24', '10.20.0.0/16', '2001:db8:1::/48']);
    const rule = { group: place.groups.web.id, port: 443, cidr };
    say(caller, desk.later(), () => openIngress(random, place, rule));
  }
  if (random.chance(0.15)) {
    const at = desk.later();
    const tags = { Name: `${server.name} before maintenance`, owner: 'team-platform' };
    const what = { place, volume: server.dataVolume, description: 'before maintenance', tags };
    say(caller, at, (now) => createSnapshot(random, now, what).call);
    say(caller, at + 4 * MINUTE, () => changeState('StopInstances', place.region, [server.instance]));
    say(caller, at + 15 * MINUTE, () => changeState('StartInstances', place.region, [server.instance]));
  }
  if (random.chance(0.15)) {
    launch(desk, desk.later(), {
      image: place.base,
      type: random.pick(['t4g.small', 'm7g.large']),
      profile: 'ssm-managed',
      groups: [place.groups.default],
      tags: { Name: 'maintenance', owner: 'team-platform' },
    });
  }
  clearUp(desk, random.pick([0, 1]));
}

function study(desk: Desk): void {
  const { random, say, caller, place } = desk;
  const team = { owner: 'team-data', project: random.pick(['forecast', 'search-ranking']) };
  if (random.chance(0.7)) {
    const at = desk.later();
    const spec: Omit<LaunchSpec, 'place'> = {
      image: place.gpu,
      type: random.chance(TRAINING.share) ? TRAINING.type : random.pick(GPU_TYPES),
      count: random.pick([1, 1, 1, 2]),
      keyName: 'team-data',
      profile: 'data-science',
      tags: team,
    };
    if (random.chance(0.08)) {
      say(caller, at, (now) =>
        refused(runInstances(random, now, { place, ...spec }).call, 'Client.VcpuLimitExceeded', QUOTA),
      );
    }
    launch(desk, at + 2 * MINUTE, spec);
  }
  clearUp(desk, random.pick([0, 0, 1]));
}

/** Once a month a restored copy proves that the backups are good. */
function administerDatabases(desk: Desk): void {
  const { random, say, caller, place, state, monthly } = desk;
  const [server] = state.account.servers;
  const standby = state.account.servers.find(
    ({ zone, name }) => zone === server?.zone && name !== server?.name,
  );
  if (!monthly || server === undefined || standby === undefined) return;
  const at = desk.later();
  const tags = { Name: 'restore test', owner: 'team-data' };
  let where: Attachment | undefined;
  say(caller, at, (now) => {
    const snapshot = state.latestSnapshot.get(server.dataVolume);
    if (snapshot === undefined) return undefined;
    const { call, volume } = createVolume(random, now, { place, zone: server.zone, snapshot, tags });
    where = { region: place.region, volume, instance: standby.instance, device: '/dev/sdf' };
    return call;
  });
  say(caller, at + 2 * MINUTE, (now) => where && attachVolume(now, where));
  say(caller, at + 2 * HOUR, (now) => where && detachVolume(now, where));
  say(caller, at + 2 * HOUR + MINUTE, () => where && deleteVolume(place.region, where.volume));
}

/** What each job does beyond reading. */
export const WORK: Readonly<Record<Job, (desk: Desk) => void>> = {
  operator: operate,
  developer: develop,
  joiner: develop,
  scientist: study,
  dba: administerDatabases,
  auditor: () => undefined,
  // beside looking around, see the routine forensics
  analyst: () => undefined,
};
