import fc from 'fast-check';
import type { Activity } from '../../core/activity/activity.ts';
import { type Actor, subjectKey } from '../../core/activity/actor.ts';
import { KINDS } from '../../core/activity/kinds.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { actorScope, DAY, type FactSheet } from '../../core/history/facts.ts';
import type { Sighting } from '../../core/history/sighting.ts';
import type { Entry } from '../../core/lineage/timelines.ts';
import { SIGNAL_IDS } from '../../core/policy/weights.ts';
import { image } from '../resources.ts';

export const ACCOUNT = '111122223333';
export const NOW = Date.UTC(2026, 5, 15, 12);

export const actorOf = (key: string): Actor => ({
  key,
  label: 'role/Deploy',
  class: 'automation',
  account: ACCOUNT,
});

export const activityOf = (changes: Partial<Activity> = {}): Activity => ({
  id: 'e0000000-0000-4000-8000-000000000001',
  at: NOW,
  account: ACCOUNT,
  region: 'eu-west-1',
  kind: 'instance.launch',
  action: 'ec2:RunInstances',
  actor: actorOf('AROAEXAMPLE'),
  origin: { agent: 'terraform', console: false },
  outcome: 'succeeded',
  links: [],
  ...changes,
});

/** The entry of an activity in the timeline of its subject. */
export const ownEntry = (activity: Activity): Entry => ({
  account: activity.account,
  subject: subjectKey(activity.actor),
  activity,
});

/** Its entry in the timeline of a resource. */
export const resourceEntry = (resource: string, activity: Activity): Entry => ({
  account: '~',
  subject: resource,
  activity,
});

/** An ordinary launch with everything a pipeline's call carries: what the sizes are measured by. */
export const typicalLaunch = (id: string, at: number): Activity =>
  activityOf({
    id,
    at,
    actor: {
      key: 'AROAEXAMPLEDEPLOYROLE1',
      label: 'role/DeployFromPipeline',
      class: 'automation',
      account: ACCOUNT,
      arn: `arn:aws:iam::${ACCOUNT}:role/DeployFromPipeline`,
      credential: 'temporary',
      accessKey: 'ASIAEXAMPLEEXAMPLE01',
      mfa: false,
    },
    origin: {
      ip: '198.51.100.17',
      prefix: '198.51.100.0/24',
      network: { asn: 64500, holder: 'Example Networks', country: 'DE' },
      agent: 'terraform',
      console: false,
    },
    links: [
      { type: 'instance', id: 'i-0a1b2c3d4e5f60718', role: 'made', from: [image('ami-0a1b2c3d4e5f60718')] },
      { type: 'image', id: 'ami-0a1b2c3d4e5f60718', role: 'used' },
      { type: 'security-group', id: 'sg-0a1b2c3d4e5f60718', role: 'used' },
      { type: 'network-interface', id: 'eni-0a1b2c3d4e5f60718', role: 'made' },
    ],
    launch: {
      count: 1,
      types: ['m7g.large'],
      images: ['ami-0a1b2c3d4e5f60718'],
      snapshots: [],
      profile: 'deploy-profile',
      httpTokens: 'required',
      groups: ['sg-0a1b2c3d4e5f60718'],
      subnet: 'subnet-0a1b2c3d4e5f60718',
      tagKeys: ['Name', 'team', 'cost-centre'],
    },
  });

export const sheetOf = (changes: Partial<FactSheet> = {}): FactSheet => ({
  scope: actorScope(ACCOUNT, 'AROAEXAMPLE'),
  seen: { 'region:eu-west-1': { at: NOW, id: 'e0000000' } },
  lastDay: Math.floor(NOW / DAY),
  ...changes,
});

/** A verdict on an activity, LOW by default. */
export const verdictOf = (activity: Activity, changes: Partial<Assessment> = {}): Assessment => ({
  activity,
  evidence: [],
  score: 25.5,
  ...changes,
});

const word = fc.string({ unit: 'grapheme', maxLength: 12 });
const words = fc.array(word, { maxLength: 3 });
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const yes = fc.constant(true as const);
const port = fc.integer({ min: 0, max: 65_535 });

/** A record of some fields that must and some that may be there; an absent one is absent, not undefined. */
const record = <R extends object, O extends object>(
  required: { [K in keyof R]: fc.Arbitrary<R[K]> },
  optional: { [K in keyof O]: fc.Arbitrary<O[K]> },
): fc.Arbitrary<R & Partial<O>> =>
  fc
    .tuple(
      fc.record<R>(required, { noNullPrototype: true }),
      fc.record<O>(optional, { requiredKeys: [], noNullPrototype: true }),
    )
    .map(([some, more]) => ({ ...some, ...more }) as R & Partial<O>);

const resources = record(
  { type: fc.constantFrom('instance', 'snapshot', 'launch-template', 'stack'), id: word },
  { version: word, account: word, region: word },
);

const actors = record(
  {
    key: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    label: word,
    class: fc.constantFrom('human', 'workload', 'automation', 'service', 'root', 'foreign-account'),
    account: word,
  },
  {
    arn: word,
    person: record({ key: word, label: word }, { vouched: yes }),
    credential: fc.constantFrom('long-lived', 'temporary'),
    accessKey: word,
    mfa: fc.boolean(),
    instance: word,
    invokedBy: word,
  },
);

