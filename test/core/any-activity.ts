import fc from 'fast-check';
import type { Activity, Launch, Link, Network, Posture } from '../../core/activity/activity.ts';
import type { Actor } from '../../core/activity/actor.ts';
import { KINDS } from '../../core/activity/kinds.ts';
import { DAY } from '../../core/history/facts.ts';
import { TOOL_AGENTS } from '../../core/records/cloudtrail/user-agent.ts';
import { ACCOUNT, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { policyOf } from '../fixtures/signals/cases.ts';
import { image, instance, snapshot, volume } from '../resources.ts';

/** Arbitrary activities of every kind, any optional part of which may be missing, from a small world. */

type Loose<T> = { [K in keyof T]: T[K] | undefined };

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Leaves out what is undefined, as exact optional properties ask for. */
const present = <T extends object>(parts: Loose<T>): T =>
  Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as T;

const region = fc.constantFrom('eu-west-1', 'us-east-1', 'sa-east-1', 'af-south-1', 'unknown');
const outcome = fc.constantFrom<Activity['outcome'][]>(
  'succeeded',
  'succeeded',
  'denied',
  'dry-run',
  'limited',
  'failed',
);

const link: fc.Arbitrary<Link> = fc
  .record({
    type: fc.constantFrom<Link['type'][]>(
      'instance',
      'snapshot',
      'volume',
      'image',
      'key-pair',
      'user',
      'access-key',
      'security-group',
      'network-interface',
      'instance-profile',
    ),
    id: fc.constantFrom(
      ...['snap-1', 'vol-1', 'ami-1', 'key-1', 'AIDAEXAMPLE1', 'AKIAEXAMPLE1', ''],
      ...['i-1', 'i-2', 'sg-1', 'eni-1', 'admin', 'lt-1'],
    ),
    version: maybe(fc.constantFrom('1', '2')),
    role: fc.constantFrom<Link['role'][]>('made', 'used', 'changed'),
    from: maybe(
      fc.uniqueArray(fc.constantFrom(snapshot('snap-1'), volume('vol-1'), image('ami-1'), instance('i-1')), {
        maxLength: 2,
      }),
    ),
  })
  .map((parts) => present<Link>(parts));

const launch: fc.Arbitrary<Launch> = fc
  .record({
    count: fc.constantFrom(0, 1, 4, 50, 100_000),
    types: fc.uniqueArray(
      fc.constantFrom('m7g.large', 'p5.48xlarge', 'g5.xlarge', 'u-6tb1.metal', 'odd', ''),
      {
        maxLength: 3,
      },
    ),
    images: fc.uniqueArray(fc.constantFrom('ami-1', 'ami-2'), { maxLength: 2 }),
    snapshots: fc.uniqueArray(fc.constantFrom('snap-1'), { maxLength: 1 }),
    groups: fc.uniqueArray(fc.constantFrom('sg-1', 'sg-2'), { maxLength: 2 }),
    tagKeys: fc.uniqueArray(fc.constantFrom('owner', 'Name'), { maxLength: 2 }),
    profile: maybe(fc.constantFrom('web', 'admin')),
    keyName: maybe(fc.constantFrom('key-1', 'key-2')),
    userData: maybe(fc.constant(true as const)),
    publicAddress: maybe(fc.constant(true as const)),
    httpTokens: maybe(fc.constantFrom('optional' as const, 'required' as const)),
    subnet: maybe(fc.constantFrom('subnet-1', 'subnet-2')),
    vpc: maybe(fc.constantFrom('vpc-1', 'vpc-2')),
  })
  .map((parts) => present<Launch>(parts));

const actor: fc.Arbitrary<Actor> = fc
  .record({
    key: fc.constantFrom('AROAEXAMPLE1', 'AIDAEXAMPLE1', `root@${ACCOUNT}`),
    label: fc.constantFrom('role/Deploy', 'user/eve', ''),
    class: fc.constantFrom<Actor['class'][]>(
      'human',
      'workload',
      'automation',
      'service',
      'root',
      'foreign-account',
      'unknown',
    ),
    account: fc.constantFrom(ACCOUNT, OTHER_ACCOUNT, 'unknown'),
    arn: maybe(fc.constant(`arn:aws:iam::${ACCOUNT}:user/eve`)),
    person: maybe(
      fc.constantFrom(
        { key: 'alice@example.com', label: 'alice@example.com' },
        { key: 'bob@example.com', label: 'bob@example.com' },
      ),
    ),
    credential: maybe(fc.constantFrom<NonNullable<Actor['credential']>[]>('long-lived', 'temporary')),
    accessKey: maybe(fc.constant('AKIAEXAMPLE1')),
    mfa: maybe(fc.boolean()),
    instance: maybe(fc.constant('i-00000000000000001')),
    invokedBy: maybe(fc.constant('cloudformation.amazonaws.com')),
  })
  .map((parts) => present<Actor>(parts));

const network: fc.Arbitrary<Network> = fc
  .record({
    asn: maybe(fc.constantFrom(16509, 64496, 64500)),
    holder: maybe(fc.constant('Example Hosting')),
    country: maybe(fc.constantFrom('DE', 'NL')),
  })
  .map((parts) => present<Network>(parts));

const origin: fc.Arbitrary<Activity['origin']> = fc
  .record({
    ip: maybe(fc.constantFrom('192.0.2.10', '203.0.113.9', '2001:db8::1')),
    prefix: maybe(fc.constantFrom('192.0.2.0/24', '203.0.113.0/24')),
    service: maybe(fc.constant('autoscaling.amazonaws.com')),
    network: maybe(network),
    agent: fc.constantFrom('aws-cli', 'terraform', 'other', ...TOOL_AGENTS),
    console: fc.boolean(),
    endpoint: maybe(fc.constant('vpce-00000000000000001')),
  })
  .map((parts) => present<Activity['origin']>(parts));

export const arbitraryActivity: fc.Arbitrary<Activity> = fc
  .record({
    id: fc.uuid(),
    at: fc.oneof(
      fc.integer({ min: NOW - 3 * HOUR, max: NOW }),
      fc.integer({ min: 0, max: 40 }).map((days) => NOW - days * DAY),
    ),
    account: fc.constantFrom(ACCOUNT, ACCOUNT, OTHER_ACCOUNT),
    region,
    kind: fc.constantFrom(...KINDS),
    action: fc.constant('ec2:Something'),
    actor,
    origin,
    outcome,
    error: maybe(fc.constantFrom('UnauthorizedOperation', 'VcpuLimitExceeded')),
    links: fc.array(link, { maxLength: 3 }),
    launch: maybe(launch),
    posture: maybe(
      fc
        .record({
          publicAddress: maybe(fc.constant(true as const)),
          httpTokens: maybe(fc.constantFrom('optional' as const, 'required' as const)),
        })
        .map((parts) => present<Posture>(parts)),
    ),
    ingress: maybe(
      fc.array(
        fc.record({
          group: fc.constantFrom('sg-1', 'sg-2'),
          protocol: fc.constantFrom('tcp', '-1'),
          source: fc.constantFrom('0.0.0.0/0', '::/0', '192.0.2.0/24'),
        }),
        { maxLength: 2 },
      ),
    ),
    plan: maybe(launch),
    share: maybe(
      fc.record({
        accounts: fc.uniqueArray(fc.constantFrom(ACCOUNT, OTHER_ACCOUNT, '555566667777'), { maxLength: 2 }),
        organisations: fc.uniqueArray(fc.constantFrom('o-exampleorg1', ''), { maxLength: 1 }),
        public: fc.boolean(),
      }),
    ),
    detail: maybe(region),
    seen: maybe(
      fc.constantFrom<NonNullable<Activity['seen']>[]>(
        { since: NOW - 4 * HOUR },
        { since: NOW - 4 * HOUR, aspect: 'volumes' },
        { since: NOW - 4 * HOUR, aspect: 'security groups' },
      ),
    ),
    tags: maybe(fc.constantFrom<Record<string, string>[]>({ data: 'customer' }, { Name: 'x' }, {})),
    sharedId: maybe(fc.uuid()),
  })
  .map((parts) => present<Activity>(parts));

export const arbitraryHistory: fc.Arbitrary<Activity[]> = fc.array(arbitraryActivity, { maxLength: 25 });

/** A policy that uses every element. */
export const strictPolicy = policyOf({
  organisation: {
    accounts: [ACCOUNT],
    organisations: ['o-exampleorg1'],
    networks: ['192.0.2.0/24'],
    sensitiveAccounts: [OTHER_ACCOUNT],
  },
  userContext: { minActiveDays: 1, minActiveDaysForHours: 1 },
  geoLocation: { regions: ['eu-west-1'], countries: ['DE'], onlyFromNetworks: true },
  rateThreshold: { instances: 10, regions: 2, snapshots: 2, refused: 9 },
  taggingPolicy: { required: ['owner'] },
  volumeSensitivity: { tags: { data: ['*'] }, volumes: ['vol-1'] },
  changeWindow: { days: ['mon'], from: '22:00', to: '04:00', utcOffset: 60 },
});
