import type { AccountState } from '../account-state.ts';
import {
  changeGroup,
  changeState,
  changeTemplate,
  createKeyPair,
  createSecurityGroup,
  deleteKeyPair,
  deleteSecurityGroup,
  openIngress,
} from '../ec2-control.ts';
import { createImage, shareImage } from '../ec2-images.ts';
import { runInstances } from '../ec2-launches.ts';
import { type Estate, HOUR, MINUTE } from '../estate.ts';
import { AGENTS, roleArn, withKey } from '../identities.ts';
import { REGIONS, weeklyImage } from '../places.ts';
import { randomOf } from '../random.ts';
import { type Routine, sayer } from '../routine.ts';
import { pipelineSession } from '../sessions.ts';

/** Terraform from CI: new launch template versions for the groups, a rule now and then. */
export function terraform(estate: Estate, { account, groups }: AccountState): Routine {
  const random = randomOf(estate.seed, 'terraform', account.id);
  const place = estate.places(account.id, REGIONS.home);
  return (day, emit) => {
    if (!day.working || !random.chance(0.5)) return;
    const say = sayer(random, emit);
    let at = day.start + 8 * HOUR + random.int(0, 9 * 60) * MINUTE;
    const caller = pipelineSession(estate, random, account.id, 'ci-terraform', AGENTS.terraform, at);
    if (random.chance(0.3)) {
      const rule = { group: place.groups.web.id, port: random.pick([443, 8443]), cidr: '10.0.0.0/8' };
      say(caller, at, () => openIngress(random, place, rule));
    }
    for (const group of groups) {
      if (!random.chance(0.5)) continue;
      at += random.int(5, 30) * 1000;
      const by = roleArn(estate.role(account.id, 'ci-terraform'));
      say(caller, at, (now) => {
        group.template = { ...group.template, version: group.template.version + 1 };
        if (group.region === REGIONS.home) group.image = weeklyImage(estate.seed, group.region, now);
        const data = { image: group.image.id, type: group.type, userData: true } as const;
        return changeTemplate(now, group.region, group.template, data, by);
      });
      const size = { min: 1, max: 12 };
      say(caller, at + 2000, () =>
        changeGroup('UpdateAutoScalingGroup', group.region, group.name, group.template, size),
      );
    }
  };
}

/** Accounts that one call shares an image with. */
const MOST_TAKERS = 20;

/** Packer builds the base image on most working days: a short-lived key, group, instance and an image. */
export function imagePipeline(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'packer', account.id);
  const place = estate.places(account.id, REGIONS.home);
  const takers = estate.accounts
    .filter((each) => each !== account && each.purposes.includes('production'))
    .slice(0, MOST_TAKERS)
    .map(({ id }) => id);
  return (day, emit) => {
    if (!day.working || !(new Date(day.start).getUTCDay() === 2 || random.chance(0.8))) return;
    const say = sayer(random, emit);
    const tuesday = new Date(day.start).getUTCDay() === 2;
    for (const image of ['base', 'worker']) {
      const at = day.start + 4 * HOUR + random.int(0, 40) * MINUTE;
      const caller = pipelineSession(estate, random, account.id, 'ci-packer', AGENTS.packer, at);
      const name = `packer_${random.guid()}`;
      const { call: newGroup, group } = createSecurityGroup(
        random,
        place,
        name,
        'Temporary group for Packer',
      );
      const cidr = caller.source.includes(':') ? `${caller.source}/128` : `${caller.source}/32`;
      say(caller, at, () => createKeyPair(random, place.region, name));
      say(caller, at + 1000, newGroup);
      say(caller, at + 2000, () => openIngress(random, place, { group: group.id, port: 22, cidr }));
      let builder: readonly string[] = [];
      say(caller, at + 4000, (now) => {
        const { call, instances } = runInstances(random, now, {
          place,
          image: place.amazonLinux,
          type: 'm7i.large',
          keyName: name,
          publicAddress: true,
          groups: [group],
          tags: { Name: 'Packer Builder', owner: 'team-platform' },
        });
        builder = instances;
        return call;
      });
      const weekly = tuesday && image === 'base' ? weeklyImage(estate.seed, place.region, at).id : undefined;
      const built = at + random.int(6, 12) * MINUTE;
      say(caller, built, () => changeState('StopInstances', place.region, builder));
      const stamp = new Date(built).toISOString().slice(0, 10);
      say(caller, built + MINUTE, () => {
        const [instance = ''] = builder;
        const made = { region: place.region, instance, name: `${image}-${stamp}` };
        return createImage(random, weekly === undefined ? made : { ...made, image: weekly }).call;
      });
      if (weekly !== undefined) {
        say(caller, built + 4 * MINUTE, () => shareImage(place.region, weekly, ...takers));
      }
      say(caller, built + 5 * MINUTE, () => changeState('TerminateInstances', place.region, builder));
      say(caller, built + 7 * MINUTE, deleteSecurityGroup(place.region, group.id));
      say(caller, built + 7 * MINUTE + 2000, deleteKeyPair(place.region, name));
    }
  };
}

/** A nightly job with a user's key, older than the roles: stops test servers in the evening, starts them at dawn. */
export function nightlyKey(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'nightly key', account.id);
  const servers = account.servers.slice(5).map(({ instance }) => instance);
  return (day, emit) => {
    const say = sayer(random, emit);
    const caller = withKey(account.legacyUser, '198.51.100.77', AGENTS.boto3);
    if (!day.working) return;
    const jitter = random.int(0, 240) * 1000;
    say(caller, day.start + 5 * HOUR + jitter, () => changeState('StartInstances', REGIONS.home, servers));
    say(caller, day.start + 19 * HOUR + jitter, () => changeState('StopInstances', REGIONS.home, servers));
  };
}
