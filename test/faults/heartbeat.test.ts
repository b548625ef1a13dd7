import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { ledger } from '../../adapters/dynamo/notes.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { detect, detectActivities, Observation } from '../../app/detect.ts';
import { findingsIn } from '../../app/findings-in.ts';
import { type Beat, hear, heardFrom, listenForSilence, tellUnheard } from '../../app/heartbeat.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { countingDynamo } from '../../measure/bench/counting-dynamo.ts';
import { ACCOUNT, anActivity, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { FAULTS, type Fault, type FaultyClient, faultyClient, type Lasting } from './faulty-client.ts';

/** All of them where `LAUNCHTRAIL_RUNS` is set; in a usual run every so many, another one of each fault. */
const STRIDE = process.env.LAUNCHTRAIL_RUNS === undefined ? 3 : 1;
/** EventBridge hands an event to a function again at most twice, where it failed or died. */
const MAX_TRIES = 3;

/** A call to SQS or SNS, so that trouble may befall it like any call to DynamoDB. */
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

const home = { account: ACCOUNT, region: 'eu-west-1' };
const silent = { account: OTHER_ACCOUNT, region: 'eu-central-1' };
const steady = { account: OTHER_ACCOUNT, region: 'us-east-1' };

/** Four hours of beats: one Region falls silent, is heard again, and falls silent once more. */
const beats: readonly Beat[] = Array.from({ length: 16 }, (_, quarter) => NOW + (quarter * HOUR) / 4).flatMap(
  (at, quarter) => [
    ...(quarter < 2 || (quarter > 7 && quarter < 10) ? [{ ...silent, at }] : []),
    { ...steady, at },
    { ...home, at },
  ],
);

async function run(
  trouble?: Trouble,
): Promise<{ first: FaultyClient; findings: FindingRecord[]; heard: Beat[] }> {
  const { client: dynamo } = countingDynamo();
  const send = async (command: object): Promise<unknown> =>
    command instanceof Call ? command.run() : (dynamo.send as (command: object) => Promise<unknown>)(command);
  const real = { send } as unknown as DynamoDBDocumentClient;
  const stores = {
    history: dynamoHistory(real, 'history'),
    verdicts: dynamoVerdicts(real, 'findings'),
    policy,
  };
  await detectActivities(
    stores,
    [home, silent].map((each) => anActivity({ ...each, at: NOW - 20 * DAY, kind: 'key-pair.create' })),
  );
  const sent: unknown[] = [];
  const first = trouble
    ? faultyClient(real, trouble.call, trouble.fault, trouble.lasting)
    : faultyClient(real);
  let worker = first;
  /** What the function does with one event. */
  const handle = async ({ client }: FaultyClient, beat: Beat): Promise<void> => {
    const call = <T>(run: () => Promise<T>): Promise<T> =>
      (client.send as unknown as (command: object) => Promise<T>)(new Call(run));
    const deps = {
      beats: ledger<Beat>(client, 'history', 'H'),
      seen: {
        send: ({ activities = [] }: { activities?: readonly Observation['activity'][] }) =>
          call(
            async () => void sent.push(...structuredClone(activities).map((each) => new Observation(each))),
          ),
      },
      now: () => beat.at,
    };
    await hear(deps, beat);
    if (beat.account !== home.account) return;
    await listenForSilence(deps);
    if ((await call(async () => 0)) === 0) await tellUnheard(deps, home, 'alerts');
  };
  for (const beat of beats) {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const done = await handle(worker, beat).then(
        () => true,
        () => false,
      );
      await worker.batchIsOver();
      const dead = worker.dead();
      if (dead) worker = faultyClient(real);
      if (done && !dead) break;
    }
  }
  await detect(stores, sent);
  const findings = await findingsIn(stores.verdicts, policy);
  const heard = await heardFrom({ beats: ledger<Beat>(real, 'history', 'H') });
  return { first, findings: findings.sort((a, b) => (a.id < b.id ? -1 : 1)), heard: [...heard] };
}

function* troubles(calls: number): Generator<Trouble> {
  for (const fault of FAULTS)
    for (let call = 0; call < calls; call += 1)
      for (const lasting of ['for one call', 'until the batch is given back'] as const)
        yield { call, fault, lasting };
}

describe('heartbeats', () => {
  it('end in the same findings and notes whatever befalls any one call to DynamoDB, SQS or SNS', async () => {
    const { first, findings: expected, heard } = await run();
    const members = expected.flatMap((finding) => finding.members);
    const silences = members.filter(({ activity }) => activity.region === silent.region);
    expect(silences).toHaveLength(2);
    expect(members.length).toBeGreaterThan(2);

    let runs = 0;
    let struck = 0;
    const wrong: string[] = [];
    for (const [index, trouble] of [...troubles(first.calls())].entries()) {
      if (index % STRIDE !== 0) continue;
      runs += 1;
      try {
        const outcome = await run(trouble);
        if (outcome.first.struck()) struck += 1;
        expect(outcome.findings).toEqual(expected);
        expect(outcome.heard).toEqual(heard);
      } catch (error) {
        wrong.push(`${JSON.stringify(trouble)}: ${String(error).slice(0, 600)}`);
      }
    }
    console.log(first.calls(), 'calls', runs, 'runs', struck, 'struck', wrong.length, 'wrong');
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(struck).toBeGreaterThan(runs / 2);
  }, 900_000);
});
