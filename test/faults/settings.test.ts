import { createHash } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handleSettingChanges } from '../../adapters/dynamo/setting-changes.ts';
import { dynamoSettings } from '../../adapters/dynamo/settings.ts';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { announcePolicy } from '../../app/announce-policy.ts';
import { detectActivities } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { LOOK_EVERY_MS, policyInForce, policyOf } from '../../app/policy-in-force.ts';
import { inForce, pushPolicy } from '../../app/push-policy.ts';
import type { SettingsStore } from '../../app/settings.ts';
import { canonicalPolicy } from '../../core/policy/canonical.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { type CountingServer, startDynalite } from '../dynalite.ts';
import { launchOf, policyOf as policyWith, watched } from '../fixtures/signals/cases.ts';
import { FAULTS, type Fault, faultyClient } from './faulty-client.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const aPush = (instances: number, base: number) => {
  const json = canonicalPolicy(policyWith({ rateThreshold: { instances } }));
  return {
    base,
    text: `instances ${instances}`,
    json,
    sha256: sha256(json),
    by: 'ann',
    at: 1,
    why: 'a test',
  };
};

let server: CountingServer;
beforeAll(async () => {
  server = await startDynalite();
});
afterAll(() => server?.stop());

/** Each fault at each of the first calls. */
const troubles = (calls: number): [fault: Fault, call: number][] =>
  FAULTS.flatMap((fault) => Array.from({ length: calls }, (_, call): [Fault, number] => [fault, call]));

/** What pushing does: it looks what is in force, and pushes on that. */
async function push(store: SettingsStore, instances: number): Promise<boolean> {
  const base = (await inForce(store))?.version ?? 0;
  return (await pushPolicy(store, aPush(instances, base))).ok;
}

describe('a push', () => {
  it.each(troubles(5))(
    'that meets "%s" at call %i is whole or not at all, and can be repeated',
    async (fault, call) => {
      const table = await server.makeTable();
      const store = dynamoSettings(server.client, table);
      await push(store, 100);
      const faulty = faultyClient(server.client, call, fault, 'for one call');
      const claimed = await push(dynamoSettings(faulty.client, table), 200).catch(() => undefined);
      await faulty.batchIsOver();

      const now = await inForce(store);
      const read = now && policyOf(now, now, { defaults: defaultPolicy, sha256 });
      expect(read).toMatchObject({ ok: true });
      expect(['instances 100', 'instances 200']).toContain(now?.text);
      if (claimed) expect(now?.text).toBe('instances 200');
      // one that is late may be in force by now, which whoever repeats is told
      if (now?.text === 'instances 100') expect(await push(store, 200)).toBe(true);
      expect((await inForce(store))?.text).toBe('instances 200');
    },
  );
});

const looking = (
  client: CountingServer['client'],
  table: string,
  now: () => number,
  onRejected: (reason: string) => void = () => {},
) =>
  policyInForce({
    ...{ settings: dynamoSettings(client, table), bundled: defaultPolicy, defaults: defaultPolicy },
    ...{ sha256, now, onRejected },
  });

describe('a look', () => {
  const activities = [...watched, launchOf({ count: 60 })];

  it.each(troubles(2))('that meets "%s" at call %i loses no record', async (fault, call) => {
    const table = await server.makeTable();
    const store = dynamoSettings(server.client, table);
    await push(store, 200);
    let time = 0;
    const rejected: string[] = [];
    const faulty = faultyClient(server.client, call, fault, 'for one call');
    let policyNow = looking(
      faulty.client,
      table,
      () => time,
      (reason) => rejected.push(reason),
    );
    const stores = { history: memoryHistory(), verdicts: memoryVerdicts() };
    const judge = () => detectActivities({ ...stores, policy: policyNow() }, activities);
    expect(new Set((await judge()).map(({ status }) => status))).toEqual(new Set(['judged']));
    expect(rejected.length).toBe(faulty.struck() ? 1 : 0);

    time += LOOK_EVERY_MS;
    // whoever takes the place of one that has died knows nothing
    if (faulty.dead()) policyNow = looking(server.client, table, () => time);
    const again = await judge();
    expect(new Set(again.map(({ status }) => status))).toEqual(new Set(['judged']));
    const policy = await policyNow();
    expect(policy.rateThreshold.instances).toBe(200);
    const signals = (await findingsIn(stores.verdicts, policy)).flatMap(({ members }) =>
      members.flatMap(({ evidence }) => evidence.map(({ signal }) => signal)),
    );
    expect(signals).not.toContain('launch-burst');
  });
});

describe('whoever tells of a change', () => {
  const moved = (from: string, to: string): DynamoDBRecord => ({
    eventName: 'MODIFY',
    dynamodb: {
      SequenceNumber: '7',
      Keys: { pk: { S: 'policy' }, sk: { S: 'current' } },
      OldImage: { v: { N: '1' }, h: { S: from } },
      NewImage: { v: { N: '2' }, h: { S: to } },
    },
  });

  it.each([...troubles(2), ['the topic refuses', 0] as const])(
    'and meets "%s" at call %i tells it when the change comes again',
    async (fault, call) => {
      const table = await server.makeTable();
      const store = dynamoSettings(server.client, table);
      await push(store, 100);
      await push(store, 200);
      const record = moved(aPush(100, 0).sha256, aPush(200, 1).sha256);
      const told: string[] = [];
      let refuses = fault === 'the topic refuses';
      const alerts = {
        async publish({ subject, body }: { subject: string; body: string }) {
          if (refuses) throw new Error('refused');
          told.push(`${subject}\n${body}`);
        },
      };
      const deps = { bundled: defaultPolicy, defaults: defaultPolicy, sha256, alerts };
      const hand = (settings: SettingsStore) =>
        handleSettingChanges([record], (change) => announcePolicy({ ...deps, settings }, change));
      const faulty =
        fault === 'the topic refuses' ? undefined : faultyClient(server.client, call, fault, 'for one call');
      const first = await hand(faulty === undefined ? store : dynamoSettings(faulty.client, table));
      const isLost = told.length === 0;
      expect(first.batchItemFailures).toEqual(isLost ? [{ itemIdentifier: '7' }] : []);
      refuses = false;
      if (isLost) expect((await hand(store)).batchItemFailures).toEqual([]);
      expect(told).toHaveLength(1);
      expect(told[0]).toContain('rateThreshold.instances: 100 → 200');
    },
  );
});
