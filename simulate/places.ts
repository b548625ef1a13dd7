import { type Random, randomOf } from './random.ts';

/** The network and images an account has in one Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly vpc: string;
  readonly subnets: readonly { readonly id: string; readonly zone: string; readonly public: boolean }[];
  readonly groups: {
    readonly default: Group;
    readonly web: Group;
    readonly data: Group;
  };
  /** Amazon's public image of the Region; the same in every account. */
  readonly amazonLinux: Image;
  /** The organisation's own hardened image. */
  readonly base: Image;
  readonly gpu: Image;
}

interface Group {
  readonly id: string;
  readonly name: string;
}

export interface Image {
  readonly id: string;
  readonly rootDevice: string;
  readonly rootSnapshot: string;
  readonly architecture: 'x86_64' | 'arm64';
}

/** Regions an organisation of European origin would plausibly use, the busiest first. */
export const REGIONS = {
  home: 'eu-central-1',
  recovery: 'eu-west-1',
  rollout: 'eu-west-3',
  global: 'us-east-1',
} as const;

/** Enabled by default in every account and used by nobody in the organisation. */
export const UNUSED_REGIONS: readonly string[] = [
  'us-east-2',
  'us-west-2',
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-south-1',
  'sa-east-1',
  'ca-central-1',
];

/** Resource id in the long format, e.g. `i-0123456789abcdef0`. */
export const resourceId = (random: Random, prefix: string): string => `${prefix}-0${random.hex(16)}`;

export type Places = (account: string, region: string) => Place;

/** What accounts have in Regions: derived from the names alone, so attacks can go where nobody has been. */
export function placesOf(seed: number): Places {
  const known = new Map<string, Place>();
  return (account, region) => {
    const key = `${account}/${region}`;
    const place = known.get(key) ?? newPlace(seed, account, region);
    known.set(key, place);
    return place;
  };
}

function newPlace(seed: number, account: string, region: string): Place {
  const random = randomOf(seed, 'place', account, region);
  const group = (name: string): Group => ({ id: resourceId(random, 'sg'), name });
  return {
    account,
    region,
    vpc: resourceId(random, 'vpc'),
    subnets: ['a', 'b', 'c', 'a', 'b'].map((zone, index) => ({
      id: resourceId(random, 'subnet'),
      zone: `${region}${zone}`,
      public: index >= 3,
    })),
    groups: { default: group('default'), web: group('web'), data: group('data') },
    amazonLinux: imageOf(randomOf(seed, 'amazon', region), '/dev/xvda', 'x86_64'),
    base: imageOf(randomOf(seed, 'base', region), '/dev/xvda', 'arm64'),
    gpu: imageOf(randomOf(seed, 'gpu', region), '/dev/sda1', 'x86_64'),
  };
}

/**
 * The organisation's own image of a week: built on its Tuesday, shared, and taken up by the groups bit by bit. Derived
 * from the week alone, so that accounts that never meet mean the same one.
 */
export const weeklyImage = (seed: number, region: string, at: number): Image =>
  // 1970-01-06 was a Tuesday
  imageOf(
    randomOf(seed, 'weekly image', region, String(Math.floor((at / 86_400_000 - 5) / 7))),
    '/dev/xvda',
    'arm64',
  );

export const imageOf = (random: Random, rootDevice: string, architecture: Image['architecture']): Image => ({
  id: resourceId(random, 'ami'),
  rootDevice,
  rootSnapshot: resourceId(random, 'snap'),
  architecture,
});
