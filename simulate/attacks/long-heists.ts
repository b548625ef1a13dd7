import {
  associateAddress,
  changeState,
  createKeyPair,
  createSecurityGroup,
  deleteKeyPair,
  disableEncryptionByDefault,
  disableGuard,
  openIngress,
} from '../ec2-control.ts';
import { copySnapshot, deleteSnapshot, deleteVolume, shareSnapshot } from '../ec2-data.ts';
import { DAY, HOUR, MINUTE, strangerOf } from '../estate.ts';
import { REGIONS } from '../places.ts';
import { describe } from '../reads.ts';
import { signIn } from '../sessions.ts';
import { sharedSnapshotUsed } from '../trail-record.ts';
import { type Attack, pace, series, strangeAddress } from './attack.ts';
import { atDesk, officeHours, stolenSession, workerOf } from './intruders.ts';
import { copyDisk, launchOwn, mount, restore, restricted } from './moves.ts';

/** One step a night over three nights, each too small to be looked at. */
export const slowHeist: Attack = {
  families: ['chain', 'place', 'sensitivity'],
  days: 4,
  care: 'careful',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const person = workerOf(stage, 'operator');
    const place = estate.places(account.id, REGIONS.home);
    const source = strangeAddress(random);
    const server = restricted(random, account);
    const night = (index: number) => {
      const start = at + index * DAY + random.int(0, 90) * MINUTE;
      const session = { at: start, source, console: false, command: 'ec2.describe-volumes' };
      const act = series(
        say,
        signIn(estate, random, person, account.id, session),
        pace(random, start, 60, 900),
      );
      act(describe(place.region, 'DescribeInstances'));
      return act;
    };
    const snapshot = copyDisk(night(0), random, place, server, { description: 'weekly' });
    const volume = restore(night(1), random, place, snapshot, { Name: 'weekly check' });
    const act = night(2);
    const instance = launchOwn(act, random, place, {
      tags: { Name: 'weekly check', owner: 'team-platform' },
    });
    mount(act, place, volume, instance);
    night(3)(changeState('TerminateInstances', place.region, [instance]));
  },
};

/** One stolen identity takes the snapshot, another brings it to life hours later: neither does the whole thing. */
export const twoPrincipalHeist: Attack = {
  families: ['chain', 'place', 'sensitivity'],
  care: 'careful',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const copier = series(say, stolenSession(stage, 'ec2.create-snapshot'), pace(random, at, 30, 300));
    copier(describe(place.region, 'DescribeVolumes'));
    const snapshot = copyDisk(copier, random, place, restricted(random, account));
    const later = at + random.int(3, 10) * HOUR;
    const other = stolenSession(stage, 'ec2.run-instances', workerOf(stage, 'dba'), later);
    const user = series(say, other, pace(random, later, 30, 300));
    user(describe(place.region, 'DescribeSnapshots'));
    const volume = restore(user, random, place, snapshot);
    mount(user, place, volume, launchOwn(user, random, place, { keyName: 'db', type: 't3.large' }));
  },
};

/** An operator's own machine, at the operator's own hours, with the words and types of ordinary maintenance. */
export const carefulHeist: Attack = {
  families: ['chain', 'sensitivity', 'snapshot'],
  care: 'careful',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, random, say } = stage;
    const at = officeHours(stage, stage.at);
    const place = estate.places(account.id, REGIONS.home);
    const server = restricted(random, account);
    const caller = atDesk(stage, workerOf(stage, 'operator'), at, 'ec2.create-snapshot');
    const act = series(say, caller, pace(random, at, 120, 1500));
    act(describe(place.region, 'DescribeInstances'));
    const snapshot = copyDisk(act, random, place, server, {
      description: 'before maintenance',
      tags: { Name: `${server.name} before maintenance`, owner: 'team-platform' },
    });
    const instance = launchOwn(act, random, place, {
      image: place.base,
      type: 'm7g.large',
      profile: 'ssm-managed',
      tags: { Name: 'maintenance', owner: 'team-platform' },
    });
    mount(act, place, restore(act, random, place, snapshot, { owner: 'team-platform' }), instance);
    act(changeState('TerminateInstances', place.region, [instance]));
  },
};

