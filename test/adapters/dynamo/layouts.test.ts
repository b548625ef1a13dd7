import { BatchWriteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoHistory } from '../../../adapters/dynamo/history.ts';
import { dynamoVerdicts } from '../../../adapters/dynamo/verdicts.ts';
import { type DetectDeps, detect } from '../../../app/detect.ts';
import { findingsIn } from '../../../app/findings-in.ts';
import { definition } from '../../../core/definition.ts';
import { defaultPolicy as policy } from '../../../core/policy/policy.ts';
import { fromCloudTrail } from '../../../core/records/cloudtrail/cloudtrail.ts';
import { countingDynamo } from '../../../measure/bench/counting-dynamo.ts';
import { smallOrganisation } from '../../organisation.ts';

type Item = Record<string, unknown>;

/** The layout after ours: packed bytes with the next number, and sheets that are packed, too. */
const FUTURE = 3;
const toFuture = (item: Item): Item => ({
  ...item,
  ...(item.b instanceof Uint8Array && { b: Buffer.concat([Buffer.of(FUTURE), item.b.subarray(1)]) }),
  ...('s' in item && typeof item.s === 'object' && { s: Buffer.from(JSON.stringify(item.s)) }),
});
const toOurs = (item: Item): Item => ({
  ...item,
  ...(item.b instanceof Uint8Array && { b: Buffer.concat([Buffer.of(2), item.b.subarray(1)]) }),
  ...(item.s instanceof Uint8Array && { s: JSON.parse(Buffer.from(item.s).toString()) }),
});

/** A later version's way to the tables: it reads both layouts, and writes the later one, or, in the first of two steps, ours. */
function later(client: DynamoDBDocumentClient, writes: 'ours' | 'the later one'): DynamoDBDocumentClient {
  const plain = client.send.bind(client) as unknown as (command: object) => Promise<Item>;
  const send = async (command: object): Promise<Item> => {
    if (writes === 'the later one' && command instanceof PutCommand)
      command.input.Item = toFuture(command.input.Item ?? {});
    if (writes === 'the later one' && command instanceof BatchWriteCommand)
      for (const requests of Object.values(command.input.RequestItems ?? {}))
        for (const { PutRequest } of requests)
          if (PutRequest) PutRequest.Item = toFuture(PutRequest.Item ?? {});
    const answer = await plain(command);
    const responses = answer.Responses as Record<string, Item[]> | undefined;
    return {
      ...answer,
      ...(Array.isArray(answer.Items) && { Items: answer.Items.map(toOurs) }),
      ...(responses && {
        Responses: Object.fromEntries(
          Object.entries(responses).map(([name, items]) => [name, items.map(toOurs)]),
        ),
      }),
    };
  };
  return { send } as unknown as DynamoDBDocumentClient;
}

const byId = <T extends { readonly id: string }>(all: readonly T[]): T[] =>
  all.toSorted((a, b) => (a.id < b.id ? -1 : 1));

const records = [...smallOrganisation(3), ...smallOrganisation(12)];
const meant = byId(
  definition(
    records.flatMap((record) => {
      const read = fromCloudTrail(record);
      return read.ok ? [read.activity] : [];
    }),
    policy,
  ),
);

/** Functions of both versions at work on the same tables. */
function deployment(writes: 'ours' | 'the later one') {
  const { client } = countingDynamo();
  const passedOver: string[] = [];
  const at = (through: DynamoDBDocumentClient): DetectDeps => {
    const options = { onUnreadable: (reason: string) => void passedOver.push(reason) };
    return {
      history: dynamoHistory(through, 'history', options),
      verdicts: dynamoVerdicts(through, 'findings', options),
      policy,
    };
  };
  return { older: at(client), newer: at(later(client, writes)), passedOver };
}

/** Judges all records, each by whichever is chosen for it; which have failed. */
async function judgeAll(choose: (index: number) => DetectDeps): Promise<string[]> {
  const failed: string[] = [];
  for (const [index, record] of records.entries())
    for (const outcome of await detect(choose(index), [record]))
      if (outcome.status === 'failed') failed.push(outcome.error);
  return failed;
}

describe('two versions at work on the same tables', () => {
  it('end as the definition says, where the newer one as yet writes what the older one reads', async () => {
    const { older, newer, passedOver } = deployment('ours');
    expect(await judgeAll((index) => (index % 2 === 0 ? older : newer))).toEqual([]);
    expect(passedOver).toEqual([]);
    for (const { verdicts } of [older, newer])
      expect(byId(await findingsIn(verdicts, policy))).toEqual(meant);
  });

  it('upgrade: the newer one goes on from what the older one wrote', async () => {
    const { older, newer, passedOver } = deployment('the later one');
    const first = records.length / 4;
    expect(await judgeAll((index) => (index < first ? older : newer))).toEqual([]);
    expect(passedOver).toEqual([]);
    expect(byId(await findingsIn(newer.verdicts, policy))).toEqual(meant);
  });

  it('roll back without two steps: the older one passes over what it cannot read, says so, and fails no record', async () => {
    const { older, newer, passedOver } = deployment('the later one');
    const first = records.length / 4;
    expect(await judgeAll((index) => (index < first ? newer : older))).toEqual([]);
    expect(passedOver.length).toBeGreaterThan(10);
    expect(passedOver.join('\n')).toContain('it has layout 3 and this version reads layout 2');
  });

  it('side by side: neither fails a record, and judged once more by the newer one all is as the definition says', async () => {
    const { older, newer, passedOver } = deployment('the later one');
    expect(await judgeAll((index) => (index % 2 === 0 ? older : newer))).toEqual([]);
    expect(passedOver.length).toBeGreaterThan(10);
    expect(await judgeAll(() => newer)).toEqual([]);
    expect(byId(await findingsIn(newer.verdicts, policy))).toEqual(meant);
  });

  it('keep what the newer one has learnt: the older one does not write over a sheet that it cannot read', async () => {
    const { older, newer } = deployment('the later one');
    await judgeAll(() => newer);
    const account = fromCloudTrail(records[0]);
    if (!account.ok) throw new Error(account.reason);
    const scopes = [`account#${account.activity.account}`];
    const sheets = async () => (await newer.history.around(scopes, [], account.activity.at)).sheets;
    const before = await sheets();
    expect(before.size).toBe(1);
    await judgeAll(() => older);
    expect(await sheets()).toEqual(before);
  });
});
