import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { type DetectDeps, detect } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { judgeKept, type ReadCounts, readTrail, type TrailObjects } from '../../app/seed.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { definition } from '../../core/definition.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { smallOrganisation } from '../organisation.ts';

const ALL = { from: 0, until: Number.MAX_SAFE_INTEGER };

/** A bucket with the files of a trail, and one for what is kept of them. */
function buckets(files: readonly (readonly unknown[])[]) {
  const kept = new Map<string, readonly Activity[]>();
  const noted = new Map<string, ReadCounts>();
  const objects: TrailObjects = {
    records: async (key) => ({ records: files[Number(key)] ?? [] }),
    keep: async (name, activities) => void kept.set(name, activities),
    kept: async (key) => kept.get(key) ?? [],
    note: async (name, counts) => void noted.set(name, counts),
  };
  return { objects, kept, noted, keys: files.map((_, index) => String(index)) };
}

const filesOf = (records: readonly unknown[], each: number): unknown[][] =>
  Array.from({ length: Math.ceil(records.length / each) }, (_, index) =>
    records.slice(index * each, (index + 1) * each),
  );

const inGroups = <T>(all: readonly T[], each: number): T[][] => filesOf(all, each) as T[][];

const fresh = (): DetectDeps => ({ history: memoryHistory(), verdicts: memoryVerdicts(), policy });

const findings = async (deps: DetectDeps) =>
  (await findingsIn(deps.verdicts, policy)).sort((a, b) => (a.id < b.id ? -1 : 1));

describe('a seed by a distributed map', () => {
  it('ends as one after the other does, and as the definition says, whatever is read and judged together, in parallel and again', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 15 }),
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat()),
        async (seed, perFile, perCall, dice) => {
          const records = [...smallOrganisation(seed)];
          const sequential = fresh();
          for (const record of records) await detect(sequential, [record]);
          const shuffled = <T>(all: readonly T[]): T[] =>
            all
              .map((each) => ({ each, key: dice.next().value ?? 0 }))
              .sort((a, b) => a.key - b.key)
              .map(({ each }) => each);

          const { objects, kept, keys } = buckets(filesOf(records, perFile));
          const calls = inGroups(keys, perCall);
          const again = calls.filter((_, index) => index % 3 === 0);
          await Promise.all(
            shuffled([...calls, ...again]).map((each) => readTrail(objects, shuffled(each), ALL)),
          );
          const parallel = fresh();
          const parts = shuffled(inGroups([...kept.keys()], perCall));
          await Promise.all(
            [...parts, ...parts.slice(0, 2)].map((part) => judgeKept(parallel, objects, part)),
          );

          const activities = records.flatMap((record) => {
            const read = fromCloudTrail(record);
            return read.ok ? [read.activity] : [];
          });
          const expected = definition(activities, policy).sort((a, b) => (a.id < b.id ? -1 : 1));
          expect(await findings(parallel)).toEqual(await findings(sequential));
          expect(await findings(parallel)).toEqual(expected);
          const scopes = [...new Set(activities.map(({ account }) => `account#${account}`))];
          const last = Math.max(...activities.map(({ at }) => at));
          const sheets = async ({ history }: DetectDeps) =>
            [...(await history.around(scopes, [], last)).sheets.values()].map(({ value }) => value);
          expect(await sheets(parallel)).toEqual(await sheets(sequential));
          found += expected.length;
        },
      ),
      { numRuns: Number(process.env.LAUNCHTRAIL_RUNS ?? 25) },
    );
    expect(found).toBeGreaterThan(10);
  }, 300_000);

  it('keeps what is wanted, by day, and counts what it could not read', async () => {
    const records = [...smallOrganisation(5)];
    const broken = { ...records[0], eventTime: 'yesterday' };
    const { objects, kept, noted, keys } = buckets([records, [broken]]);
    const counts = await readTrail(objects, keys, ALL);
    expect(counts).toMatchObject({ objects: 2, records: records.length + 1, unread: 1, damaged: [] });
    expect([...noted.values()]).toEqual([counts]);
    for (const [name, activities] of kept)
      for (const { at } of activities)
        expect(name.startsWith(new Date(at).toISOString().slice(0, 10))).toBe(true);
    const all = [...kept.values()].flat();
    expect(all).toHaveLength(counts.activities);
    const [account] = all.map((each) => each.account);
    const until = all.map(({ at }) => at).sort()[Math.floor(all.length / 2)] ?? 0;
    const some = buckets([records]);
    await readTrail(some.objects, some.keys, { from: 0, until, accounts: [account ?? ''] });
    const chosen = [...some.kept.values()].flat();
    expect(chosen).toHaveLength(all.filter((each) => each.at < until && each.account === account).length);
    expect(chosen.length).toBeLessThan(all.length);
  });

  it('names an object that is damaged and reads the others, and what of it can be read', async () => {
    const records = [...smallOrganisation(5)];
    const { objects, kept, keys } = buckets([records, []]);
    const damaged: TrailObjects = {
      ...objects,
      records: async (key) => ({
        ...(await objects.records(key)),
        ...(key === '1' && { damage: 'unexpected end of file' }),
      }),
    };
    const counts = await readTrail(damaged, keys, ALL);
    expect(counts).toMatchObject({ objects: 2, damaged: ['1: unexpected end of file'] });
    expect([...kept.values()].flat()).toHaveLength(counts.activities);
    expect(counts.activities).toBeGreaterThan(0);
  });

  it('fails where something could not be judged, so that it is tried again', async () => {
    const { objects, kept, keys } = buckets([[...smallOrganisation(5)]]);
    await readTrail(objects, keys, ALL);
    const deps = fresh();
    const broken = {
      ...deps,
      history: {
        ...deps.history,
        remember: async () => {
          throw new Error('the table is out of reach');
        },
      },
    };
    await expect(judgeKept(broken, objects, [...kept.keys()])).rejects.toThrow('the table is out of reach');
  });
});