/** Guards go before, traces after: encryption default off, a chain to an instance that is opened late, all of it deleted. */
export const coveredHeist: Attack = {
  families: ['chain', 'exposure', 'cover', 'place', 'sensitivity'],
  care: 'loud',
  expected: 'critical',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const { region } = place;
    const act = series(say, stolenSession(stage, 'ec2.run-instances'), pace(random, at, 40, 200));
    act(describe(region, 'GetSnapshotBlockPublicAccessState'));
    act(disableEncryptionByDefault(region));
    act(disableGuard(region, 'SnapshotBlockPublicAccess'));
    const snapshot = copyDisk(act, random, place, restricted(random, account));
    act(createKeyPair(random, region, 'x'));
    const { group } = act(createSecurityGroup(random, place, 'x', 'x'));
    const volume = restore(act, random, place, snapshot);
    const instance = launchOwn(act, random, place, { keyName: 'x', groups: [group] });
    mount(act, place, volume, instance);
    act(associateAddress(random, region, instance));
    act(openIngress(random, place, { group: group.id, port: 22, cidr: '0.0.0.0/0' }));
    for (let i = 0; i < 12; i++) act(describe(region, 'DescribeInstanceStatus'));
    act(changeState('TerminateInstances', region, [instance]));
    act(deleteVolume(region, volume));
    act(deleteSnapshot(region, snapshot));
    act(deleteKeyPair(region, 'x'));
  },
};

/** Restricted data is shared into a development account of the same organisation, where it is copied and mounted. */
export const acrossAccountsHeist: Attack = {
  families: ['chain', 'sensitivity', 'place'],
  care: 'careful',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say, emit } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const { region } = place;
    const act = series(say, stolenSession(stage, 'ec2.modify-snapshot-attribute'), pace(random, at, 60, 400));
    const snapshot = copyDisk(act, random, place, restricted(random, account));
    const others = estate.accounts.filter(
      ({ id, purposes }) => id !== account.id && purposes.includes('development'),
    );
    const target = others.length === 0 ? account : random.pick(others);
    act(shareSnapshot(region, snapshot, 'add', target.id));
    const later = at + random.int(40, 400) * MINUTE;
    const person = { email: strangerOf(random), job: 'developer' as const };
    const source = strangeAddress(random);
    const session = { at: later, source, console: false, command: 'ec2.copy-snapshot' };
    const there = estate.places(target.id, REGIONS.home);
    const user = series(
      say,
      signIn(estate, random, person, target.id, session),
      pace(random, later, 60, 400),
    );
    user(describe(region, 'DescribeSnapshots'));
    const copy = user((now) => {
      const use = { region, by: target.id, owner: account.id, snapshot };
      if (target !== account) emit(now, sharedSnapshotUsed(random, now, 'SharedSnapshotCopyInitiated', use));
      return copySnapshot(random, { region, from: region, snapshot, description: '' });
    });
    const volume = restore(user, random, there, copy.snapshot);
    mount(user, there, volume, launchOwn(user, random, there, { type: 't3.medium', keyName: 'dev' }));
  },
};

/** Every server's disk in one go, by somebody whose job is something else; what for, nobody has seen yet. */
export const snapshotHarvest: Attack = {
  families: ['snapshot', 'place'],
  care: 'loud',
  expected: 'medium',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const person = workerOf(stage, 'dba');
    const act = series(say, stolenSession(stage, 'ec2.create-snapshot', person), pace(random, at, 2, 15));
    act(describe(place.region, 'DescribeVolumes'));
    for (const server of account.servers) copyDisk(act, random, place, server);
  },
};
