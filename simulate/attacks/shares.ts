import { changeState, disableGuard } from '../ec2-control.ts';
import { createSnapshot, shareSnapshot } from '../ec2-data.ts';
import { createImage, exportInstance, shareImage, storeImage } from '../ec2-images.ts';
import { DAY, HOUR, MINUTE } from '../estate.ts';
import { REGIONS, resourceId } from '../places.ts';
import { describe } from '../reads.ts';
import { type Call, type Json, sharedSnapshotUsed } from '../trail-record.ts';
import { type Attack, pace, series } from './attack.ts';
import { atDesk, officeHours, stolenSession, workerOf } from './intruders.ts';
import { restricted } from './moves.ts';

/** A documentation account id that no generated organisation has. */
export const OUTSIDER = '999988887777';

/** The block on public snapshots goes, a snapshot is made and given to everyone. */
export const publicShare: Attack = {
  families: ['share', 'cover', 'snapshot'],
  care: 'loud',
  expected: 'critical',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const next = series(
      say,
      stolenSession(stage, 'ec2.modify-snapshot-attribute'),
      pace(random, at, 20, 200),
    );
    const server = random.pick(account.servers);
    next(describe(place.region, 'DescribeVolumes'));
    next(disableGuard(place.region, 'SnapshotBlockPublicAccess'));
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
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say, emit } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const clock = pace(random, at, 30, 300);
    const next = series(say, stolenSession(stage, 'ec2.modify-snapshot-attribute'), clock);
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
    const use = { region: place.region, by: OUTSIDER, owner: account.id, snapshot };
    emit(used, sharedSnapshotUsed(random, used, 'SharedSnapshotVolumeCreated', use));
  },
};

/** A server's image is given to everyone. */
export const publicImage: Attack = {
  families: ['share', 'cover', 'place'],
  care: 'loud',
  expected: 'critical',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const { region } = estate.places(account.id, REGIONS.home);
    const act = series(say, stolenSession(stage, 'ec2.modify-image-attribute'), pace(random, at, 30, 200));
    act(describe(region, 'DescribeInstances'));
    act(disableGuard(region, 'ImageBlockPublicAccess'));
    const { instance } = random.pick(account.servers);
    const { image } = act(createImage(random, { region, instance, name: `img-${random.hex(6)}` }));
    for (let i = 0; i < 4; i++) act(describe(region, 'DescribeImages'));
    act(shareImage(region, image, 'all'));
  },
};

/** One backup a day goes to a foreign account, from an operator's own machine and at ordinary hours. */
export const slowShare: Attack = {
  families: ['share', 'sensitivity'],
  days: 5,
  care: 'careful',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, random, say, emit } = stage;
    const { region } = estate.places(account.id, REGIONS.home);
    const person = workerOf(stage, 'operator');
    for (let day = 0; day < 4; day++) {
      const at = officeHours(stage, stage.at + day * DAY);
      const caller = atDesk(stage, person, at, 'ec2.modify-snapshot-attribute');
      const clock = pace(random, at, 60, 600);
      const act = series(say, caller, clock);
      act(describe(region, 'DescribeSnapshots'));
      const snapshot = resourceId(random, 'snap');
      act(shareSnapshot(region, snapshot, 'add', OUTSIDER));
      const used = clock() + random.int(10, 90) * MINUTE;
      const use = { region, by: OUTSIDER, owner: account.id, snapshot };
      emit(used, sharedSnapshotUsed(random, used, 'SharedSnapshotCopyInitiated', use));
      say(caller, used + HOUR, shareSnapshot(region, snapshot, 'remove', OUTSIDER));
    }
  },
};

/** A server leaves as one object in somebody's bucket, as an image stored or as a disk for another hypervisor. */
export const bucketExport: Attack = {
  families: ['share', 'place'],
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const { region } = estate.places(account.id, REGIONS.home);
    const act = series(say, stolenSession(stage, 'ec2.create-store-image-task'), pace(random, at, 30, 300));
    const { instance } = restricted(random, account);
    const bucket = `example-transfer-${random.hex(6)}`;
    for (let i = 0; i < 2; i++) act(describe(region, 'DescribeInstances'));
    if (random.chance(0.5)) {
      act(changeState('StopInstances', region, [instance]));
      act(exportInstance(random, region, instance, bucket));
      return;
    }
    const { image } = act(createImage(random, { region, instance, name: 'move' }));
    for (let i = 0; i < 3; i++) act(describe(region, 'DescribeImages'));
    act(storeImage(region, image, bucket));
  },
};

/** A database's snapshot is given to a foreign account, which restores it there. */
export const databaseShare: Attack = {
  families: ['share', 'place'],
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { account, at, random, say } = stage;
    const act = series(
      say,
      stolenSession(stage, 'rds.modify-db-snapshot-attribute', workerOf(stage, 'dba')),
      pace(random, at, 60, 400),
    );
    const database = `${random.pick(['orders', 'billing', 'customers'])}-db`;
    const snapshot = `${database}-${random.hex(4)}`;
    act(rds('DescribeDBInstances', null, null));
    act(
      rds(
        'CreateDBSnapshot',
        { dBInstanceIdentifier: database, dBSnapshotIdentifier: snapshot },
        {
          dBSnapshotIdentifier: snapshot,
          dBSnapshotArn: `arn:aws:rds:${REGIONS.home}:${account.id}:snapshot:${snapshot}`,
          status: 'creating',
          encrypted: false,
        },
      ),
    );
    const change = { dBSnapshotIdentifier: snapshot, attributeName: 'restore', valuesToAdd: [OUTSIDER] };
    act(
      rds('ModifyDBSnapshotAttribute', change, {
        dBSnapshotIdentifier: snapshot,
        dBSnapshotAttributes: [{ attributeName: 'restore', attributeValues: [OUTSIDER] }],
      }),
    );
  },
};

const rds = (name: string, request: Json | null, response: Json | null): Call => ({
  service: 'rds',
  name,
  region: REGIONS.home,
  request,
  response,
  ...(name.startsWith('Describe') && { readOnly: true as const }),
});
