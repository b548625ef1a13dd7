import { changeState, createKeyPair, iam } from '../ec2-control.ts';
import { createSnapshot } from '../ec2-data.ts';
import { runInstances } from '../ec2-launches.ts';
import { DAY, HOUR, MINUTE } from '../estate.ts';
import { AGENTS, asRoot, assume, userArn, userOf, withKey } from '../identities.ts';
import { REGIONS, UNUSED_REGIONS } from '../places.ts';
import { consoleLogin, describe, someRead, whoAmI } from '../reads.ts';
import { signIn } from '../sessions.ts';
import { isoTime } from '../trail-record.ts';
import { type Attack, pace, series, strangeAddress } from './attack.ts';
import { copyDisk, launchOwn, mount, restore, restricted } from './moves.ts';

/** A stolen administrator's session makes a user with a key, and the user launches. */
export const freshUser: Attack = {
  families: ['person', 'volume', 'place'],
  care: 'loud',
  expected: 'medium',
  where: 'production',
  play: ({ estate, account, at, random, say }) => {
    const person = random.pick(estate.peopleIn(account).filter(({ job }) => job === 'operator'));
    const source = strangeAddress(random);
    const session = { at, source, console: false, command: 'iam.create-user' };
    const admin = series(say, signIn(estate, random, person, account.id, session), pace(random, at, 5, 60));
    const user = userOf(estate.seed, account.id, `backup-${random.hex(4)}`);
    const userName = user.name;
    admin(whoAmI('us-east-1'));
    admin((now) =>
      iam(
        'CreateUser',
        { userName },
        {
          user: {
            path: '/',
            userName,
            userId: user.principalId,
            arn: userArn(user),
            createDate: isoTime(now),
          },
        },
      ),
    );
    admin(
      iam('AttachUserPolicy', { userName, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }, null),
    );
    admin((now) =>
      iam(
        'CreateAccessKey',
        { userName },
        {
          accessKey: { userName, accessKeyId: user.accessKeyId, status: 'Active', createDate: isoTime(now) },
        },
      ),
    );
    const later = at + random.int(10, 300) * MINUTE;
    const next = series(
      say,
      withKey(user, source, AGENTS.cli('ec2.run-instances')),
      pace(random, later, 10, 120),
    );
    const place = estate.places(account.id, random.pick([REGIONS.home, ...UNUSED_REGIONS]));
    next(whoAmI(place.region));
    next(describe(place.region, 'DescribeInstances'));
    next(createKeyPair(random, place.region, 'ops'));
    for (let i = random.int(1, 3); i > 0; i--) {
      next(
        (now) =>
          runInstances(random, now, {
            place,
            image: place.amazonLinux,
            type: random.pick(['c7i.8xlarge', 'c7i.4xlarge', 'm7i.4xlarge']),
            count: random.int(2, 6),
            keyName: 'ops',
            userData: true,
            publicAddress: true,
          }).call,
      );
    }
  },
};

/** A server's own credentials, taken through its application, used from outside. */
export const stolenInstanceCredentials: Attack = {
  families: ['person', 'snapshot', 'place'],
  care: 'loud',
  expected: 'high',
  where: 'production',
  play: ({ estate, account, at, random, say }) => {
    const server = random.pick(account.servers);
    const place = estate.places(account.id, REGIONS.home);
    const caller = assume(random, estate.role(account.id, 'server'), {
      name: server.instance,
      since: at - 20 * MINUTE,
      source: strangeAddress(random),
      agent: AGENTS.cli('ec2.create-snapshot'),
      ec2RoleDelivery: '1.0',
    });
    const next = series(say, caller, pace(random, at, 10, 90));
    next(whoAmI('us-east-1'));
    for (let i = 0; i < 4; i++) next(someRead(random, place.region));
    next((now) => createSnapshot(random, now, { place, volume: server.dataVolume }).call);
    next(
      (now) =>
        runInstances(random, now, {
          place,
          image: place.amazonLinux,
          type: 't3.xlarge',
          userData: true,
          publicAddress: true,
        }).call,
    );
  },
};

/** A server's credentials, used through a machine in the same cloud, a little each day. */
export const slowInstanceCredentials: Attack = {
  families: ['person', 'snapshot', 'chain', 'sensitivity'],
  days: 4,
  care: 'careful',
  expected: 'high',
  where: 'production',
  play: ({ estate, account, at, random, say }) => {
    const server = restricted(random, account);
    const place = estate.places(account.id, REGIONS.home);
    const source = `203.0.113.${random.int(2, 250)}`;
    const daily = (day: number) => {
      const start = at + day * DAY + random.int(0, 60) * MINUTE;
      const caller = assume(random, estate.role(account.id, 'server'), {
        name: server.instance,
        since: start - 2 * HOUR,
        source,
        agent: AGENTS.boto3,
        ec2RoleDelivery: '2.0',
      });
      const act = series(say, caller, pace(random, start, 60, 600));
      act(describe(place.region, 'DescribeVolumes'));
      return act;
    };
    const snapshot = copyDisk(daily(0), random, place, server, { description: 'nightly' });
    const volume = restore(daily(1), random, place, snapshot);
    const act = daily(2);
    const instance = launchOwn(act, random, place, { image: place.base, type: 'm7g.large' });
    mount(act, place, volume, instance);
    act(changeState('TerminateInstances', place.region, [instance]));
  },
};

/** Root signs in and launches by hand. */
export const rootLaunch: Attack = {
  families: ['person', 'exposure'],
  care: 'loud',
  expected: 'medium',
  where: 'development',
  play: ({ estate, account, at, random, say }) => {
    const place = estate.places(account.id, random.pick([REGIONS.home, REGIONS.global]));
    const caller = asRoot(random, account.id, at, strangeAddress(random), false);
    const next = series(say, caller, pace(random, at, 30, 240));
    next(consoleLogin(caller));
    for (let i = 0; i < 3; i++) next(someRead(random, place.region));
    next(
      (now) =>
        runInstances(random, now, {
          place,
          image: place.amazonLinux,
          type: 'm7i.2xlarge',
          keyName: 'new',
          publicAddress: true,
          fromConsole: true,
        }).call,
    );
  },
};
