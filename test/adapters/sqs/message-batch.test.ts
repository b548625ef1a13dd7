import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import {
  failedMessages,
  limitsOf,
  readMessages,
  type Work,
  type Worked,
  workOff,
} from '../../../adapters/sqs/message-batch.ts';
import type { RecordOutcome } from '../../../app/detect.ts';
import type { Reopening } from '../../../app/reopening.ts';
import type { SkipReason } from '../../../core/records/cloudtrail/cloudtrail.ts';

const record = (eventID: string) => ({
  eventID,
  eventName: 'RunInstances',
  eventSource: 'ec2.amazonaws.com',
});
const envelope = (...ids: string[]) =>
  ids.length === 1
    ? { 'detail-type': 'AWS API Call via CloudTrail', detail: record(ids[0] ?? '') }
    : { Records: ids.map(record) };

const message = (messageId: string, body: unknown, received = 1): SQSRecord => ({
  messageId,
  receiptHandle: '',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: String(received),
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

const judged = (id: string): RecordOutcome => ({
  status: 'judged',
  id,
  at: 0,
  account: '111122223333',
  region: 'eu-west-1',
});
const FAILED: RecordOutcome = { status: 'failed', error: 'the table is gone' };
const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

const idOf = (given: unknown): string => (given as { eventID: string }).eventID;

/** What is done with messages, noted; late after so many pieces of work, failing at records of these ids. */
function working(lateAfter = Number.POSITIVE_INFINITY, failing: readonly string[] = []) {
  const begun: (readonly string[])[] = [];
  const work: Work = {
    judge: async (records) => {
      begun.push(records.map(idOf));
      return records.map((each) => (failing.includes(idOf(each)) ? FAILED : judged(idOf(each))));
    },
    judgeAgain: async (waiting) => {
      begun.push(waiting.map(({ kind }) => kind));
      if (failing.includes('again')) throw new Error('the table is gone');
    },
    isLate: () => begun.length >= lateAfter,
  };
  return { begun, work };
}

const waiting: Reopening[] = [
  { kind: 'subjects', account: '111122223333', prefix: 'AROA', from: 1, to: 2 },
  { kind: 'timeline', subject: 'snap-1', from: 1, to: 2, onwards: 1 },
];
const reopen = { kind: 'reopen', waiting };

describe('a batch of messages', () => {
  it('gives the record inside each envelope', () => {
    const [one] = readMessages([message('a', envelope('1'))]);
    expect(one).toEqual({ id: 'a', records: [record('1')], waiting: [], repeated: false });
  });

  it('gives the judgements that were put off', () => {
    const [one] = readMessages([message('a', reopen)]);
    expect(one).toEqual({ id: 'a', records: [], waiting, repeated: false });
  });

  it('takes no record for put-off judgements, whatever is in it', async () => {
    const detail = { ...record('1'), requestParameters: reopen, kind: 'reopen', waiting };
    for (const body of [{ detail }, detail, { ...envelope('1'), kind: 'reopen', waiting }]) {
      const [one] = readMessages([message('a', body)]);
      expect([one?.waiting, one?.records.length]).toEqual([[], 1]);
    }
  });

  it.each([
    ['no JSON', 'no JSON'],
    ['nothing', ''],
    ['an empty list', []],
    ['null', 'null'],
    ['a number', '7'],
    ['a detail that is no object', { detail: 'x' }],
    ['put-off judgements that are none', '{"kind":"reopen","waiting":7}'],
  ])('with %s is not done with', async (_, body) => {
    const { work } = working();
    const messages = readMessages([message('bad', body), message('good', envelope('1'))]);
    const judge: Work['judge'] = async (records) =>
      records.map((each) =>
        typeof each === 'object' && each !== null && 'eventID' in each
          ? judged(String(each.eventID))
          : { status: 'skipped', reason: 'no-event' },
      );
    expect(failedMessages(await workOff(messages, { ...work, judge }))).toEqual(failures('bad'));
  });

  it('is judged together, but each message that comes again by itself and last of all records', async () => {
    const { begun, work } = working();
    const messages = readMessages([
      message('a', envelope('1', '2'), 2),
      message('b', reopen),
      message('c', envelope('3')),
      message('d', envelope('4'), 5),
      message('e', envelope('5', '6')),
    ]);
    expect(failedMessages(await workOff(messages, work))).toEqual(failures());
    expect(begun).toEqual([['3', '5', '6'], ['1', '2'], ['4'], ['subjects', 'timeline']]);
  });

  it('has what was put off judged again together, but each that comes again by itself', async () => {
    const { begun, work } = working(undefined, ['again']);
    const messages = readMessages([
      message('a', reopen),
      message('b', { kind: 'reopen', waiting: waiting.slice(1) }),
      message('c', reopen, 2),
    ]);
    const alone = ['subjects', 'timeline'];
    expect(failedMessages(await workOff(messages, work))).toEqual(failures('a', 'b', 'c'));
    expect(begun).toEqual([[...alone, 'timeline'], alone]);
  });

  it('is handed back as far as it was not begun when time ran out, but for what was put off', async () => {
    const messages = readMessages([
      message('a', reopen),
      message('b', envelope('1'), 2),
      message('c', envelope('2'), 2),
      message('d', envelope('3')),
    ]);
    const { begun, work } = working(2);
    expect(failedMessages(await workOff(messages, work))).toEqual(failures('c'));
    expect(begun).toEqual([['3'], ['1'], ['subjects', 'timeline']]);
  });

  it('fails the messages of which a record failed, and only those', async () => {
    const messages = readMessages([
      message('a', envelope('1', '2')),
      message('b', envelope('3')),
      message('c', envelope('4', '5')),
    ]);
    const failing = async (...ids: string[]) =>
      failedMessages(await workOff(messages, working(Number.POSITIVE_INFINITY, ids).work));
    expect(await failing('2')).toEqual(failures('a'));
    expect(await failing('3', '5')).toEqual(failures('b', 'c'));
  });

  it('fails put-off judgements that could not be made, and says why', async () => {
    const { work } = working(Number.POSITIVE_INFINITY, ['again']);
    const worked = await workOff(readMessages([message('a', reopen), message('b', envelope('1'))]), work);
    expect(failedMessages(worked)).toEqual(failures('a'));
    expect(worked[0]?.problem).toContain('the table is gone');
  });

  it('fails a message whose record names another account than its envelope, and no other', () => {
    const from = (account: string, recipientAccountId: string) => ({
      account,
      detail: { ...record('1'), recipientAccountId },
    });
    const [own, forged] = readMessages([
      message('a', from('111122223333', '111122223333')),
      message('b', from('111122223333', '444455556666')),
    ]);
    expect(own?.problem).toBeUndefined();
    expect(forged).toMatchObject({
      records: [],
      problem: '$ is of another account than EventBridge says it is from',
    });
  });

  it('is done with what was skipped for a reason of its own, and not with what could not be read', () => {
    const skipped = (reason: SkipReason): Worked => ({
      id: reason,
      outcomes: [{ status: 'skipped', reason }],
    });
    const done = ['not-watched', 'read-only', 'own-action', 'no-effect'] as const;
    const unread = ['no-event', 'not-an-object', 'no-time', 'no-account', 'unreadable'] as const;
    expect(failedMessages([...done, ...unread].map(skipped))).toEqual(failures(...unread));
  });
});

describe('the time of an invocation', () => {
  it.each([
    [60_000, 45_000],
    [40_000, 25_000],
    [20_000, 15_000],
  ])('that has %i ms ends for judging again at %i ms left, and for records at 15 s', (begin, end) => {
    let left = begin;
    const { isLate, isLong } = limitsOf(() => left);
    const isOver = (ms: number) => {
      left = ms;
      return [isLong(), isLate()];
    };
    expect(isOver(begin)).toEqual([false, false]);
    expect(isOver(end)).toEqual([false, false]);
    expect(isOver(end - 1)).toEqual([true, end === 15_000]);
    expect(isOver(14_999)).toEqual([true, true]);
  });
});
