import { record } from '../../test/cli/desk.ts';

/** A way in which what a record meets can grow. */
interface Direction {
  readonly name: string;
  /** What is counted. */
  readonly of: string;
  /** What is there before, in order of delivery. */
  before(size: number): Iterable<unknown>;
  /** The records that are measured, which come next. */
  measured(size: number): Iterable<unknown>;
  /** Beyond this it would be no story of this world. */
  readonly most?: number;
}

export const ACCOUNTS = ['111122223333', '444455556666'] as const;
export const ORGANISATION = 'o-exampleorg1';
const [HOME, OTHER] = ACCOUNTS;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The day on which the things below happen. */
const TODAY = Date.parse('2026-03-22T00:00:00Z');
/** Days of ordinary work before: longer than an account's learning period. */
const KNOWN_DAYS = 15;
const MEASURED = 20;
const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-2'];

type Json = Readonly<Record<string, unknown>>;

const hex = (prefix: string, index: number): string => `${prefix}-0${index.toString(16).padStart(16, '0')}`;
const time = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
/** Moment of one of so many that share a stretch of time evenly. */
const spread = (from: number, length: number, index: number, count: number): number =>
  from + Math.floor((index / count) * length);

function assumed(account: string, name: string, id: string, session: string, path = ''): Json {
  return {
    type: 'AssumedRole',
    principalId: `${id}:${session}`,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
    accountId: account,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: id,
        arn: `arn:aws:iam::${account}:role/${path}${name}`,
        accountId: account,
        userName: name,
      },
    },
  };
}

const role = (name: string, account: string = HOME): Json => ({
  recipientAccountId: account,
  userIdentity: assumed(account, name, `AROA${name.toUpperCase().padEnd(17, '0')}`, 'work'),
});

const scaling = (account: string): Json => ({
  recipientAccountId: account,
  userIdentity: {
    ...assumed(
      account,
      'AWSServiceRoleForAutoScaling',
      `AROASCALING${account.slice(0, 10)}`,
      'AutoScaling',
      'aws-service-role/autoscaling.amazonaws.com/',
    ),
    invokedBy: 'autoscaling.amazonaws.com',
  },
  sourceIPAddress: 'autoscaling.amazonaws.com',
  userAgent: 'autoscaling.amazonaws.com',
});

const call = (
  id: string,
  at: number,
  who: Json,
  eventName: string,
  request: Json,
  response: Json | null,
): unknown =>
  record(id, {
    ...who,
    eventTime: time(at),
    eventName,
    requestParameters: request,
    responseElements: response,
  });

const launch = (
  id: string,
  at: number,
  who: Json,
  index: number,
  image: string,
  type = 'm7g.large',
): unknown =>
  call(
    id,
    at,
    who,
    'RunInstances',
    { instancesSet: { items: [{ imageId: image, minCount: 1, maxCount: 1 }] }, instanceType: type },
    { instancesSet: { items: [{ instanceId: hex('i', index), imageId: image, instanceType: type }] } },
  );

const publicly = (id: string, at: number, who: Json, snapshot: string): unknown =>
  call(
    id,
    at,
    who,
    'ModifySnapshotAttribute',
    {
      snapshotId: snapshot,
      attributeType: 'CREATE_VOLUME_PERMISSION',
      createVolumePermission: { add: { items: [{ group: 'all' }] } },
    },
    { _return: true },
  );

/** Ordinary days before, in both accounts, so that nothing is judged as if the account were still being learnt. */
function* ordinary(): Generator<unknown> {
  for (let day = KNOWN_DAYS; day > 0; day--) {
    for (const account of ACCOUNTS) {
      const at = TODAY - day * DAY + 9 * HOUR;
      yield launch(
        `known-${account}-${day}`,
        at,
        role('deployer', account),
        1_000_000 + day,
        'ami-0baseimage',
      );
    }
  }
}

/** Ids that mean where they were taken: those measured come after those before. */
function* several<T>(count: number, make: (index: number) => T): Generator<T> {
  for (let index = 0; index < count; index++) yield make(index);
}

const packer = role('packer');
const copyOf = (region: string): string => hex('ami', 1 + REGIONS.indexOf(region));

/** A golden image, its copy in every Region, each shared with the organisation. */
function* pipeline(): Generator<unknown> {
  const [first = '', ...others] = REGIONS;
  const from = hex('ami', 1);
  yield call(
    'image',
    TODAY,
    { ...packer, awsRegion: first },
    'CreateImage',
    { instanceId: hex('i', 9_999_999), name: 'golden' },
    { imageId: from },
  );
  for (const region of others)
    yield call(
      `copy-${region}`,
      TODAY + 60_000,
      { ...packer, awsRegion: region },
      'CopyImage',
      { sourceImageId: from, sourceRegion: first, name: 'golden' },
      { imageId: copyOf(region) },
    );
  for (const region of REGIONS) yield share(`share-${region}`, TODAY + 120_000, region);
}

const share = (id: string, at: number, region: string): unknown =>
  call(
    id,
    at,
    { ...packer, awsRegion: region },
    'ModifyImageAttribute',
    {
      imageId: copyOf(region),
      attributeType: 'launchPermission',
      launchPermission: {
        add: { items: [{ organizationArn: `arn:aws:organizations::${HOME}:organization/${ORGANISATION}` }] },
      },
    },
    { _return: true },
  );

/** All day launches of the copies by groups of both accounts, and every twentieth time the pipeline's own and a share anew. */
function fromCopies(at: number, index: number): unknown {
  const region = REGIONS[index % REGIONS.length] as string;
  if (index % 20 === 19) return share(`again-${index}`, at, region);
  const who = index % 20 === 9 ? packer : scaling(index % 2 === 0 ? HOME : OTHER);
  return launch(`l-${index}`, at, { ...who, awsRegion: region }, index, copyOf(region));
}

