import { createKeyPair, createSecurityGroup, iam, openIngress } from '../ec2-control.ts';
import { runInstances } from '../ec2-launches.ts';
import { HOUR, MINUTE } from '../estate.ts';
import { AGENTS, assume, inConsole, roleArn, userOf, withKey } from '../identities.ts';
import { REGIONS, UNUSED_REGIONS } from '../places.ts';
import { consoleLogin, describe, someRead, whoAmI } from '../reads.ts';
import { VENDOR, vendorSession } from '../sessions.ts';
import { isoTime } from '../trail-record.ts';
import { type Attack, pace, series, strangeAddress } from './attack.ts';
import { stolenSession } from './intruders.ts';
import { OUTSIDER } from './shares.ts';

/** A leaked long-lived key, used from elsewhere, launches at home. */
export const leakedKey: Attack = {
  families: ['person', 'place', 'thing'],
  care: 'loud',
  expected: 'medium',
  where: 'development',
  play: ({ estate, account, at, random, say }) => {
    const place = estate.places(account.id, REGIONS.home);
    const caller = withKey(account.legacyUser, strangeAddress(random), AGENTS.cli('ec2.run-instances'));
    const act = series(say, caller, pace(random, at, 10, 120));
    act(whoAmI(place.region));
    for (let i = 0; i < 3; i++) act(someRead(random, place.region));
    act(createKeyPair(random, place.region, 'default'));
    act((now) =>
      runInstances(random, now, {
        place,
        image: place.amazonLinux,
        type: 'c7i.4xlarge',
        count: 2,
        keyName: 'default',
        publicAddress: true,
        userData: true,
      }),
    );
  },
};

/** An old user gets a password from a stolen session, signs in to the console without MFA, and launches by hand. */
export const consoleTakeover: Attack = {
  families: ['person', 'place', 'exposure'],
  care: 'loud',
  expected: 'medium',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const user = userOf(estate.seed, account.id, random.pick(['old.admin', 'contractor', 'deploy']));
    const admin = series(say, stolenSession(stage, 'iam.create-login-profile'), pace(random, at, 10, 90));
    admin(whoAmI('us-east-1'));
    admin((now) =>
      iam(
        'CreateLoginProfile',
        { userName: user.name, passwordResetRequired: false },
        { loginProfile: { userName: user.name, createDate: isoTime(now), passwordResetRequired: false } },
      ),
    );
    const later = at + random.int(5, 90) * MINUTE;
    const caller = inConsole(random, user, later, strangeAddress(random));
    const act = series(say, caller, pace(random, later, 20, 200));
    const place = estate.places(account.id, REGIONS.home);
    act(consoleLogin(caller, false));
    for (let i = 0; i < 4; i++) act(someRead(random, place.region));
    const made = act(createSecurityGroup(random, place, 'launch-wizard-2', 'launch-wizard-2 created'));
    act(openIngress(random, place, { group: made.group.id, port: 3389, cidr: '0.0.0.0/0' }));
    act((now) =>
      runInstances(random, now, {
        place,
        image: place.amazonLinux,
        type: 'm7i.xlarge',
        publicAddress: true,
        fromConsole: true,
        groups: [made.group],
      }),
    );
  },
};

/** The role of a vendor that only ever reads is used to launch. */
export const vendorRole: Attack = {
  families: ['person', 'place', 'thing', 'volume'],
  care: 'loud',
  expected: 'medium',
  where: 'production',
  play: ({ estate, account, at, random, say }) => {
    const source = random.chance(0.5) ? VENDOR.address : strangeAddress(random);
    const act = series(say, vendorSession(estate, random, account.id, at, source), pace(random, at, 5, 60));
    const place = estate.places(account.id, random.pick([REGIONS.global, ...UNUSED_REGIONS]));
    act(describe(place.region, 'DescribeRegions'));
    for (let left = 3; left > 0; left--) {
      act((now) =>
        runInstances(random, now, {
          place,
          image: place.amazonLinux,
          type: random.pick(['c7i.8xlarge', 'm7i.8xlarge']),
          count: random.int(2, 4),
          userData: true,
          publicAddress: true,
        }),
      );
    }
  },
};

/** A user who has not been seen for as long as anybody watched gets another key, and the key launches. */
export const newKeyOldUser: Attack = {
  families: ['person', 'place'],
  care: 'careful',
  expected: 'medium',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const dormant = userOf(estate.seed, account.id, 'reporting');
    const user = { ...dormant, accessKeyId: `AKIA${random.letters(16)}` };
    const admin = series(say, stolenSession(stage, 'iam.create-access-key'), pace(random, at, 20, 200));
    admin((now) =>
      iam(
        'CreateAccessKey',
        { userName: user.name },
        {
          accessKey: {
            userName: user.name,
            accessKeyId: user.accessKeyId,
            status: 'Active',
            createDate: isoTime(now),
          },
        },
      ),
    );
    const later = at + random.int(1, 12) * HOUR;
    const caller = withKey(user, strangeAddress(random), AGENTS.boto3);
    const act = series(say, caller, pace(random, later, 30, 300));
    const place = estate.places(account.id, REGIONS.home);
    act(whoAmI(place.region));
    act(describe(place.region, 'DescribeInstances'));
    act((now) =>
      runInstances(random, now, { place, image: place.amazonLinux, type: 'm7i.2xlarge', count: 2 }),
    );
  },
};

/** A role made by a stolen session, that an account outside may assume, launches from outside. */
export const backdoorRole: Attack = {
  families: ['person', 'place', 'volume'],
  care: 'careful',
  expected: 'medium',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const role = estate.role(account.id, `support-${random.hex(4)}`);
    const { name: roleName } = role;
    const admin = series(say, stolenSession(stage, 'iam.create-role'), pace(random, at, 10, 90));
    admin((now) =>
      iam(
        'CreateRole',
        { roleName, assumeRolePolicyDocument: `{"Principal":{"AWS":"${OUTSIDER}"}}` },
        {
          role: {
            roleName,
            roleId: role.principalId,
            arn: roleArn(role),
            path: '/',
            createDate: isoTime(now),
          },
        },
      ),
    );
    admin(iam('AttachRolePolicy', { roleName, policyArn: 'arn:aws:iam::aws:policy/PowerUserAccess' }, null));
    const later = at + random.int(1, 20) * HOUR;
    const caller = assume(random, role, {
      name: `s-${random.hex(6)}`,
      since: later - MINUTE,
      source: strangeAddress(random),
      agent: AGENTS.boto3,
    });
    const act = series(say, caller, pace(random, later, 10, 120));
    const place = estate.places(account.id, random.pick([REGIONS.home, REGIONS.global]));
    act(whoAmI(place.region));
    act((now) =>
      runInstances(random, now, {
        place,
        image: place.amazonLinux,
        type: 'c7i.2xlarge',
        count: 3,
        userData: true,
      }),
    );
  },
};
