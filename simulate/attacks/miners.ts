import { stateOf } from '../account-state.ts';
import { changeGroup, changeTemplate, createKeyPair, openIngress, raiseQuota } from '../ec2-control.ts';
import { requestSpotFleet } from '../ec2-fleet.ts';
import { runInstances } from '../ec2-launches.ts';
import { DAY, HOUR, MINUTE } from '../estate.ts';
import { AGENTS, withKey } from '../identities.ts';
import { REGIONS, UNUSED_REGIONS } from '../places.ts';
import { describe, whoAmI } from '../reads.ts';
import { autoScalingCaller, groupLaunch, spotFleetCaller, spotFleetLaunch } from '../service-launches.ts';
import { pipelineSession } from '../sessions.ts';
import { type Call, refused } from '../trail-record.ts';
import { type Attack, pace, type Stage, series, strangeAddress } from './attack.ts';
import { stolenSession, workerOf } from './intruders.ts';

const DENIED = 'You are not authorized to perform this operation.';
const DRY_RUN = 'Request would have succeeded, but DryRun flag is set.';
const QUOTA =
  'You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to.';

/** A leaked key of a user who has never launched anything. */
const leakedKey = ({ account, random }: Stage, agent: string) =>
  withKey(account.legacyUser, strangeAddress(random), agent);

const shuffled = (stage: Stage): string[] => UNUSED_REGIONS.toSorted(() => stage.random.next() - 0.5);

/** A developer's stolen session launches a little every day, a little more each time, and ends with GPUs. */
export const slowMiner: Attack = {
  families: ['thing', 'place', 'volume'],
  days: 7,
  care: 'careful',
  expected: 'high',
  where: 'development',
  play: (stage) => {
    const { estate, account, random, say } = stage;
    const person = workerOf(stage, 'developer');
    const place = estate.places(account.id, random.pick([REGIONS.home, REGIONS.global, ...UNUSED_REGIONS]));
    const sizes = ['c7i.xlarge', 'c7i.2xlarge', 'c7i.4xlarge', 'c7i.4xlarge', 'g5.xlarge', 'g5.2xlarge'];
    sizes.forEach((type, day) => {
      const at = stage.at + day * DAY + random.int(0, 120) * MINUTE;
      const act = series(
        say,
        stolenSession(stage, 'ec2.run-instances', person, at),
        pace(random, at, 20, 200),
      );
      act(describe(place.region, 'DescribeInstances'));
      act((now) =>
        runInstances(random, now, {
          place,
          image: place.amazonLinux,
          type,
          count: 1 + Math.floor(day / 2),
          userData: true,
        }),
      );
    });
  },
};

/** An existing group gets a template with GPUs and a larger size; Auto Scaling does the launching. */
export const autoScalingMiner: Attack = {
  families: ['thing', 'volume', 'place'],
  care: 'careful',
  expected: 'high',
  where: 'production',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const group = random.pick(stateOf(estate, account).groups);
    const { region } = group;
    const place = estate.places(account.id, region);
    const caller = stolenSession(stage, 'autoscaling.update-auto-scaling-group');
    const clock = pace(random, at, 30, 240);
    const act = series(say, caller, clock);
    act(describe(region, 'DescribeLaunchTemplates'));
    const template = { ...group.template, version: group.template.version + 40 };
    const type = random.pick(['g5.12xlarge', 'g4dn.12xlarge']);
    const data = { image: place.gpu.id, type, userData: true } as const;
    act((now) => changeTemplate(now, region, template, data, caller.identity.arn ?? ''));
    act(
      changeGroup('UpdateAutoScalingGroup', region, group.name, template, { min: 4, max: 40, desired: 12 }),
    );
    for (let left = random.int(3, 5); left > 0; left--) {
      const when = clock() + MINUTE;
      const launch = groupLaunch(
        random,
        when,
        place,
        { ...group, type, image: place.gpu, template },
        random.int(2, 4),
      );
      say(autoScalingCaller(estate, random, account.id, when), when, launch.call);
    }
  },
};

/** A leaked key asks for a spot fleet of GPUs in a Region nobody uses; the service launches, again and again. */
export const spotFleetMiner: Attack = {
  families: ['thing', 'volume', 'place'],
  care: 'loud',
  expected: 'high',
  where: 'development',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, random.pick(UNUSED_REGIONS));
    const { region } = place;
    const clock = pace(random, at, 5, 60);
    const act = series(say, leakedKey(stage, AGENTS.boto3), clock);
    act(whoAmI(region));
    for (const name of ['DescribeSpotPriceHistory', 'DescribeAvailabilityZones']) act(describe(region, name));
    act(createKeyPair(random, region, 'spot'));
    const types = ['g5.xlarge', 'g4dn.xlarge', 'g5.2xlarge', 'g4dn.2xlarge'];
    const spec = { place, image: place.gpu, type: types[0] ?? '', keyName: 'spot', userData: true } as const;
    const { fleet } = act(requestSpotFleet(random, spec, types, 20));
    for (let left = random.int(3, 6); left > 0; left--) {
      const when = clock() + random.int(1, 20) * MINUTE;
      const launch = { fleet, image: place.gpu, type: random.pick(types), count: random.int(1, 5) };
      const caller = spotFleetCaller(estate, random, account.id, when);
      say(caller, when, spotFleetLaunch(random, when, place, launch).call);
    }
  },
};

