import { createKeyPair, createSecurityGroup, openIngress } from '../ec2-control.ts';
import { type LaunchSpec, runInstances } from '../ec2-launches.ts';
import { AGENTS, withKey } from '../identities.ts';
import { UNUSED_REGIONS } from '../places.ts';
import { describe, whoAmI } from '../reads.ts';
import { refused } from '../trail-record.ts';
import { type Attack, pace, series, strangeAddress } from './attack.ts';

const WANTED = ['p4d.24xlarge', 'g5.48xlarge', 'g5.12xlarge', 'g4dn.xlarge'];
const DRY_RUN = 'Request would have succeeded, but DryRun flag is set.';
const QUOTA =
  'You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to.';

/** A stolen long-lived key looks for Regions with GPU quota, is refused, settles for less and mines. */
export const gpuMiner: Attack = {
  families: ['thing', 'place', 'volume', 'exposure'],
  care: 'loud',
  expected: 'high',
  where: 'development',
  play: ({ estate, account, at, random, say }) => {
    const caller = withKey(
      account.legacyUser,
      strangeAddress(random),
      random.pick([AGENTS.boto3, AGENTS.cli('ec2.run-instances')]),
    );
    const regions = UNUSED_REGIONS.toSorted(() => random.next() - 0.5).slice(0, random.int(4, 6));
    const next = series(say, caller, pace(random, at, 1, 20));
    const specFor = (region: string, type: string, count: number): LaunchSpec => {
      const place = estate.places(account.id, region);
      return {
        place,
        image: place.amazonLinux,
        type,
        count,
        keyName: 'k1',
        userData: true,
        publicAddress: true,
      };
    };
    next(whoAmI('us-east-1'));
    next(describe('us-east-1', 'DescribeRegions'));
    for (const region of regions) {
      next(describe(region, 'DescribeAccountAttributes'));
      next((now) => {
        const { call } = runInstances(random, now, specFor(region, random.pick(WANTED), 1));
        return random.chance(0.7)
          ? refused(call, 'Client.DryRunOperation', DRY_RUN)
          : refused(
              call,
              'Client.UnauthorizedOperation',
              'You are not authorized to perform this operation.',
            );
      });
    }
    for (const region of regions.slice(0, 2 + random.int(0, 2))) {
      const place = estate.places(account.id, region);
      const made = createSecurityGroup(random, place, 'k1', 'k1');
      next(createKeyPair(random, region, 'k1'));
      next(made.call);
      next(openIngress(random, place, { group: made.group.id, port: 22, cidr: '0.0.0.0/0', flat: true }));
      for (const type of WANTED.slice(0, 2 + random.int(0, 1))) {
        next((now) => {
          const { call } = runInstances(random, now, specFor(region, type, random.int(2, 8)));
          return refused(call, 'Client.VcpuLimitExceeded', QUOTA);
        });
      }
      const type = random.pick(['g4dn.xlarge', 'g5.2xlarge']);
      next(
        (now) =>
          runInstances(random, now, { ...specFor(region, type, random.int(2, 6)), groups: [made.group] })
            .call,
      );
    }
  },
};
