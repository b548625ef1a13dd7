import { describe, expect, it } from 'vitest';
import { fromCloudTrail } from '../../../core/records/cloudtrail/cloudtrail.ts';
import { activityOf, cloudTrailRecord, skipOf } from './cloudtrail-record.ts';

const call = (eventSource: string, eventName: string, requestParameters: object, responseElements = {}) => ({
  eventSource: `${eventSource}.amazonaws.com`,
  eventName,
  requestParameters,
  responseElements,
});

describe('a call on a part of Launchtrail', () => {
  it.each([
    [call('events', 'DisableRule', { name: 'launchtrail-ec2-calls' }), 'rule launchtrail-ec2-calls'],
    [
      call('events', 'RemoveTargets', { rule: 'Launchtrail-IngestEc2', ids: ['0'] }),
      'rule Launchtrail-IngestEc2',
    ],
    [
      call('sqs', 'DeleteQueue', { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/Launchtrail-Q' }),
      'queue Launchtrail-Q',
    ],
    [
      call('sns', 'DeleteTopic', { topicArn: 'arn:aws:sns:eu-west-1:1:Launchtrail-A' }),
      'topic Launchtrail-A',
    ],
    [
      call(
        'lambda',
        'DeleteEventSourceMapping20150331',
        { uUID: 'x' },
        {
          functionArn: 'arn:aws:lambda:eu-west-1:1:function:Launchtrail-Detect',
        },
      ),
      'function Launchtrail-Detect',
    ],
    [call('dynamodb', 'DeleteTable', { tableName: 'Launchtrail-History' }), 'table Launchtrail-History'],
    [call('cloudtrail', 'StopLogging', { name: 'arn:aws:cloudtrail:eu-west-1:1:trail/main' }), 'trail main'],
    [
      call('cloudtrail', 'PutEventSelectors', {
        trailName: 'main',
        eventSelectors: [{ readWriteType: 'ReadOnly' }],
      }),
      'trail main',
    ],
  ])('is read: %#', (record, detail) => {
    expect(activityOf(record)).toMatchObject({ kind: 'coverage.disable', detail });
  });

  it.each([
    [call('events', 'DisableRule', { name: 'nightly-report' })],
    [call('sqs', 'DeleteQueue', { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/orders' })],
    [call('dynamodb', 'DeleteTable', { tableName: 'orders' })],
    [
      call('cloudtrail', 'PutEventSelectors', {
        trailName: 'main',
        eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true }],
      }),
    ],
    [
      call('cloudtrail', 'PutEventSelectors', {
        trailName: 'main',
        advancedEventSelectors: [{ fieldSelectors: [{ field: 'eventCategory', equals: ['Management'] }] }],
      }),
    ],
  ])('is none where it is about something else: %#', (record) => {
    expect(skipOf(cloudTrailRecord(record))).toBe('no-effect');
  });
});

describe('a call that takes a key away', () => {
  const key = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-4333-8444-555555555555';
  const read = (name: string, keyId: string) =>
    fromCloudTrail(cloudTrailRecord(call('kms', name, { keyId })), { ownKeys: [key] });

  it.each(['ScheduleKeyDeletion', 'DisableKey', 'PutKeyPolicy'])(
    'is read where the key is ours: %s',
    (name) => {
      for (const keyId of [key, key.split('/')[1] as string])
        expect(read(name, keyId)).toMatchObject({
          ok: true,
          activity: { kind: 'coverage.disable', detail: 'key 11111111-2222-4333-8444-555555555555' },
        });
    },
  );

  it('is none where it is about another key, or where nobody knows which keys are ours', () => {
    const other = '99999999-2222-4333-8444-555555555555';
    expect(read('DisableKey', other)).toEqual({ ok: false, reason: 'no-effect' });
    expect(skipOf(cloudTrailRecord(call('kms', 'DisableKey', { keyId: key })))).toBe('no-effect');
  });
});
