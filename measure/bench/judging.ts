import { sqliteStores } from '../../adapters/sqlite/stores.ts';
import { type DetectDeps, detect } from '../../app/detect.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { storesIn } from './stores.ts';

/** ms that judging each record takes, one by one, in the order they happened. */
async function timesOf(deps: DetectDeps, records: readonly unknown[]): Promise<number[]> {
  const times: number[] = [];
  for (const record of records) {
    const started = performance.now();
    const [outcome] = await detect(deps, [record]);
    times.push(performance.now() - started);
    if (outcome?.status === 'failed') throw new Error(outcome.error);
  }
  return times;
}

export const judgeInMemory = (records: readonly unknown[]): Promise<number[]> =>
  timesOf({ ...storesIn('memory'), policy: defaultPolicy }, records);

export async function judgeInSqlite(records: readonly unknown[]): Promise<number[]> {
  const stores = sqliteStores(':memory:');
  try {
    return await timesOf({ ...stores, policy: defaultPolicy }, records);
  } finally {
    stores.close();
  }
}
