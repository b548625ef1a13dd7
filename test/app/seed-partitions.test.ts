import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { type DetectDeps, detect } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { judgeKept, readTrail, type TrailObjects } from '../../app/seed.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { type DynamoServer, startDynalite } from '../dynalite.ts';
import { smallOrganisation } from '../organisation.ts';

const ALL = { from: 0, until: Number.MAX_SAFE_INTEGER };
/** Ways of cutting and ordering one organisation's files. */
const PARTITIONS = Number(process.env.LAUNCHTRAIL_RUNS ?? 8);

let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynalite();
});
afterAll(() => dynamo.stop());

/** All items of a table but versions, which say only how often something was written. */
async function itemsOf(TableName: string): Promise<Record<string, unknown>[]> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: dynamo.endpoint, region: 'eu-west-1', credentials });
  const all: Record<string, unknown>[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName }))
    for (const item of Items) {
      const { v: _, d, expires, ...rest } = unmarshall(item);
      // when a Region was last asked depends on what was known then; it may be too late, which finds nothing more to judge again
      all.push(String(rest.sk).startsWith('region#') ? rest : { ...rest, d, expires });
    }
  client.destroy();
  const key = ({ pk, sk }: Record<string, unknown>): string => `${pk} ${sk}`;
  return all.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

async function seeded(work: (deps: DetectDeps) => Promise<void>) {
  const [history, findings] = [await dynamo.makeTable(), await dynamo.makeTable()];
  const { client } = dynamo;
  const verdicts = dynamoVerdicts(client, findings);
  await work({ history: dynamoHistory(client, history), verdicts, policy });
  return { history: await itemsOf(history), findings: await findingsIn(verdicts, policy) };
}

describe('a seed by parts, in parallel', () => {
  // of the findings' table the findings are compared: verdicts that said something for a moment only stay there, and say nothing
  it('leaves every item of the history, and the findings, as a seed of one record after the other does, however it is cut', async () => {
    const organisations = new Map<number, Awaited<ReturnType<typeof seeded>>>();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 15 }),
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat()),
        async (seed, perFile, perCall, dice) => {
          const records = [...smallOrganisation(seed)];
          const expected =
            organisations.get(seed) ??
            (await seeded(async (deps) => {
              for (const record of records) await detect(deps, [record]);
            }));
          organisations.set(seed, expected);
          const shuffled = <T>(all: readonly T[]): T[] =>
            all
              .map((each) => ({ each, key: dice.next().value ?? 0 }))
              .sort((a, b) => a.key - b.key)
              .map(({ each }) => each);
          const inGroups = <T>(all: readonly T[], each: number): T[][] =>
            Array.from({ length: Math.ceil(all.length / each) }, (_, index) =>
              all.slice(index * each, (index + 1) * each),
            );
          const kept = new Map<string, readonly Activity[]>();
          const files = inGroups(records, perFile);
          const objects: TrailObjects = {
            records: async (key) => ({ records: files[Number(key)] ?? [] }),
            keep: async (name, activities) => void kept.set(name, activities),
            kept: async (key) => kept.get(key) ?? [],
            note: async () => {},
          };
          const actual = await seeded(async (deps) => {
            const keys = shuffled(files.map((_, index) => String(index)));
            await Promise.all(inGroups(keys, perCall).map((each) => readTrail(objects, each, ALL)));
            const parts = inGroups(shuffled([...kept.keys()]), perCall);
            await Promise.all(parts.map((part) => judgeKept(deps, objects, part)));
          });
          expect(actual.history).toEqual(expected.history);
          expect(actual.findings).toEqual(expected.findings);
        },
      ),
      {
        numRuns: PARTITIONS,
        ...(process.env.LAUNCHTRAIL_SEED && { seed: Number(process.env.LAUNCHTRAIL_SEED) }),
      },
    );
    expect([...organisations.values()].some(({ findings }) => findings.length > 0)).toBe(true);
  }, 600_000);
});
