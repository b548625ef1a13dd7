import type { Policy } from '../../core/policy/policy.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { countingDynamo } from './counting-dynamo.ts';
import { ACCOUNTS, directionOf, ORGANISATION } from './directions.ts';
import { judging, peakMb } from './judge.ts';
import { metered, type Used } from './meter.ts';
import { mean } from './statistics.ts';
import { storesIn } from './stores.ts';

export interface GrowthJob {
  readonly job: 'growth';
  readonly direction: string;
  readonly size: number;
  readonly store: 'memory' | 'dynamo';
  readonly limitSeconds: number;
}

export interface Grown {
  /** Records that were there before; fewer than asked for where time was up. */
  readonly before: number;
  readonly done: boolean;
  /** Of the records measured, singly: what one took in the mean, and the most expensive one. */
  readonly mean: Used;
  readonly most: Used;
  readonly ms: number;
  /** Longest `detect`, ms, and memory, MB: also of what was there before. */
  readonly longest: number;
  readonly mb: number;
}

/** Records judged in one go before any is measured: as a replay does, and as Lambda does. */
const BATCHES = { memory: 200, dynamo: 10 };
const FIELDS = ['read', 'write', 'queries', 'calls', 'trips', 'flying'] as const;

const policy: Policy = {
  ...defaultPolicy,
  organisation: { ...defaultPolicy.organisation, accounts: [...ACCOUNTS], organisations: [ORGANISATION] },
};

/** Judges what a direction has before, until time is up, and then measures its last records one by one. */
export async function grow({ direction, size, store, limitSeconds }: GrowthJob): Promise<Grown> {
  const { client, used } = metered(countingDynamo().client);
  const place = store === 'memory' ? store : { client, history: 'history', findings: 'findings' };
  const judge = judging({ ...storesIn(place), policy });
  const { before, measured } = directionOf(direction);
  const started = performance.now();
  const timeIsUp = (): boolean => performance.now() - started > limitSeconds * 1000;

  let count = 0;
  let batch: unknown[] = [];
  for (const record of before(size)) {
    batch.push(record);
    count++;
    if (batch.length === BATCHES[store]) await judge.records(batch.splice(0));
    if (timeIsUp()) break;
  }
  batch = batch.slice(0);
  if (batch.length > 0) await judge.records(batch);
  const done = !timeIsUp();

  const costs: Used[] = [];
  const times: number[] = [];
  for (const record of done ? measured(size) : []) {
    used();
    const start = performance.now();
    const judged = await judge.records([record]);
    if (judged !== 1) throw new Error(`${direction}: a record was not judged`);
    times.push(performance.now() - start);
    costs.push(used());
    if (timeIsUp()) break;
  }
  const over = (of: (values: number[]) => number): Used =>
    Object.fromEntries(
      FIELDS.map((field) => [field, of(costs.map((cost) => cost[field]))]),
    ) as unknown as Used;
  return {
    before: count,
    done,
    mean: over(mean),
    most: over((values) => Math.max(0, ...values)),
    ms: mean(times),
    longest: judge.longest(),
    mb: peakMb(),
  };
}