const launches = record(
  {
    count: fc.nat(),
    types: words,
    images: words,
    snapshots: words,
    groups: words,
    tagKeys: words,
  },
  {
    profile: word,
    keyName: word,
    userData: yes,
    publicAddress: yes,
    httpTokens: fc.constantFrom('optional', 'required'),
    subnet: word,
    vpc: word,
    template: resources,
  },
);

const origins = record(
  { agent: word, console: fc.boolean() },
  {
    ip: word,
    prefix: word,
    service: word,
    network: record({}, { asn: fc.nat(), holder: word, country: word }),
    endpoint: word,
  },
);

const links = record(
  {
    type: fc.constantFrom('instance', 'snapshot', 'volume', 'image', 'access-key'),
    id: word,
    role: fc.constantFrom('made', 'used', 'changed'),
  },
  { version: word, account: word, region: word, on: word, from: fc.array(resources, { maxLength: 3 }) },
);

/** Any activity at all, each optional field there or not. */
export const activities: fc.Arbitrary<Activity> = record(
  {
    id: fc.oneof(fc.uuid(), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })),
    at: time,
    account: fc.constantFrom(ACCOUNT, '444455556666'),
    region: word,
    kind: fc.constantFrom(...KINDS),
    action: word,
    actor: actors,
    origin: origins,
    outcome: fc.constantFrom('succeeded', 'denied', 'dry-run', 'limited', 'failed'),
    links: fc.array(links, { maxLength: 4 }),
  },
  {
    error: word,
    launch: launches,
    plan: launches,
    share: fc.record(
      { accounts: words, organisations: words, public: fc.boolean() },
      { noNullPrototype: true },
    ),
    posture: record({}, { publicAddress: yes, httpTokens: fc.constantFrom('optional', 'required') }),
    ingress: fc.array(
      record({ group: word, protocol: word, source: word }, { fromPort: port, toPort: port, fromGroup: yes }),
      { maxLength: 3 },
    ),
    detail: word,
    tags: fc.dictionary(word, word, { maxKeys: 4, noNullPrototype: true }),
    sharedId: word,
  },
) as fc.Arbitrary<Activity>;

const sightings: fc.Arbitrary<Sighting> = record(
  { at: time, id: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constant('e0!.0000')) },
  { suspect: fc.constantFrom('finding', 'critical', 'leaked-key') },
);

/** Any fact sheet of a fixed day. */
export const sheets: fc.Arbitrary<FactSheet> = fc.record(
  {
    scope: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .map((key) => actorScope(ACCOUNT, key)),
    seen: fc.dictionary(
      fc.tuple(fc.constantFrom('region', 'day', 'network', 'since'), word).map((parts) => parts.join(':')),
      sightings,
      { noNullPrototype: true },
    ),
    lastDay: fc.constant(Math.floor(NOW / DAY)),
  },
  { noNullPrototype: true },
);

const followed = record(
  { account: fc.constantFrom(ACCOUNT, '444455556666'), subject: word, id: word, at: time },
  { own: yes },
);

/** Any verdict, each optional field there or not. */
export const verdicts: fc.Arbitrary<Assessment> = record(
  {
    activity: activities,
    evidence: fc.array(
      record(
        {
          signal: fc.constantFrom(...SIGNAL_IDS),
          strength: fc.integer({ min: 0, max: 3000 }).map((part) => part / 3000),
          reason: word,
        },
        { novelty: yes, lineage: yes, refs: words },
      ),
      { maxLength: 3 },
    ),
    score: fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10),
  },
  {
    learning: yes,
    follows: followed,
    behind: fc.array(activities, { maxLength: 2 }),
    suspect: fc.constantFrom('finding', 'critical', 'leaked-key'),
  },
) as fc.Arbitrary<Assessment>;

/** Text that does not get smaller by packing. */
export const hex = (seed: number): string =>
  (BigInt(seed + 1) * 0x9e3779b97f4a7c15n).toString(16).slice(-17).padStart(17, '0');

/** The largest verdict that a record can make: a launch of many instances with much behind it, each explained. */
export const largeVerdict = (instances: number, behind: number): Assessment => {
  const big = (id: string): Activity => ({
    ...typicalLaunch(id, NOW),
    links: Array.from({ length: instances }, (_, index) => ({
      type: 'instance' as const,
      id: `i-${hex(index)}`,
      role: 'made' as const,
      from: [image(`ami-${hex(index)}`)],
    })),
  });
  return verdictOf(big('e0000000-0000-4000-8000-000000000000'), {
    evidence: SIGNAL_IDS.map((signal) => ({
      signal,
      strength: 0.8,
      reason: 'Twenty p5.48xlarge instances, a type that nobody in this account launched before',
      refs: ['e0000000-0000-4000-8000-000000000001'],
    })),
    behind: Array.from({ length: behind }, (_, index) =>
      big(`e${String(index).padStart(7, '0')}-0000-4000-8000-000000000001`),
    ),
  });
};
