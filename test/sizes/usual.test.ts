import { expect, it } from 'vitest';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { detect } from '../../app/detect.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { countingDynamo, itemBytes } from '../../measure/bench/counting-dynamo.ts';
import { organisation } from '../../simulate/organisation.ts';

/** What an item mostly takes at most, bytes: one unit of reading. */
const USUAL = 4_096;
const SORTS = {
  A: 'activities, and sheets of actors',
  F: 'other sheets',
  V: 'verdicts',
  N: 'pointers',
  W: 'weeks',
};

it('items of every sort mostly take less than a unit of reading, in an organisation with attacks', async () => {
  const { client, items } = countingDynamo();
  const stores = { history: dynamoHistory(client, 'history'), verdicts: dynamoVerdicts(client, 'findings') };
  const attacks = [
    { name: 'snapshot-heist', day: 20 },
    { name: 'gpu-miner', day: 22 },
  ] as const;
  const records = [...organisation({ seed: 1, accounts: 2, days: 25, noise: 0, attacks }).records()];
  for (let from = 0; from < records.length; from += 100)
    await detect({ ...stores, policy }, records.slice(from, from + 100));

  const bySort = Map.groupBy(items(), ({ pk }) => String(pk).slice(0, 1));
  expect([...bySort.keys()].sort()).toEqual(Object.keys(SORTS).sort());
  for (const [sort, own] of bySort) {
    const small = own.filter((item) => itemBytes(item) < USUAL).length;
    expect(small / own.length, SORTS[sort as keyof typeof SORTS]).toBeGreaterThan(0.95);
    expect(Math.max(...own.map(itemBytes))).toBeLessThan(200_000);
  }
});
