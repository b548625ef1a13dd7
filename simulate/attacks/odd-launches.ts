import {
  createKeyPair,
  createSecurityGroup,
  disableGuard,
  enableRegion,
  openIngress,
} from '../ec2-control.ts';
import { createSnapshot, shareSnapshot } from '../ec2-data.ts';
import { runInstances } from '../ec2-launches.ts';
import { MINUTE } from '../estate.ts';
import { imageOf, REGIONS, UNUSED_REGIONS } from '../places.ts';
import { describe, whoAmI } from '../reads.ts';
import { type Attack, pace, series } from './attack.ts';
import { stolenSession, workerOf } from './intruders.ts';
import { restricted } from './moves.ts';
import { OUTSIDER } from './shares.ts';

/** A small instance with the administrators' profile and a script: a foothold with rights its maker may lack. */
export const adminProfile: Attack = {
  families: ['thing', 'person', 'place', 'exposure'],
  care: 'careful',
  expected: 'medium',
  where: 'development',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const caller = stolenSession(stage, 'ec2.run-instances', workerOf(stage, 'developer'));
    const act = series(say, caller, pace(random, at, 15, 150));
    act({
      service: 'iam',
      name: 'ListInstanceProfiles',
      region: 'us-east-1',
      request: null,
      response: null,
      readOnly: true,
    });
    const keyName = `key-${random.hex(4)}`;
    act(createKeyPair(random, place.region, keyName));
    act((now) =>
      runInstances(random, now, {
        place,
        image: place.amazonLinux,
        type: 't3.micro',
        keyName,
        profile: 'platform-admin',
        userData: true,
        publicAddress: true,
        httpTokens: 'optional',
      }),
    );
  },
};

/** The guard on images goes off, and an image of a foreign owner is launched: a look-alike of a public name. */
export const foreignImage: Attack = {
  families: ['thing', 'cover', 'place'],
  care: 'loud',
  expected: 'medium',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const act = series(say, stolenSession(stage, 'ec2.run-instances'), pace(random, at, 20, 150));
    act(describe(place.region, 'DescribeImages'));
    act(disableGuard(place.region, 'AllowedImagesSettings'));
    const image = imageOf(random, '/dev/sda1', 'x86_64');
    act((now) =>
      runInstances(random, now, { place, image, type: 'm6i.xlarge', userData: true, publicAddress: true }),
    );
  },
};

/** A Region is switched on that the account has never had, and used at once. */
export const regionOpened: Attack = {
  families: ['place', 'thing'],
  care: 'loud',
  expected: 'medium',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const region = random.pick(['af-south-1', 'ap-east-1', 'me-south-1', 'il-central-1']);
    const caller = stolenSession(stage, 'account.enable-region');
    const clock = pace(random, at, 20, 120);
    const act = series(say, caller, clock);
    act(enableRegion(region));
    const later = clock() + random.int(20, 60) * MINUTE;
    const user = series(say, caller, pace(random, later, 20, 120));
    const place = estate.places(account.id, region);
    user(createKeyPair(random, region, 'new'));
    for (let left = random.int(2, 3); left > 0; left--) {
      user((now) =>
        runInstances(random, now, {
          place,
          image: place.amazonLinux,
          type: 'c7i.4xlarge',
          count: random.int(2, 5),
          keyName: 'new',
          userData: true,
          publicAddress: true,
        }),
      );
    }
  },
};

/** An instance of no particular kind, opened to the world on every port a moment later. */
export const openedLaunch: Attack = {
  families: ['exposure', 'place'],
  care: 'loud',
  expected: 'medium',
  where: 'development',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const caller = stolenSession(stage, 'ec2.run-instances', workerOf(stage, 'developer'));
    const act = series(say, caller, pace(random, at, 20, 200));
    const { group } = act(createSecurityGroup(random, place, 'relay', 'relay'));
    act((now) =>
      runInstances(random, now, {
        place,
        image: place.amazonLinux,
        type: 't3.small',
        groups: [group],
        publicAddress: true,
        userData: true,
      }),
    );
    for (const port of [22, 443, 1080]) {
      act(openIngress(random, place, { group: group.id, port, cidr: '0.0.0.0/0', flat: true }));
    }
    act(describe(place.region, 'DescribeInstances'));
  },
};

/** Everything at once with one stolen session: data given away, GPUs started, a guard removed. */
export const smashAndGrab: Attack = {
  families: ['share', 'thing', 'volume', 'place', 'cover', 'sensitivity'],
  care: 'loud',
  expected: 'critical',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const act = series(say, stolenSession(stage, 'ec2.run-instances'), pace(random, at, 10, 120));
    act(whoAmI(place.region));
    act(disableGuard(place.region, 'SnapshotBlockPublicAccess'));
    for (let left = 2; left > 0; left--) {
      const { dataVolume } = restricted(random, account);
      const { snapshot } = act((now) => createSnapshot(random, now, { place, volume: dataVolume }));
      act(shareSnapshot(place.region, snapshot, 'add', OUTSIDER));
    }
    const far = estate.places(account.id, random.pick(UNUSED_REGIONS));
    for (let left = 2; left > 0; left--) {
      act((now) =>
        runInstances(random, now, {
          place: far,
          image: far.gpu,
          type: 'g5.12xlarge',
          count: 4,
          userData: true,
          publicAddress: true,
        }),
      );
    }
  },
};
