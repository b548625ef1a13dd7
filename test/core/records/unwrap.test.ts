import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordsOf, type UnwrapDamage } from '../../../core/records/cloudtrail/unwrap.ts';
import { WRAPPINGS } from '../../../core/records/cloudtrail/wrappings/all.ts';
import { cloudTrailRecord } from './cloudtrail-record.ts';

const record = cloudTrailRecord();
const eventBridge = {
  version: '0',
  id: 'e1',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.ec2',
  detail: record,
};
const sns = { Type: 'Notification', MessageId: 'm1', Message: JSON.stringify(eventBridge) };

function damageOf(input: unknown): { records: unknown[]; damage: UnwrapDamage[] } {
  const damage: UnwrapDamage[] = [];
  return { records: recordsOf(input, WRAPPINGS, { onDamage: (one) => damage.push(one) }), damage };
}

describe('recordsOf', () => {
  it.each<[string, unknown]>([
    ['a record', record],
    ['an array', [record]],
    ['a CloudTrail file', { Records: [record] }],
    ['an EventBridge event', eventBridge],
    ['an array of EventBridge events', [eventBridge]],
    ['an SNS message', sns],
    ['an SNS message around a CloudTrail file', { Message: JSON.stringify({ Records: [record] }) }],
    ['an SNS event for Lambda', { Records: [{ EventSource: 'aws:sns', Sns: sns }] }],
    ['an SQS batch', { Records: [{ messageId: 'q1', body: JSON.stringify(eventBridge) }] }],
    ['an SQS batch of SNS messages', { Records: [{ messageId: 'q1', body: JSON.stringify(sns) }] }],
    ['received SQS messages', { Messages: [{ Body: JSON.stringify(sns) }] }],
    ['LookupEvents output', { Events: [{ EventId: 'x', CloudTrailEvent: JSON.stringify(record) }] }],
    ['one looked-up event', { EventId: 'x', CloudTrailEvent: JSON.stringify(record) }],
    ['a record as text', JSON.stringify(record)],
  ])('finds the record in %s', (_, input) => {
    expect(damageOf(input)).toEqual({ records: [record], damage: [] });
  });

  it('finds every record and keeps their order', () => {
    const other = cloudTrailRecord({ eventID: 'second' });
    expect(recordsOf([{ Records: [record, other] }, eventBridge], WRAPPINGS)).toEqual([
      record,
      other,
      record,
    ]);
  });

  it('hands on objects that are no known envelope, for the normaliser to judge', () => {
    const state = { 'detail-type': 'EC2 Instance State-change Notification', detail: { state: 'running' } };
    expect(damageOf([state, {}])).toEqual({ records: [{ state: 'running' }, {}], damage: [] });
  });

  it('tells the place of damage and keeps the rest', () => {
    const { records, damage } = damageOf({
      Records: [{ body: JSON.stringify(eventBridge) }, { body: '{"Message": ' }, 7, null],
    });
    expect(records).toEqual([record]);
    expect(damage.map(({ path }) => path)).toEqual(['$.Records[1].body', '$.Records[2]', '$.Records[3]']);
    expect(damage[0]?.message).toMatch(/^is not JSON: /);
    expect(damage[1]?.message).toBe('is a number, not a record');
  });

  it('returns damage among the records where nobody listens, so that it is counted', () => {
    expect(recordsOf([record, 'cut off', 7], WRAPPINGS)).toEqual([record, 'cut off', 7]);
  });

  it('gives up on endless wrapping instead of following it', () => {
    let wrapped: unknown = record;
    for (let layer = 0; layer < 100; layer++) wrapped = { detail: wrapped };
    const { records, damage } = damageOf(wrapped);
    expect(records).toEqual([]);
    expect(damage[0]?.message).toBe('is wrapped more than 16 layers deep');
  });

  it('never throws and loses nothing of a list, whatever JSON it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 })), (list) => {
        const { records, damage } = damageOf(list);
        const empty = list.filter(
          (value) => Array.isArray(value) || (typeof value === 'object' && value),
        ).length;
        expect(records.length + damage.length).toBeGreaterThanOrEqual(list.length - empty);
      }),
    );
  });
});
