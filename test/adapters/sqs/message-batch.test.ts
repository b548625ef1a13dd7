import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { failedMessages, readMessages } from '../../../adapters/sqs/message-batch.ts';
import type { RecordOutcome } from '../../../app/detect.ts';

const record = (eventID: string) => ({
  eventID,
  eventName: 'RunInstances',
  eventSource: 'ec2.amazonaws.com',
});
const envelope = (...ids: string[]) =>
  ids.length === 1
    ? { 'detail-type': 'AWS API Call via CloudTrail', detail: record(ids[0] ?? '') }
    : { Records: ids.map(record) };

const message = (messageId: string, body: unknown): SQSRecord => ({
  messageId,
  receiptHandle: '',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '0',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '0',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: '',
  awsRegion: 'eu-west-1',
});

const judged = (id: string): RecordOutcome => ({ status: 'judged', id, at: 0 });
const FAILED: RecordOutcome = { status: 'failed', error: 'the table is gone' };
const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a batch of messages', () => {
  it('gives the record inside each envelope', () => {
    const [one] = readMessages([message('a', envelope('1'))]);
    expect(one).toEqual({ id: 'a', records: [record('1')] });
  });

  it.each([
    ['no JSON', 'no JSON'],
    ['nothing', ''],
    ['an empty list', []],
    ['null', 'null'],
    ['a number', '7'],
    ['a detail that is no object', { detail: 'x' }],
  ])('with %s is not done with', (_, body) => {
    const messages = readMessages([message('bad', body), message('good', envelope('1'))]);
    const outcomes = messages.flatMap(({ records }) =>
      records.map(
        (r): RecordOutcome =>
          typeof r === 'object' && r !== null && 'eventID' in r
            ? judged(String(r.eventID))
            : { status: 'skipped', reason: 'no-event' },
      ),
    );
    expect(failedMessages(messages, outcomes)).toEqual(failures('bad'));
  });

  it('fails the messages of which a record failed, and only those', () => {
    const messages = readMessages([
      message('a', envelope('1', '2')),
      message('b', envelope('3')),
      message('c', envelope('4', '5')),
    ]);
    expect(failedMessages(messages, [judged('1'), FAILED, judged('3'), judged('4'), judged('5')])).toEqual(
      failures('a'),
    );
    expect(failedMessages(messages, [judged('1'), judged('2'), FAILED, judged('4'), FAILED])).toEqual(
      failures('b', 'c'),
    );
  });

  it('is done with what was skipped for a reason of its own', () => {
    const messages = readMessages([message('a', envelope('1'))]);
    expect(failedMessages(messages, [{ status: 'skipped', reason: 'not-watched' }])).toEqual(failures());
    expect(failedMessages(messages, [{ status: 'skipped', reason: 'own-action' }])).toEqual(failures());
  });

  it('fails what passed for a record and is none', () => {
    const messages = readMessages([message('a', { detail: { no: 'event' } })]);
    expect(failedMessages(messages, [{ status: 'skipped', reason: 'no-event' }])).toEqual(failures('a'));
  });
});
