import type { AccountState } from '../account-state.ts';
import { createSecurityGroup } from '../ec2-control.ts';
import { createVolume } from '../ec2-data.ts';
import { copyImage, importImage } from '../ec2-images.ts';
import { runInstances } from '../ec2-launches.ts';
import { DAY, type Estate, HOUR, MINUTE } from '../estate.ts';
import { imageOf, REGIONS } from '../places.ts';
import { randomOf } from '../random.ts';
import { type Routine, sayer } from '../routine.ts';
import { signIn } from '../sessions.ts';

/** Accounts that a data centre is emptied into during the history. */
const SHARE = 0.25;

/**
 * Once, for a week, two operators bring servers of a data centre in: images imported from a bucket, copied to the recovery
 * Region, and started by the dozen, in sizes the account has not had.
 */
export function migration(estate: Estate, { account }: AccountState): Routine {
  const random = randomOf(estate.seed, 'migration', account.id);
  const place = estate.places(account.id, REGIONS.home);
  const happens = random.chance(SHARE);
  const about = estate.start + Math.floor(estate.days * (0.4 + 0.4 * random.next())) * DAY;
  // 1970-01-05 was a Monday
  const monday = Math.ceil((about / DAY - 4) / 7) * 7 * DAY + 4 * DAY;

  return (day, emit) => {
    if (!happens || !day.working || day.start < monday || day.start >= monday + 7 * DAY) return;
    const team = estate
      .peopleIn(account)
      .filter(({ job }) => job === 'operator')
      .slice(0, 2);
    const say = sayer(random, emit);
    for (const person of team) {
      const at = day.start + (person.starts + 1) * HOUR + random.int(0, 60) * MINUTE;
      const session = { at, source: person.office, console: false, command: 'ec2.import-image' };
      const caller = signIn(estate, random, person, account.id, session);
      const { call: newGroup, group } = createSecurityGroup(random, place, 'migrated', 'migrated servers');
      if (day.start === monday) say(caller, at, newGroup);
      for (let left = random.int(1, 3); left > 0; left--) {
        const start = at + random.int(5, 240) * MINUTE;
        const name = `legacy-${random.hex(4)}`;
        const tags = { Name: name, owner: 'team-platform', project: 'migration' };
        let image = '';
        say(caller, start, () => {
          const made = importImage(random, place.region, `example-migration/${name}.ova`);
          image = made.image;
          return made.call;
        });
        say(
          caller,
          start + 80 * MINUTE,
          () => copyImage(random, { region: REGIONS.recovery, from: place.region, image, name }).call,
        );
        const count = random.int(1, 6);
        const type = random.pick(['m6i.2xlarge', 'm6i.4xlarge', 'r6i.4xlarge', 'c6i.4xlarge']);
        say(caller, start + 90 * MINUTE, (now) => {
          const copyOf = { ...imageOf(random, '/dev/sda1', 'x86_64'), id: image };
          const spec = { place, image: copyOf, type, count, groups: [group], tags };
          return runInstances(random, now, spec).call;
        });
        say(caller, start + 95 * MINUTE, (now) => {
          const zone = place.subnets[0]?.zone ?? '';
          return createVolume(random, now, { place, zone, size: 500, tags }).call;
        });
      }
    }
  };
}
