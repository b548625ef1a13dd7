import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { verdictItem } from '../../../adapters/dynamo/items.ts';
import { handleChanges } from '../../../adapters/dynamo/verdict-changes.ts';
import type { Done, VerdictChange } from '../../../app/changes.ts';
import type { Assessment } from '../../../core/findings/finding.ts';
import { activityOf, largeVerdict, verdictOf } from '../../contract/documents.ts';

/** An image as Lambda hands it over: binary values as base64 text. */
const image = (verdict: Assessment, version: number) =>
  JSON.parse(
    JSON.stringify(marshall(verdictItem(verdict, version)), (_, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('base64') : value,
    ),
  );

const change = (sequence: string, after?: unknown, before?: unknown): DynamoDBRecord =>
  ({
    eventName: 'MODIFY',
    dynamodb: {
      SequenceNumber: sequence,
      ...(after !== undefined && { NewImage: after }),
      ...(before !== undefined && { OldImage: before }),
    },
  }) as DynamoDBRecord;

const OK: Done = { ok: true };
const failed = (message: string): Done => ({ ok: false, error: new Error(message) });
const items = (...sequences: string[]) => ({
  batchItemFailures: sequences.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a batch of changes of verdicts', () => {
  const small = verdictOf(activityOf({ id: 'small' }));
  const large = largeVerdict(20, 5);

  it('comes as it was stored, before and after, large or small', async () => {
    const seen: VerdictChange[] = [];
    await handleChanges(
      [change('1', image(small, 1)), change('2', image(large, 2), image(small, 1))],
      async (changes) => {
        seen.push(...changes);
        return changes.map(() => OK);
      },
    );
    expect(seen).toEqual([{ after: small }, { after: large, before: small }]);
  });

  it('begins again at what failed', async () => {
    const records = ['1', '2', '3'].map((sequence) => change(sequence, image(small, 1)));
    expect(await handleChanges(records, async () => [OK, failed('SNS is away'), OK])).toEqual(items('2'));
    expect(await handleChanges(records, async () => [OK, OK, OK])).toEqual(items());
  });

  it('has nothing to say about a deletion', async () => {
    const records = [change('1', undefined, image(small, 1)), change('2', image(small, 1))];
    const counts: number[] = [];
    const answer = await handleChanges(records, async (changes) => {
      counts.push(changes.length);
      return [failed('SNS is away')];
    });
    expect(counts).toEqual([1]);
    expect(answer).toEqual(items('2'));
  });

  it('fails an image that cannot be read without keeping the others waiting', async () => {
    const records = [
      change('1', image(small, 1)),
      change('2', { pk: { S: 'V#1#x' }, sk: { S: '0#y' } }),
      change('3', image(large, 1)),
    ];
    const seen: string[] = [];
    const answer = await handleChanges(records, async (changes) => {
      seen.push(...changes.map(({ after }) => after.activity.id));
      return changes.map(() => OK);
    });
    expect(seen).toEqual([small.activity.id, large.activity.id]);
    expect(answer).toEqual(items('2'));
  });
});
