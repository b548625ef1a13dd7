import type { Severity } from '../../core/findings/severity.ts';
import type { Cloud } from '../../core/records/cloud.ts';
import { fromOtherCloud } from '../../core/records/clouds.ts';
import { fromCloudTrail, type Normalised } from '../../core/records/cloudtrail/cloudtrail.ts';
import { DAY } from '../estate.ts';
import { randomOf } from '../random.ts';
import { awsTeller } from './aws.ts';
import { azureTeller } from './azure.ts';
import type { Done, Teller, TellerOptions } from './deed.ts';
import { googleTeller } from './google.ts';
import { houseOf, lifeOf, sitesOf } from './life.ts';
import { momentOf, STORIES, type Story, type StoryName } from './stories.ts';

/** First day: a Monday, as of the generator's organisations. */
const START = Date.parse('2026-09-07T00:00:00Z');

/** Days of ordinary life before a story begins, and in all. */
const BEFORE = 14;
export const CLOUD_DAYS = 17;

const TELLERS: Readonly<Record<Cloud, (options: TellerOptions) => Teller>> = {
  aws: awsTeller,
  azure: azureTeller,
  google: googleTeller,
};

export interface CloudAccountOptions {
  readonly cloud: Cloud;
  /** Any whole number; the same one gives the same records, and the same people and stories in every cloud. */
  readonly seed: number;
  readonly stories: readonly StoryName[];
  /** Days of history. */
  readonly days?: number;
}

/** Which records a story wrote, and what a complete detector should say of it. */
interface StoryLabel {
  readonly attack: StoryName;
  readonly expected: Severity | 'none';
  readonly cloud: Cloud;
  /** First and last record, ISO 8601. */
  readonly start: string;
  readonly end: string;
  /** Ids of its acts, by which findings name them. */
  readonly eventIDs: readonly string[];
}

/** A record of a generated account, with what wrote it. */
interface CloudDelivery {
  /** When it is written, ms. */
  readonly at: number;
  readonly record: object;
  readonly routine: string;
}

export interface CloudAccount {
  /** In order of time. */
  readonly deliveries: readonly CloudDelivery[];
  readonly labels: readonly StoryLabel[];
}

/** A generated account, subscription or project: the seed decides who lives there and how a story goes, whatever the cloud. */
export function cloudAccount({ cloud, seed, stories, days = CLOUD_DAYS }: CloudAccountOptions): CloudAccount {
  const teller = TELLERS[cloud]({ seed, random: randomOf(seed, 'records', cloud) });
  const house = houseOf(randomOf(seed, 'house'));
  const life = [
    ...lifeOf(house, randomOf(seed, 'life'), START, days),
    ...sitesOf(house, randomOf(seed, 'sites'), START, days),
  ];
  const told = stories.flatMap((name) => {
    const { expected, tell }: Story = STORIES[name];
    const random = randomOf(seed, 'story', name);
    const day = Math.min(BEFORE, days - 1);
    const at = momentOf(random, START + day * DAY, expected === 'none');
    return tell({ house, random, at, day, regions: teller.regions });
  });
  // what a teller remembers must have happened before; of deeds at one time the first stays first
  const deliveries = [...life, ...told]
    .toSorted(inTime)
    .flatMap((done): CloudDelivery[] => teller.tell(done).map((each) => ({ ...each, routine: done.routine })))
    .toSorted(inTime);
  return { deliveries, labels: stories.map((name) => labelOf(cloud, name, deliveries)) };
}

const inTime = (a: Pick<Done, 'at'>, b: Pick<Done, 'at'>): number => a.at - b.at;

/** What the detector reads a record as. */
export const normalised = (cloud: Cloud, record: object): Normalised | undefined =>
  cloud === 'aws' ? fromCloudTrail(record) : fromOtherCloud(record);

function labelOf(cloud: Cloud, name: StoryName, deliveries: readonly CloudDelivery[]): StoryLabel {
  const own = deliveries.filter(({ routine }) => routine === name);
  const ids = own.flatMap(({ record }) => {
    const read = normalised(cloud, record);
    return read?.ok ? [read.activity.part?.act ?? read.activity.id] : [];
  });
  const at = (delivery: CloudDelivery | undefined): string => new Date(delivery?.at ?? START).toISOString();
  return {
    attack: name,
    expected: STORIES[name].expected,
    cloud,
    start: at(own[0]),
    end: at(own.at(-1)),
    eventIDs: [...new Set(ids)],
  };
}