/** One or two ordinary instances in each of many Regions: nothing that a single Region would notice. */
export const scatteredMiner: Attack = {
  families: ['place', 'volume', 'person'],
  care: 'careful',
  expected: 'medium',
  where: 'development',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const act = series(say, leakedKey(stage, AGENTS.boto3), pace(random, at, 60, 1200));
    act(whoAmI('us-east-1'));
    act(describe('us-east-1', 'DescribeRegions'));
    for (const region of shuffled(stage).slice(0, 6)) {
      const place = estate.places(account.id, region);
      act((now) =>
        runInstances(random, now, {
          place,
          image: place.amazonLinux,
          type: random.pick(['t3.medium', 'c5.large', 'c6i.large']),
          count: random.int(1, 2),
          userData: true,
          publicAddress: true,
        }),
      );
    }
  },
};

/** A stolen session asks in every Region and is refused everywhere. */
export const refusedSweep: Attack = {
  families: ['volume', 'place', 'thing'],
  care: 'loud',
  expected: 'medium',
  where: 'production',
  play: (stage) => {
    const { at, random, say } = stage;
    const caller = stolenSession(stage, 'ec2.run-instances', workerOf(stage, 'dba'));
    const act = series(say, caller, pace(random, at, 1, 12));
    act(whoAmI('us-east-1'));
    for (const region of [REGIONS.global, ...shuffled(stage)]) {
      act(launchRefused(stage, region, 'Client.UnauthorizedOperation', DENIED));
    }
  },
};

function launchRefused(stage: Stage, region: string, code: string, message: string, type = 'p3.16xlarge') {
  const { estate, account, random } = stage;
  const place = estate.places(account.id, region);
  return (at: number): Call =>
    refused(runInstances(random, at, { place, image: place.gpu, type, count: 2 }).call, code, message);
}

/** Refused for want of quota in many Regions; the quota is raised, and next day the launch succeeds. */
export const quotaSweep: Attack = {
  families: ['volume', 'place', 'thing'],
  days: 2,
  care: 'loud',
  expected: 'high',
  where: 'development',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const caller = leakedKey(stage, AGENTS.cli('ec2.run-instances'));
    const act = series(say, caller, pace(random, at, 2, 30));
    act(whoAmI('us-east-1'));
    const regions = shuffled(stage);
    for (const region of regions.slice(0, 5)) {
      act(launchRefused(stage, region, 'Client.DryRunOperation', DRY_RUN));
      act(launchRefused(stage, region, 'Client.VcpuLimitExceeded', QUOTA));
    }
    const [region = REGIONS.global] = regions;
    act(raiseQuota(random, region, 'L-DB2E81BA', 256));
    const later = at + random.int(14, 26) * HOUR;
    const user = series(say, caller, pace(random, later, 10, 90));
    const place = estate.places(account.id, region);
    user(createKeyPair(random, region, 'm'));
    user((now) =>
      runInstances(random, now, {
        place,
        image: place.gpu,
        type: 'g5.12xlarge',
        count: 4,
        keyName: 'm',
        userData: true,
        publicAddress: true,
      }),
    );
  },
};

/** The build pipeline, which launches every day, is made to launch something else: GPUs, from another runner. */
export const pipelineMiner: Attack = {
  families: ['thing', 'volume'],
  care: 'careful',
  expected: 'high',
  where: 'tooling',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const caller = pipelineSession(estate, random, account.id, 'ci-packer', AGENTS.packer, at);
    const act = series(say, caller, pace(random, at, 5, 90));
    for (let left = random.int(3, 5); left > 0; left--) {
      act((now) =>
        runInstances(random, now, {
          place,
          image: place.amazonLinux,
          type: random.pick(['g5.12xlarge', 'g4dn.12xlarge', 'p3.8xlarge']),
          count: random.int(1, 4),
          userData: true,
          tags: { Name: 'Packer Builder', owner: 'team-platform' },
        }),
      );
    }
  },
};

/** Lightsail launches as well, beside EC2 and past its quotas. */
export const lightsailMiner: Attack = {
  families: ['person', 'place', 'volume'],
  care: 'loud',
  expected: 'medium',
  where: 'development',
  play: (stage) => {
    const { at, random, say } = stage;
    const act = series(say, leakedKey(stage, AGENTS.boto3), pace(random, at, 5, 60));
    act(whoAmI('us-east-1'));
    for (const region of shuffled(stage).slice(0, 3)) {
      const names = Array.from({ length: random.int(2, 5) }, () => `Ubuntu-${random.hex(4)}`);
      act({
        service: 'lightsail',
        name: 'CreateInstances',
        region,
        request: {
          instanceNames: names,
          availabilityZone: `${region}a`,
          blueprintId: 'ubuntu_24_04',
          bundleId: '2xlarge_3_0',
          userData: '<sensitiveDataRemoved>',
        },
        response: {
          operations: names.map((resourceName) => ({
            id: random.guid(),
            resourceName,
            resourceType: 'Instance',
            operationType: 'CreateInstance',
            status: 'Started',
          })),
        },
      });
    }
  },
};

/** A stolen developer's session launches far more than the developer ever did, of the ordinary kind and at home. */
export const launchBurst: Attack = {
  families: ['volume', 'place', 'exposure'],
  care: 'loud',
  expected: 'medium',
  where: 'development',
  play: (stage) => {
    const { estate, account, at, random, say } = stage;
    const place = estate.places(account.id, REGIONS.home);
    const caller = stolenSession(stage, 'ec2.run-instances', workerOf(stage, 'developer'));
    const act = series(say, caller, pace(random, at, 5, 40));
    act(openIngress(random, place, { group: place.groups.web.id, port: 22, cidr: '0.0.0.0/0' }));
    for (let left = 6; left > 0; left--) {
      act((now) =>
        runInstances(random, now, {
          place,
          image: place.amazonLinux,
          type: 't3.large',
          count: 10,
          groups: [place.groups.web],
          publicAddress: true,
          userData: true,
        }),
      );
    }
  },
};