const volume = (at: number, index: number): unknown =>
  call(
    `v-${index}`,
    at,
    role('restorer'),
    'CreateVolume',
    { snapshotId: hex('snap', 1), availabilityZone: 'eu-west-1a', size: '8' },
    { volumeId: hex('vol', index), snapshotId: hex('snap', 1), size: '8' },
  );

const stolen = (at: number, index: number): unknown =>
  launch(
    `s-${index}`,
    at,
    { awsRegion: REGIONS[index % REGIONS.length] },
    index,
    'ami-0baseimage',
    'g5.12xlarge',
  );

const dry = (at: number, index: number): unknown =>
  record(`d-${index}`, {
    eventTime: time(at),
    eventName: 'RunInstances',
    errorCode: 'Client.DryRunOperation',
    errorMessage: 'Request would have succeeded, but DryRun flag is set.',
    requestParameters: {
      instancesSet: { items: [{ imageId: 'ami-0baseimage', minCount: 1, maxCount: 1 }] },
      instanceType: 't3.micro',
      tagSpecificationSet: {
        items: [
          { resourceType: 'instance', tags: [1, 2, 3].map((n) => ({ key: `k${index}-${n}`, value: 'x' })) },
        ],
      },
    },
  });

/** Somebody of the account, who copies a volume. */
const somebody = (at: number, index: number, turn = 0): unknown =>
  call(
    `a-${index}-${turn}`,
    at,
    role(`actor${index.toString(36)}`),
    'CreateSnapshot',
    { volumeId: hex('vol', index) },
    { snapshotId: hex('snap', 1000 + index), volumeId: hex('vol', index) },
  );

const guardOff = (at: number, index: number): unknown =>
  call(
    `g-${index}`,
    at,
    { ...role('deployer'), awsRegion: REGIONS[index % REGIONS.length] },
    'DisableSnapshotBlockPublicAccess',
    {},
    { snapshotBlockPublicAccessState: 'unblocked' },
  );

const keyPair = (at: number, index: number): unknown =>
  call(
    `k-${index}`,
    at,
    role('builder'),
    'CreateKeyPair',
    { keyName: `k${index}` },
    { keyName: `k${index}`, keyPairId: hex('key', index) },
  );

/** By day: `size` records within twenty hours, and those measured within the next. */
const byDay = (make: (at: number, index: number) => unknown, first: () => Iterable<unknown> = () => []) => ({
  *before(size: number) {
    yield* ordinary();
    yield* first();
    yield* several(size, (index) => make(spread(TODAY + HOUR, 20 * HOUR, index, size), index));
  },
  measured: (size: number) =>
    several(MEASURED, (index) => make(spread(TODAY + 21 * HOUR, HOUR, index, MEASURED), size + index)),
});

/** How long a public share goes on: each 20 hours once more, so that the story never pauses for a day. */
const STEP = 20 * HOUR;
const goesOn = (index: number): unknown => publicly(`p-${index}`, TODAY + index * STEP, {}, hex('snap', 7));

const DIRECTIONS: readonly Direction[] = [
  { name: 'pipeline', of: "launches of a pipeline's own copies", ...byDay(fromCopies, pipeline) },
  {
    name: 'volumes',
    of: 'volumes of one snapshot',
    ...byDay(volume, () => [
      call(
        'snap',
        TODAY,
        role('backup'),
        'CreateSnapshot',
        { volumeId: hex('vol', 77_777_777) },
        { snapshotId: hex('snap', 1), volumeId: hex('vol', 77_777_777) },
      ),
    ]),
  },
  { name: 'members', of: 'members of one story', ...byDay(stolen) },
  {
    name: 'days',
    of: 'days (of 20 hours) that one story goes on',
    *before(size) {
      yield* ordinary();
      yield* several(size, goesOn);
    },
    measured: (size) => several(MEASURED, (index) => goesOn(size + index)),
    most: 1_000,
  },
  {
    name: 'actors',
    of: 'actors of the account',
    *before(size) {
      yield* ordinary();
      yield* several(size, (index) => somebody(spread(TODAY - 2 * DAY, DAY, index, size), index));
    },
    measured: (size) =>
      several(MEASURED, (index) =>
        somebody(TODAY + HOUR + index * 60_000, index % Math.min(size, 10), 1 + index),
      ),
  },
  { name: 'dry-runs', of: 'dry runs with other tag keys each, by one actor', ...byDay(dry) },
  {
    name: 'guardrail',
    of: 'actors that day, then a guardrail off in time',
    ...byDay((at, index) => somebody(at, index)),
    measured: () => several(MEASURED / 4, (index) => guardOff(TODAY + 21 * HOUR + index * 60_000, index)),
  },
  {
    name: 'guardrail-late',
    of: 'actors that day, then a guardrail off told late',
    ...byDay((at, index) => somebody(at, index)),
    measured: () => several(MEASURED / 4, (index) => guardOff(TODAY + index * 60_000, index)),
  },
  {
    name: 'late',
    of: 'records of an actor, then one of the days before told late',
    ...byDay(keyPair),
    measured: (size) => several(MEASURED / 4, (index) => keyPair(TODAY - (1 + index) * DAY, size + index)),
  },
];

export const directions = (): readonly Direction[] => DIRECTIONS;

export function directionOf(name: string): Direction {
  const found = DIRECTIONS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no direction ${name}`);
  return found;
}
