import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SeedResult, Size } from './run-seed.ts';

/**
 * Runs seeds on all cores, each in a thread of its own.
 *
 * @returns results in the order of the seeds
 * @throws what a thread threw
 */
export async function runSeeds(
  seeds: readonly number[],
  size: Size,
  done: (seed: number) => void = () => {},
): Promise<SeedResult[]> {
  const results = new Map<number, SeedResult>();
  const waiting = [...seeds];
  const lane = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { seed, size } });
      const [result] = (await once(worker, 'message')) as [SeedResult];
      results.set(seed, result);
      done(seed);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), seeds.length) }, lane));
  return seeds.flatMap((seed) => results.get(seed) ?? []);
}
