import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { sqliteStores } from '../../adapters/sqlite/stores.ts';
import { findingsIn } from '../../app/findings-in.ts';
import type { VerdictStore } from '../../app/ports.ts';
import { identified } from '../../cli/load-policy.ts';
import { ocsfLines } from '../../cli/replay/render.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { isObj } from '../../core/records/cloudtrail/read.ts';
import { sorted } from '../../tell/sorted.ts';
import { launchtrail } from '../cli/desk.ts';
import { smallOrganisation } from '../organisation.ts';
import { RECORDS, RECORDS_HINT, recordFiles, recordsIn } from '../records.ts';
import { drainQueue, emptyTable, putEvents } from './pipeline.ts';
import type { TrailRecord } from './records.ts';
import { type World, worldOf } from './world.ts';

const SEEDS = [3, 17, 41];

/** moto matches no pattern inside a list, so the rules for deleted tags never fire there. */
const isTrailRecord = (record: unknown): record is TrailRecord =>
  isObj(record) && typeof record.eventSource === 'string' && record.eventName !== 'DeleteTags';

/** Projects that publish samples reuse an id for different records; an id must name one, so repeats get one of their own. */
function withOwnIds(records: readonly TrailRecord[]): TrailRecord[] {
  const seen = new Map<unknown, number>();
  return records.map((record) => {
    const count = seen.get(record.eventID) ?? 0;
    seen.set(record.eventID, count + 1);
    return count === 0 || record.eventID === undefined
      ? record
      : { ...record, eventID: `${record.eventID}-${count}` };
  });
}

const everyFinding = async (store: VerdictStore): Promise<FindingRecord[]> =>
  sorted(await findingsIn(store, defaultPolicy));

describe('the same records give the same findings on the desk and in Lambda', () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchtrail-same-'));
  let world: World;
  beforeAll(async () => {
    // The desk looks countries up in the database that comes with it, so the function must have it too.
    world = await worldOf({ response: 'off', countryDatabase: 'true' });
  });
  afterAll(async () => {
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Judges everything anew three times; Lambda gets it backwards and partly twice. */
  async function threeWays(name: string, records: readonly TrailRecord[]) {
    const input = join(folder, `${name}.jsonl`);
    writeFileSync(input, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const state = join(folder, `${name}.sqlite`);
    const memory = await launchtrail(['replay', input, '--format', 'ocsf']);
    const sqlite = await launchtrail(['replay', input, '--format', 'ocsf', '--state', state]);

    for (const table of ['StoresHistory', 'StoresFindings']) await emptyTable(world.deployed.physical(table));
    await putEvents([...records.slice(0, 20), ...records.toReversed()]);
    await drainQueue(world.queue, world.fn('detect'));
    const lambda = await inLambda();
    const stores = sqliteStores(state);
    const stored = await everyFinding(stores.verdicts);
    stores.close();
    return { memory, sqlite, stored, lambda };
  }

  const inLambda = () =>
    everyFinding(
      dynamoVerdicts(
        DynamoDBDocumentClient.from(new DynamoDBClient()),
        world.deployed.physical('StoresFindings'),
      ),
    );

  function expectSame({ memory, sqlite, stored, lambda }: Awaited<ReturnType<typeof threeWays>>): void {
    expect([memory.code, sqlite.code], memory.stderr + sqlite.stderr).toEqual([0, 0]);
    expect(lambda.length).toBeGreaterThan(0);
    expect(lambda).toEqual(stored);
    expect([...ocsfLines(lambda, identified(defaultPolicy))].join('')).toBe(memory.stdout);
    expect(sqlite.stdout).toBe(memory.stdout);
  }

  it.each(SEEDS)('of a generated organisation (seed %i)', async (seed) => {
    expectSame(await threeWays(`seed-${seed}`, [...smallOrganisation(seed)].filter(isTrailRecord)));
  });

  it.skipIf(RECORDS === undefined)(`of ${RECORDS_HINT}`, async () => {
    expectSame(await threeWays('real', withOwnIds(recordFiles().flatMap(recordsIn).filter(isTrailRecord))));
  });
});
