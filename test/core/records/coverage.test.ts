import { describe, expect, it } from 'vitest';
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
