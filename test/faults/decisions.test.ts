import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoDecisions } from '../../adapters/dynamo/decisions.ts';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { convergeAgain } from '../../app/converge.ts';
import { detectActivities } from '../../app/detect.ts';
import { findingsIn, verdictsIn } from '../../app/findings-in.ts';
import { placeOf } from '../../app/place.ts';
import type { Reopening } from '../../app/reopening.ts';
import { applyDecision, decide, unfinished } from '../../app/triage.ts';
import { definition } from '../../core/definition.ts';
import type { Closing, Decision } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { countingDynamo } from '../../measure/bench/counting-dynamo.ts';
import { FAULTS, type Fault, type FaultyClient, faultyClient } from './faulty-client.ts';
import { STORIES } from './stories.ts';

/** All of them where `LAUNCHTRAIL_RUNS` is set; in a usual run every so many, another one of each fault. */
const STRIDE = process.env.LAUNCHTRAIL_RUNS === undefined ? 3 : 1;

/** A call to SQS, so that trouble may befall it like any call to DynamoDB. */
class Call {
  readonly input = {};
  readonly run: () => Promise<unknown>;
  constructor(run: () => Promise<unknown>) {
    this.run = run;
  }
}

const [story] = STORIES as [(typeof STORIES)[number]];
const activities = [...story.before, ...story.batches.flat()];

/** The theft itself, and not what is judged by it the next day. */
const decisionOn = (findings: readonly FindingRecord[], as: Closing): Decision => {
  const [worst] = findings.toSorted((a, b) => b.score - a.score);
  if (worst === undefined) throw new Error('nothing was found');
  return {
    ...{
      id: 'a',
      at: 1_900_000_000_000,
      as,
      finding: worst.id,
      severity: worst.severity,
      by: { name: 'ann' },
    },
    records: worst.members.slice(0, -1).map(({ activity }) => placeOf(activity)),
  };
};

/** Somebody decides while something goes wrong, and whoever comes next finishes it. */
async function run(as: Closing, call?: number, fault?: Fault) {
  const { client: dynamo } = countingDynamo();
  const send = async (command: object): Promise<unknown> =>
    command instanceof Call ? command.run() : (dynamo.send as (command: object) => Promise<unknown>)(command);
  const real = { send } as unknown as DynamoDBDocumentClient;
  const queue: Reopening[][] = [];
  const storesOf = (client: DynamoDBDocumentClient) => ({
    history: dynamoHistory(client, 'history'),
    verdicts: dynamoVerdicts(client, 'findings'),
    decisions: dynamoDecisions(client, 'findings'),
    judgeAgain: async (waiting: readonly Reopening[]): Promise<void> => {
      await (client.send as unknown as (command: Call) => Promise<unknown>)(
        new Call(async () => queue.push([...waiting])),
      );
    },
  });
  const stores = storesOf(real);
  const detect = async (): Promise<void> => {
    for (const waiting of queue.splice(0)) await convergeAgain({ ...stores, policy }, waiting);
  };
  await detectActivities({ ...stores, policy }, activities);

  const faulty: FaultyClient = faultyClient(real, call, fault, 'for one call');
  const decision = decisionOn(await findingsIn(stores.verdicts, policy), as);
  const isDone = await decide(storesOf(faulty.client), decision).then(
    () => true,
    () => false,
  );
  await faulty.batchIsOver();
  await detect();

  const kept: Decision[] = [];
  for await (const each of stores.decisions.within({ from: 0, to: decision.at })) kept.push(each);
  const left = unfinished(kept, await verdictsIn(stores.verdicts), policy);
  for (const each of left) await applyDecision(stores, each);
  await detect();
  return { faulty, decision, isDone, kept, left, findings: await findingsIn(stores.verdicts, policy) };
}

/** Nobody else has the id of a decision, so nobody can have been first with it. */
const isPossible = (call: number, fault: Fault): boolean =>
  call > 0 || fault !== 'refused because another was first';

/** A verdict that a store would not take is kept shortened; what was decided about it is not. */
const compared = (findings: readonly FindingRecord[], fault: Fault): unknown =>
  fault === 'refused for its size'
    ? byId(findings).map(({ id, triage }) => ({ id, triage }))
    : byId(findings);

const byId = (findings: readonly FindingRecord[]): FindingRecord[] =>
  findings.toSorted((a, b) => (a.id < b.id ? -1 : 1));

describe.each(['benign', 'confirmed', 'test'] as const)('a decision that something was %s', (as) => {
  it('is kept and done, or was never made, whatever befalls any one of its calls', async () => {
    const smooth = await run(as);
    expect(smooth).toMatchObject({ isDone: true, kept: [smooth.decision], left: [] });
    const calls = smooth.faulty.calls();
    const troubles = FAULTS.flatMap((fault) =>
      Array.from({ length: calls }, (_, call): [number, Fault] => [call, fault]),
    ).filter(([call, fault]) => isPossible(call, fault));
    let struck = 0;
    let finished = 0;
    const wrong: string[] = [];
    for (const [index, [call, fault]] of troubles.entries()) {
      if (index % STRIDE !== 0) continue;
      const { faulty, isDone, decision, kept, left, findings } = await run(as, call, fault);
      if (faulty.struck()) struck += 1;
      if (left.length > 0) finished += 1;
      try {
        if (isDone) expect(kept).toEqual([decision]);
        expect(compared(findings, fault)).toEqual(compared(definition(activities, policy, kept), fault));
      } catch (error) {
        wrong.push(`${fault} at call ${call}: ${String(error).slice(0, 600)}`);
      }
    }
    console.log(
      as,
      calls,
      'calls',
      struck,
      'struck',
      finished,
      'finished by the next',
      wrong.length,
      'wrong',
    );
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(struck).toBeGreaterThan(calls);
    expect(finished).toBeGreaterThan(0);
  }, 120_000);
});
