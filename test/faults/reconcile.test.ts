import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { ledger } from '../../adapters/dynamo/notes.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { detect, detectActivities, Observation } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { GRACE, type Kept, type ReconcileDeps, reconcile, type Sweep } from '../../app/reconcile.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { countingDynamo } from '../../measure/bench/counting-dynamo.ts';
import { inventoryOf, lookupOf, type Region, TARGET } from '../app/reconcile-world.ts';
import { anActivity, HOUR, NOW } from '../builders.ts';
import { cloudTrailRecord } from '../core/records/cloudtrail-record.ts';
import { started } from '../fixtures/signals/cases.ts';
import { aSeenInstance } from '../seen.ts';
import { FAULTS, type Fault, type FaultyClient, faultyClient, type Lasting } from './faulty-client.ts';

/** All of them where `LAUNCHTRAIL_RUNS` is set; in a usual run every so many, another one of each fault. */
const STRIDE = process.env.LAUNCHTRAIL_RUNS === undefined ? 7 : 1;
/** Schedules that it takes at the most until all trouble is over. */
const MAX_TRIES = 6;

/** A call to EC2, CloudTrail or SQS, so that trouble may befall it like any call to DynamoDB. */
class Call {
  readonly input = {};
  readonly run: () => Promise<unknown>;
  constructor(run: () => Promise<unknown>) {
    this.run = run;
  }
}

interface Trouble {
  readonly call: number;
  readonly fault: Fault;
  readonly lasting: Lasting;
}

const seen = (serial: number, more: Parameters<typeof aSeenInstance>[0] = {}) =>
  aSeenInstance({ id: `i-0000000000000000${serial}`, reservation: `r-0000000000000000${serial}`, ...more });
const record = (change: object): object =>
  cloudTrailRecord({ eventTime: new Date(NOW + 2_000).toISOString(), ...change });
const asked = (count: number) => ({
  instanceType: 'm7g.large',
  clientToken: 'token-1',
  instancesSet: { items: [{ imageId: 'ami-00000000000000001', minCount: count, maxCount: count }] },
});

const [known, dropped, strange] = [seen(1), seen(2), seen(3)];
const cut = [4, 5].map((serial) =>
  seen(serial, { reservation: 'r-00000000000000009', clientToken: 'token-1' }),
);
const region = (): Region => ({
  instances: [known, dropped, strange, ...cut],
  records: [
    record({
      eventID: '00000000-0000-4000-8000-000000000002',
      requestParameters: asked(1),
      responseElements: { instancesSet: { items: [{ instanceId: dropped?.id }] } },
    }),
    record({
      eventID: '00000000-0000-4000-8000-000000000004',
      requestParameters: asked(2),
      responseElements: { omitted: true },
    }),
    record({
      eventID: '00000000-0000-4000-8000-000000000001',
      eventName: 'ModifyInstanceAttribute',
      eventTime: new Date(NOW + 1.5 * HOUR).toISOString(),
      requestParameters: {
        instanceId: known?.id,
        groupSet: { items: [{ groupId: 'sg-00000000000000009' }] },
      },
      responseElements: { _return: true },
    }),
  ],
});
/** One changes by a call whose record is found, another without any. */
const later = [
  { ...known, groups: ['sg-00000000000000001', 'sg-00000000000000009'] },
  dropped,
  { ...strange, userData: 'other', started: NOW + DAY / 24 },
  ...cut,
] as Region['instances'];

/** The account has been watched for twenty days, and one record has come. */
const before = [
  anActivity({ at: NOW - 20 * DAY, kind: 'key-pair.create' }),
  started({}, { at: NOW }, known?.id),
];

