import { associateAddress, createSecurityGroup, openIngress } from '../../simulate/ec2-control.ts';
import { attachVolume, createVolume } from '../../simulate/ec2-data.ts';
import { HOUR, MINUTE } from '../../simulate/estate.ts';
import { AGENTS } from '../../simulate/identities.ts';
import { REGIONS } from '../../simulate/places.ts';
import type { Caller } from '../../simulate/trail-record.ts';
import { groupsOfInstance, metadataOptions, setProfile } from './opening-calls.ts';
import { drill, nightly, pipeline, standing, type Tools, type Twin, twin } from './twin.ts';
import { estate, FIRST, PRODUCTION, type Principal, sessionOf } from './world.ts';

const home = estate.places(PRODUCTION.id, REGIONS.home);
const { region } = home;
const zone = home.subnets[0]?.zone ?? '';
const orders = PRODUCTION.servers[0];
if (orders === undefined) throw new Error('production has no server');

const BALANCING: Principal = {
  email: 'marta.keller@example.com',
  permissionSet: 'WebPlatform',
  source: '192.0.2.41',
};
const MAINTENANCE: Principal = {
  email: 'piotr.alvarez@example.com',
  permissionSet: 'PlatformAdmin',
  source: '192.0.2.43',
};
const STAGING: Principal = {
  email: 'yuki.brandt@example.com',
  permissionSet: 'QualityEngineer',
  source: '192.0.2.47',
};

/** A new group with one rule. */
function groupWith(
  { random, say, day }: Tools,
  caller: Caller,
  at: number,
  rule: { readonly name: string; readonly port: number; readonly cidr: string },
): string {
  const made = createSecurityGroup(random, home, `${rule.name}-${day}`, rule.name);
  say(caller, at, made.call);
  say(caller, at + MINUTE, openIngress(random, home, { group: made.group.id, ...rule }));
  return made.group.id;
}

/** A new instance, ten minutes after the time given, in no group but the default one. */
const started = (tools: Tools, caller: Caller, at: number): string =>
  drill(tools, caller, at + 10 * MINUTE, { place: home, image: home.amazonLinux, type: 'm7i.large' }, 6);

/** Work that opens new instances, or changes how open they are, as a path's last move does. */
export const OPENINGS: readonly Twin[] = [
  twin(
    'A web team puts a new group open at port 443 on new instances, every three days',
    0,
    3,
    9,
    (at, tools) => {
      const caller = sessionOf(tools.random, BALANCING, PRODUCTION.id, at);
      const web = groupWith(tools, caller, at, { name: 'web', port: 443, cidr: '0.0.0.0/0' });
      const instance = started(tools, caller, at);
      const groups = [home.groups.default.id, web];
      tools.say(caller, at + 15 * MINUTE, groupsOfInstance(region, instance, groups));
    },
  ),
  twin('A pipeline switches new and standing instances of others to IMDSv2, daily', 0, 1, 10, (at, tools) => {
    const { random, say, day } = tools;
    const caller = pipeline(random, 'ci-metadata', AGENTS.boto3, at);
    const spec = { place: home, image: home.amazonLinux, type: 'm7i.large', httpTokens: 'optional' } as const;
    const instance = drill(tools, sessionOf(random, FIRST, PRODUCTION.id, at), at, spec, 6);
    say(caller, at + 5 * MINUTE, metadataOptions(region, instance, 'required'));
    for (const each of [1, 2, 3]) {
      const old = standing(PRODUCTION, `metadata-${day}-${each}`);
      say(caller, at + (6 + each) * MINUTE, metadataOptions(region, old, 'required'));
    }
  }),
  twin(
    'An operator swaps the groups of a new instance for one open to the office and back, daily',
    0,
    1,
    8,
    (at, tools) => {
      const caller = sessionOf(tools.random, MAINTENANCE, PRODUCTION.id, at);
      const office = groupWith(tools, caller, at, { name: 'office', port: 22, cidr: '192.0.2.0/24' });
      const instance = started(tools, caller, at);
      tools.say(caller, at + 20 * MINUTE, groupsOfInstance(region, instance, [office]));
      tools.say(caller, at + 2 * HOUR, groupsOfInstance(region, instance, [home.groups.default.id]));
    },
  ),
  twin(
    'An operator swaps the groups of a new instance for one with port 22 open to the world and back, daily',
    0,
    1,
    8,
    (at, tools) => {
      const caller = sessionOf(tools.random, MAINTENANCE, PRODUCTION.id, at);
      const world = groupWith(tools, caller, at, { name: 'rescue', port: 22, cidr: '0.0.0.0/0' });
      const instance = started(tools, caller, at);
      tools.say(caller, at + 20 * MINUTE, groupsOfInstance(region, instance, [world]));
      tools.say(caller, at + 2 * HOUR, groupsOfInstance(region, instance, [home.groups.default.id]));
    },
  ),
  twin('A new bastion gets an elastic address and a profile, weekly', 0, 7, 9, (at, tools) => {
    const { random, say } = tools;
    const caller = sessionOf(random, MAINTENANCE, PRODUCTION.id, at);
    const instance = started(tools, caller, at);
    say(caller, at + 15 * MINUTE, associateAddress(random, region, instance));
    const to = { instance, profile: 'bastion' };
    const when = at + 16 * MINUTE;
    say(caller, when, setProfile('AssociateIamInstanceProfile', random, when, home, to));
  }),
  twin(
    "A team restores last night's backup onto a new test server and opens its port 443 to the world, weekly",
    0,
    7,
    9,
    (at, tools) => {
      const { random, say } = tools;
      const caller = sessionOf(random, STAGING, PRODUCTION.id, at);
      const snapshot = nightly(tools, at - 6 * HOUR, orders.dataVolume);
      const made = createVolume(random, at, { place: home, zone, snapshot });
      say(caller, at, made.call);
      const instance = started(tools, caller, at);
      const attachment = { region, volume: made.volume, instance, device: '/dev/sdf' };
      say(caller, at + 14 * MINUTE, attachVolume(at, attachment));
      const web = groupWith(tools, caller, at + 15 * MINUTE, {
        name: 'staging',
        port: 443,
        cidr: '0.0.0.0/0',
      });
      say(caller, at + 20 * MINUTE, groupsOfInstance(region, instance, [home.groups.default.id, web]));
    },
  ),
];
