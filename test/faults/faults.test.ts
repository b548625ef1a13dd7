import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { countingDynamo } from '../../measure/bench/counting-dynamo.ts';
import {
  deliver,
  inShort,
  meant,
  type Outcome,
  outcomeIn,
  SendMessage,
  settle,
  type Tables,
  type Trouble,
} from './delivery.ts';
import { FAULTS, type FaultyClient, faultyClient } from './faulty-client.ts';
import { PUT_OFF, STORIES, type Story } from './stories.ts';

/** All of them where `LAUNCHTRAIL_RUNS` is set; in a usual run every so many, another one of each fault. */
const STRIDE = process.env.LAUNCHTRAIL_RUNS === undefined ? 29 : 1;

interface Run {
  readonly first: FaultyClient;
  readonly outcome: Outcome;
  /** Messages of what was put off. */
  readonly messages: number;
}

async function run(story: Story, trouble?: Trouble): Promise<Run> {
  const { client: dynamo, items } = countingDynamo();
  const sent: string[] = [];
  let messages = 0;
  const send = async (command: object): Promise<object> => {
    if (!(command instanceof SendMessage))
      return (dynamo.send as (command: object) => Promise<object>)(command);
    sent.push(command.body);
    messages += 1;
    return {};
  };
  const client = { send } as unknown as DynamoDBDocumentClient;
  const tables: Tables = {
    history: 'history',
    findings: 'findings',
    items: async () => items(),
    takeSent: () => sent.splice(0),
  };
  await settle(client, tables, story);
  const start = (isFirst: boolean): FaultyClient =>
    isFirst && trouble !== undefined
      ? faultyClient(client, trouble.call, trouble.fault, trouble.lasting)
      : faultyClient(client);
  const first = await deliver(start, tables, story, trouble?.again ?? 'at once');
  return { first, outcome: await outcomeIn(client, tables), messages };
}

/** One of each fault at every call: a failure of one call or of all until the batch is given back, back at once or a day later. */
function* troubles(calls: number): Generator<Trouble> {
  for (const fault of FAULTS) {
    for (let call = 0; call < calls; call += 1) {
      yield { call, fault, lasting: 'for one call', again: 'at once' };
      yield { call, fault, lasting: 'until the batch is given back', again: 'at once' };
      yield { call, fault, lasting: 'until the batch is given back', again: 'after all the others' };
    }
  }
}

describe.each([...STORIES, PUT_OFF])('$name', (story) => {
  it('ends the same whatever befalls any one call to DynamoDB or SQS', async () => {
    const { first, outcome: expected, messages } = await run(story);
    expect(expected.findings).toEqual(meant(story));
    expect(expected.findings.length).toBeGreaterThan(0);
    expect(expected.astray).toEqual([]);
    expect(messages > 0).toBe(story.late === true);

    let runs = 0;
    let struck = 0;
    const wrong: string[] = [];
    for (const [index, trouble] of [...troubles(first.calls())].entries()) {
      if (index % STRIDE !== 0) continue;
      const { first: worker, outcome } = await run(story, trouble);
      runs += 1;
      if (!worker.struck()) continue;
      struck += 1;
      // a verdict that DynamoDB takes only short says the same, in fewer words
      const said = trouble.fault === 'refused for its size' ? inShort : (all: Outcome) => all;
      try {
        expect(said(outcome)).toEqual(said(expected));
      } catch (error) {
        wrong.push(`${JSON.stringify(trouble)}: ${String(error).slice(0, 600)}`);
      }
    }
    console.log(story.name, first.calls(), 'calls', runs, 'runs', struck, 'struck', wrong.length, 'wrong');
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(struck).toBeGreaterThan(runs / 2);
  }, 900_000);
});
