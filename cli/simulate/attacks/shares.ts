import { disableSnapshotBlock } from '../ec2-control.ts';
import { createSnapshot, shareSnapshot } from '../ec2-data.ts';
import { createImage, shareImage } from '../ec2-images.ts';
import { HOUR, type Person } from '../estate.ts';
import { REGIONS } from '../places.ts';
import { describe } from '../reads.ts';
import { signIn } from '../sessions.ts';
import { serviceEvent } from '../trail-record.ts';
import { type Attack, pace, type Stage, series, strangeAddress } from './attack.ts';

/** A documentation account id that no generated organisation has. */
const OUTSIDER = '999988887777';

/** The stolen session of somebody who works in the account, used from elsewhere. */
function stolenSession({ estate, account, at, random }: Stage) {
  const working = estate.people.filter(
    ({ job, accounts, from }) => job === 'operator' && from === 0 && accounts.includes(account),
  );
  const person: Pick<Person, 'email' | 'job'> = random.pick(working);
  const source = strangeAddress(random);
  return signIn(estate, random, person, account.id, {
    at,
    source,
    console: false,
    command: 'ec2.modify-snapshot-attribute',
  });
}

/** The block on public snapshots goes, a snapshot is made and given to everyone. */
export const publicShare: Attack = {
  families: ['share', 'cover', 'snapshot'],
  speed: 'fast',
  care: 'loud',
  expected: 'critical',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const next = series(say, stolenSession(stage), pace(random, at, 20, 200));
    const server = random.pick(account.servers);
    next(describe(place.region, 'DescribeVolumes'));
    next(disableSnapshotBlock(place.region));
    let snapshot = '';
    next((now) => {
      const made = createSnapshot(random, now, { place, volume: server.dataVolume });
      snapshot = made.snapshot;
      return made.call;
    });
    next(describe(place.region, 'DescribeSnapshots'));
    next(() => shareSnapshot(place.region, snapshot, 'add', 'all'));
  },
};

/** A snapshot or an image goes to one foreign account, which makes a volume of it. */
export const outsideShare: Attack = {
  families: ['share', 'snapshot'],
  speed: 'fast',
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say, emit } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const clock = pace(random, at, 30, 300);
    const next = series(say, stolenSession(stage), clock);
    const server = random.pick(account.servers);
    next(describe(place.region, 'DescribeInstances'));
    if (random.chance(0.3)) {
      let image = '';
      next(() => {
        const made = createImage(random, {
          region: place.region,
          instance: server.instance,
          name: 'migration',
        });
        image = made.image;
        return made.call;
      });
      next(() => shareImage(place.region, image, OUTSIDER));
      return;
    }
    let snapshot = '';
    next((now) => {
      const made = createSnapshot(random, now, { place, volume: server.dataVolume });
      snapshot = made.snapshot;
      return made.call;
    });
    next(() => shareSnapshot(place.region, snapshot, 'add', OUTSIDER));
    const used = clock() + random.int(1, 5) * HOUR;
    emit(
      used,
      serviceEvent(random, used, {
        service: 'ec2',
        name: 'SharedSnapshotVolumeCreated',
        region: place.region,
        actor: OUTSIDER,
        recipient: account.id,
        details: { snapshotId: snapshot },
      }),
    );
  },
};
