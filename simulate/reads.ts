import type { Random } from './random.ts';
import type { Call, Caller } from './trail-record.ts';

const EC2_READS = [
  'DescribeInstances',
  'DescribeImages',
  'DescribeSecurityGroups',
  'DescribeVolumes',
  'DescribeSubnets',
  'DescribeVpcs',
  'DescribeInstanceTypes',
  'DescribeKeyPairs',
  'DescribeInstanceStatus',
  'DescribeLaunchTemplates',
  'DescribeSnapshots',
  'DescribeTags',
];

/** A read as EC2 records it: the question, never the answer. */
export const describe = (region: string, name: string): Call => ({
  service: 'ec2',
  name,
  region,
  request: { maxResults: 100, filterSet: {} },
  response: null,
  readOnly: true,
});

/** One of the reads that a console page or a tool makes on the way to something else. */
export const someRead = (random: Random, region: string): Call => describe(region, random.pick(EC2_READS));

/** The first question of whoever holds fresh credentials. */
export const whoAmI = (region: string): Call => ({
  service: 'sts',
  name: 'GetCallerIdentity',
  region,
  request: null,
  response: null,
  readOnly: true,
});

/** Root signs in without MFA here; everybody else with it unless told. */
export const consoleLogin = (caller: Caller, mfa = caller.identity.type !== 'Root'): Call => ({
  service: 'signin',
  name: 'ConsoleLogin',
  region: 'us-east-1',
  request: null,
  response: { ConsoleLogin: 'Success' },
  additional: {
    LoginTo: 'https://console.aws.amazon.com/console/home',
    MobileVersion: 'No',
    MFAUsed: mfa ? 'Yes' : 'No',
  },
});