/** Looks three times at the Region, each as often as its trouble makes it, and has what was sent judged. */
async function run(trouble?: Trouble): Promise<{ first: FaultyClient; findings: FindingRecord[] }> {
  const { client: dynamo } = countingDynamo();
  const send = async (command: object): Promise<unknown> =>
    command instanceof Call ? command.run() : (dynamo.send as (command: object) => Promise<unknown>)(command);
  const real = { send } as unknown as DynamoDBDocumentClient;
  const stores = {
    history: dynamoHistory(real, 'history'),
    verdicts: dynamoVerdicts(real, 'findings'),
    policy,
  };
  await detectActivities(stores, before);
  const aws = region();
  const sent: unknown[] = [];
  const clock = { at: NOW + HOUR };
  const depsOf = ({ client }: FaultyClient): ReconcileDeps => {
    const call = <T>(run: () => Promise<T>): Promise<T> =>
      (client.send as unknown as (command: object) => Promise<T>)(new Call(run));
    const inventory = inventoryOf(aws);
    const events = lookupOf(aws);
    return {
      history: dynamoHistory(client, 'history'),
      kept: ledger<Kept>(client, 'history', 'B'),
      sweeps: ledger<Sweep>(client, 'history', 'B'),
      inventory: {
        page: (cursor) => call(() => inventory.page(cursor)),
        reservation: (id) => call(() => inventory.reservation(id)),
        userData: (id) => call(() => inventory.userData(id)),
        regions: () => call(() => inventory.regions()),
      },
      events: { page: (lookup, cursor) => call(() => events.page(lookup, cursor)) },
      seen: {
        send: ({ activities = [], records = [] }) =>
          call(async () => {
            sent.push(...structuredClone(activities).map((each) => new Observation(each)), ...records);
          }),
      },
      now: () => clock.at,
      isLate: () => false,
    };
  };
  const first = trouble
    ? faultyClient(real, trouble.call, trouble.fault, trouble.lasting)
    : faultyClient(real);
  let worker = first;
  const look = async (): Promise<void> => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const looked = await reconcile(depsOf(worker), TARGET).catch(() => undefined);
      await worker.batchIsOver();
      const dead = worker.dead();
      if (dead) worker = faultyClient(real);
      if (!dead && looked?.done && looked.failed.length === 0) return;
    }
    throw new Error(`the look did not end in ${MAX_TRIES} tries`);
  };
  await look();
  aws.instances = later;
  clock.at = NOW + 2 * HOUR;
  await look();
  clock.at += 2 * GRACE;
  await look();
  await detect(stores, sent);
  return { first, findings: byId(await findingsIn(stores.verdicts, policy)) };
}

const byId = (findings: readonly FindingRecord[]): FindingRecord[] =>
  findings.toSorted((a, b) => (a.id < b.id ? -1 : 1));

function* troubles(calls: number): Generator<Trouble> {
  for (const fault of FAULTS) {
    for (let call = 0; call < calls; call += 1) {
      yield { call, fault, lasting: 'for one call' };
      yield { call, fault, lasting: 'until the batch is given back' };
    }
  }
}

describe('an inventory', () => {
  it('ends in the same findings whatever befalls any one of its calls to EC2, CloudTrail, SQS or DynamoDB', async () => {
    const { first, findings: expected } = await run();
    const signals = expected.flatMap(({ members }) =>
      members.flatMap(({ evidence }) => evidence.map(({ signal }) => signal)),
    );
    expect(signals).toEqual(expect.arrayContaining(['unrecorded-launch', 'unrecorded-change']));
    // of the cut launch two instances, once
    const launches = expected.flatMap(({ members }) =>
      members.flatMap(({ activity }) => activity.launch?.count ?? []),
    );
    expect(launches).toContain(2);

    let runs = 0;
    let struck = 0;
    const wrong: string[] = [];
    for (const [index, trouble] of [...troubles(first.calls())].entries()) {
      if (index % STRIDE !== 0) continue;
      runs += 1;
      try {
        const { first: worker, findings } = await run(trouble);
        if (worker.struck()) struck += 1;
        expect(findings).toEqual(expected);
      } catch (error) {
        wrong.push(`${JSON.stringify(trouble)}: ${String(error).slice(0, 600)}`);
      }
    }
    console.log(first.calls(), 'calls', runs, 'runs', struck, 'struck', wrong.length, 'wrong');
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(struck).toBeGreaterThan(runs / 2);
  }, 900_000);
});
