import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { does, KINDS, type Kind } from '../../../core/activity/kinds.ts';
import { fromCloudTrail } from '../../../core/records/cloudtrail/cloudtrail.ts';
import { WATCHED, watchedEvent } from '../../../core/records/cloudtrail/events.ts';
import { activityOf, cloudTrailRecord, roleIdentity, skipOf } from './cloudtrail-record.ts';

/** Enough of every request for each watched call to have an effect. */
const ANY_REQUEST = {
  createVolumePermission: { add: { items: [{ userId: '444455556666' }] } },
  launchPermission: { add: { items: [{ group: 'all' }] } },
  attributeName: 'restore',
  valuesToAdd: ['444455556666'],
  tagSet: { items: [{ key: 'launchtrail:finding' }] },
  name: 'launchtrail-ec2',
  rule: 'launchtrail-ec2',
  eventBusName: 'launchtrail',
  functionName: 'Launchtrail-DetectFunction',
  tableName: 'Launchtrail-StoresHistory',
  queueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/Launchtrail-IngestQueue',
  topicArn: 'arn:aws:sns:eu-west-1:111122223333:Launchtrail-TopicsAlerts',
  roleName: 'Launchtrail-DetectRole',
  // of Systems Manager's session, and of EC2 Instance Connect
  target: 'i-00000000000000001',
  instanceIds: ['i-00000000000000001'],
  keyId: 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000001',
};
/** As the stack tells `detect`: only of keys is it not told by the name whether they are ours. */
const OURS = { ownKeys: [ANY_REQUEST.keyId] };

/** Every text in a value, names of members included. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...textsOf(inner)]);
}

describe('fromCloudTrail', () => {
  const names = WATCHED.flatMap(({ eventSource, calls, serviceEvents }) =>
    [...calls, ...serviceEvents].map((name) => [eventSource, name] as const),
  );

  it.each(names)('knows what %s %s is, from the least of records', (eventSource, eventName) => {
    const call = { eventSource, eventName, requestParameters: ANY_REQUEST, responseElements: null };
    const normalised = fromCloudTrail(cloudTrailRecord(call), OURS);
    const { kind, action } = normalised.ok ? normalised.activity : { kind: normalised.reason, action: '' };
    expect(kind).toBe(watchedEvent(eventSource, eventName)?.kind);
    expect(action).toBe(`${eventSource.replace('.amazonaws.com', '')}:${eventName}`);
  });

  it.each(names)('takes a refused %s %s for refused, whatever was left of it', (eventSource, eventName) => {
    for (const responseElements of [null, { omitted: true }, 'cut', [], { _return: true }]) {
      const record = cloudTrailRecord({
        eventSource,
        eventName,
        errorCode: 'Client.UnauthorizedOperation',
        requestParameters: ANY_REQUEST,
        responseElements,
      });
      const normalised = fromCloudTrail(record, OURS);
      expect(normalised.ok && normalised.activity.outcome).toBe('denied');
    }
  });

  it('has at least one event for every kind that is in records', () => {
    const known = new Set(names.map(([source, name]) => watchedEvent(source, name)?.kind));
    const elsewhere: readonly Kind[] = ['snapshot.link', 'account.create'];
    const missing = KINDS.filter((kind) => !known.has(kind) && !does(kind, 'unrecorded'));
    expect(missing).toEqual(elsewhere);
  });

  it.each<[string, unknown]>([
    ['not-an-object', 'text'],
    ['not-an-object', null],
    ['not-an-object', []],
    ['not-an-object', 7],
    ['no-event', {}],
    ['no-event', { eventName: 'RunInstances' }],
    ['read-only', cloudTrailRecord({ eventName: 'DescribeInstances' })],
    ['read-only', cloudTrailRecord({ eventName: 'SomethingElse', readOnly: true })],
    ['not-watched', cloudTrailRecord({ eventName: 'CreateVpc' })],
    ['not-watched', cloudTrailRecord({ eventName: 'constructor' })],
    ['not-watched', cloudTrailRecord({ eventSource: '__proto__', eventName: 'toString' })],
    ['not-watched', cloudTrailRecord({ eventSource: 'gamelift.amazonaws.com', eventName: 'CreateFleet' })],
    ['no-time', cloudTrailRecord({ eventTime: undefined })],
    ['no-time', cloudTrailRecord({ eventTime: 'yesterday' })],
    ['no-account', cloudTrailRecord({ recipientAccountId: undefined, userIdentity: { type: 'IAMUser' } })],
    ['no-effect', cloudTrailRecord({ eventName: 'ModifyImageAttribute', requestParameters: {} })],
    [
      'no-effect',
      cloudTrailRecord({
        eventName: 'ModifyImageAttribute',
        requestParameters: null,
        errorCode: 'Client.InvalidParameterCombination',
      }),
    ],
    ['unreadable', cloudTrailRecord({ eventName: 'ModifyImageAttribute', requestParameters: null })],
    ['unreadable', cloudTrailRecord({ eventName: 'ModifyImageAttribute', requestParameters: '{"attri' })],
    [
      'unreadable',
      cloudTrailRecord({ eventName: 'ModifySnapshotAttribute', requestParameters: { omitted: true } }),
    ],
  ])('skips as %s: %j', (reason, record) => {
    expect(skipOf(record)).toBe(reason);
  });

  it.each([
    ['2026-03-02T09:15:30Z', '2026-03-02T09:15:30.000Z'],
    ['2021-01-24 04:55:45.000', '2021-01-24T04:55:45.000Z'],
    ['2024-04-02 16:46:24.000000000', '2024-04-02T16:46:24.000Z'],
    ['2022-10-20 14:16:43', '2022-10-20T14:16:43.000Z'],
    ['2026-03-02T10:15:30+01:00', '2026-03-02T09:15:30.000Z'],
    [1_772_442_930, '2026-03-02T09:15:30.000Z'],
    [1_772_442_930_000, '2026-03-02T09:15:30.000Z'],
    ['1772442930000', '2026-03-02T09:15:30.000Z'],
    [1_772_442_930_000_000, '2026-03-02T09:15:30.000Z'],
    ['1772442930000000000', '2026-03-02T09:15:30.000Z'],
    ['20260302T091530Z', '2026-03-02T09:15:30.000Z'],
    ['20260302 091530', '2026-03-02T09:15:30.000Z'],
    ['2026-03-02 09:15:30 UTC', '2026-03-02T09:15:30.000Z'],
    ['2026-03-02 09:15:30.000 GMT', '2026-03-02T09:15:30.000Z'],
    ['2026-03-02 04:15:30 EST', '2026-03-02T09:15:30.000Z'],
    ['2026-07-02 11:15:30 CEST', '2026-07-02T09:15:30.000Z'],
    ['2026-03-02 10:15:30.000 Europe/Berlin', '2026-03-02T09:15:30.000Z'],
    ['2026-07-02 11:15:30 Europe/Berlin', '2026-07-02T09:15:30.000Z'],
    ['2026-03-29 03:30:00 Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-03-02 14:45:30 Asia/Kolkata', '2026-03-02T09:15:30.000Z'],
    ['Mon Mar  2 09:15:30 UTC 2026', '2026-03-02T09:15:30.000Z'],
    ['Mon, 02 Mar 2026 09:15:30 GMT', '2026-03-02T09:15:30.000Z'],
    ['2 Mar 2026 10:15:30 +0100', '2026-03-02T09:15:30.000Z'],
    ['3/2/2026, 9:15:30.000 AM', '2026-03-02T09:15:30.000Z'],
    ['3/2/2026, 12:15:30.000 AM', '2026-03-02T00:15:30.000Z'],
  ])('reads the time %j as UTC', (eventTime, expected) => {
    expect(new Date(activityOf({ eventTime }).at).toISOString()).toBe(expected);
  });

  it.each([null, '', '-', 'None', 'none', 'success', 'Success', 'NULL', 'N/A'])(
    'takes the error %j for none',
    (errorCode) => {
      const got = activityOf({ errorCode, errorMessage: errorCode });
      expect(got).toMatchObject({ outcome: 'succeeded' });
      expect(got).not.toHaveProperty('error');
    },
  );

  it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'])(
    'knows users, roles, services and accounts of the partition %s as of any',
    (partition) => {
      const within = (value: unknown): Record<string, unknown> =>
        JSON.parse(
          JSON.stringify(value)
            .replaceAll('arn:aws:', `arn:${partition}:`)
            .replaceAll('.amazonaws.com', DOMAINS[partition] ?? '.amazonaws.com'),
        );
      const here = (value: unknown): unknown =>
        JSON.parse(JSON.stringify(value).replaceAll(`arn:${partition}:`, 'arn:aws:'));
      const masked = { ...roleIdentity('carol'), principalId: 'AROA****:carol' };
      for (const change of [
        {},
        { userIdentity: roleIdentity('carol') },
        { userIdentity: masked },
        {
          userIdentity: { type: 'Root', principalId: '111122223333', arn: 'arn:aws:iam::111122223333:root' },
        },
        { sourceIPAddress: 'autoscaling.amazonaws.com', userAgent: 'autoscaling.amazonaws.com' },
        { userIdentity: { ...masked, invokedBy: 'signin.amazonaws.com' } },
        { userIdentity: { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' } },
      ]) {
        const normalised = fromCloudTrail(within(cloudTrailRecord(change)));
        if (!normalised.ok) throw new Error(normalised.reason);
        expect(here(normalised.activity)).toEqual(activityOf(change));
      }
    },
  );

  it.each([
    ['2026-02-30T00:00:00Z'],
    ['2026-03-02T25:00:00Z'],
    ['20260230T000000Z'],
    ['2026-03-02 09:15:30 XYZ'],
    ['2026-03-02 09:15:30 Mars/Olympus'],
    ['13/2/2026, 9:15:30 AM'],
    ['1970-01-01T00:00:00Z'],
    [''],
    [Number.NaN],
    [-1],
  ])('does not invent a time for %j', (eventTime) => {
    expect(skipOf(cloudTrailRecord({ eventTime }))).toBe('no-time');
  });

  it.each([
    [undefined, 'succeeded', undefined],
    ['Client.UnauthorizedOperation', 'denied', 'UnauthorizedOperation'],
    ['UnauthorizedOperation', 'denied', 'UnauthorizedOperation'],
    ['AccessDenied', 'denied', 'AccessDenied'],
    ['AccessDeniedException', 'denied', 'AccessDeniedException'],
    ['Client.DryRunOperation', 'dry-run', 'DryRunOperation'],
    ['Client.VcpuLimitExceeded', 'limited', 'VcpuLimitExceeded'],
    ['InstanceLimitExceeded', 'limited', 'InstanceLimitExceeded'],
    ['Server.InsufficientInstanceCapacity', 'limited', 'InsufficientInstanceCapacity'],
    ['MaxSpotInstanceCountExceeded', 'limited', 'MaxSpotInstanceCountExceeded'],
    ['Client.RequestLimitExceeded', 'failed', 'RequestLimitExceeded'],
    ['SnapshotLimitExceeded', 'limited', 'SnapshotLimitExceeded'],
    ['Client.OptInRequired', 'limited', 'OptInRequired'],
    ['PendingVerification', 'limited', 'PendingVerification'],
    ['Client.InvalidParameterValue', 'failed', 'InvalidParameterValue'],
    ['Client.CustomerKeyHasBeenRevoked', 'failed', 'CustomerKeyHasBeenRevoked'],
  ])('takes error code %j for %s', (errorCode, outcome, error) => {
    const got = activityOf({ errorCode });
    expect([got.outcome, got.error]).toEqual([outcome, error]);
  });

  it('takes a message without a code for a failure', () => {
    expect(activityOf({ errorMessage: 'No luck' }).outcome).toBe('failed');
  });

  describe('id', () => {
    it('is the event id, as it is', () => {
      expect(activityOf({ eventID: 'a1b2c3d4-odd' }).id).toBe('a1b2c3d4-odd');
    });

    it('is not a placeholder that many records of a masked log share', () => {
      const first = activityOf({ eventID: '...', requestID: '...', eventTime: '2026-06-15T12:00:00Z' });
      const second = activityOf({ eventID: '...', requestID: '...', eventTime: '2026-06-15T12:00:01Z' });
      expect(first.id).not.toBe(second.id);
    });

    it('is that of the record which an addendum corrects', () => {
      const addendum = { reason: 'UPDATED_DATA', originalEventID: 'first' };
      expect(activityOf({ eventID: 'second', addendum }).id).toBe('first');
      expect(activityOf({ eventID: 'second', addendum: { reason: 'DELIVERY_DELAY' } }).id).toBe('second');
    });

    it('falls back to the request id, then to the content', () => {
      expect(activityOf({ eventID: undefined, requestID: 'request-1' }).id).toBe('request-1');
      const bare = {
        eventID: undefined,
        eventName: 'DeleteSnapshot',
        requestParameters: { snapshotId: 'snap-1' },
      };
      expect(activityOf(bare).id).toMatch(/^[0-9a-f]{16}$/);
      expect(activityOf(bare).id).toBe(activityOf({ ...bare, userAgent: 'x' }).id);
      expect(activityOf(bare).id).not.toBe(
        activityOf({ ...bare, requestParameters: { snapshotId: 'snap-2' } }).id,
      );
    });
  });

  it('takes the account from the recipient, else from the credentials', () => {
    const userIdentity = { type: 'IAMUser', accountId: '444455556666', userName: 'alice' };
    expect(activityOf({ userIdentity }).account).toBe('111122223333');
    expect(activityOf({ userIdentity, recipientAccountId: undefined }).account).toBe('444455556666');
    expect(
      activityOf({ userIdentity: { arn: 'arn:aws:iam::444455556666:user/a' }, recipientAccountId: undefined })
        .account,
    ).toBe('444455556666');
  });

  it.each([['arn:aws:iam::111122223333:role/Respond'], ['Respond'], ['AROAEXAMPLEDEPLOY0001']])(
    'leaves out what the own role %s does to tags, and nothing else that is done with it',
    (own) => {
      const userIdentity = roleIdentity('launchtrail', { role: 'Respond' });
      const untagging = cloudTrailRecord({
        userIdentity,
        eventName: 'DeleteTags',
        requestParameters: {
          resourcesSet: { items: [{ resourceId: 'i-0123456789abcdef0' }] },
          tagSet: { items: [{ key: 'launchtrail:finding' }] },
        },
      });
      expect(fromCloudTrail(untagging, { ownRoles: [own] })).toEqual({ ok: false, reason: 'own-action' });
      expect(fromCloudTrail(untagging, { ownRoles: ['Other'] }).ok).toBe(true);
      expect(fromCloudTrail(cloudTrailRecord({ userIdentity }), { ownRoles: [own] }).ok).toBe(true);
    },
  );

  it('keeps the id that copies for several accounts share', () => {
    expect(activityOf({ sharedEventID: 'shared-1' }).sharedId).toBe('shared-1');
  });

  it('ignores fields it does not know', () => {
    const plain = activityOf();
    expect(activityOf({ eventCategory: 'Management', somethingNew: { deep: [1] } })).toEqual(plain);
  });

  it('cleans and cuts every id and name it keeps', () => {
    const { links } = activityOf({
      eventName: 'DeleteSnapshot',
      requestParameters: { snapshotId: ` snap-\u202e1${'x'.repeat(1000)} ` },
    });
    expect(links[0]?.id).toHaveLength(256);
    expect(links[0]?.id.startsWith('snap-1xx')).toBe(true);
  });

  it('answers whatever it is given', () => {
    const anything = fc.oneof(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withSparseArray: true,
      }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(anything, (value) => {
        const normalised = fromCloudTrail(value);
        expect(normalised.ok || normalised.reason.length > 0).toBe(true);
      }),
    );
  });

  it('answers whatever a watched call has in any of its members', () => {
    const part = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      fc.object({
        key: fc.constantFrom(
          'items',
          'item',
          'instancesSet',
          'instanceId',
          'tagSpecificationSet',
          'tags',
          'key',
          'value',
          'ebs',
          'blockDeviceMapping',
          'ipPermissions',
          'groups',
          'groupId',
          'maxCount',
          'imageId',
          'add',
          'arn',
          'type',
          'createVolumePermission',
          'sessionContext',
          'sessionIssuer',
          'principalId',
          'accountId',
          'iamInstanceProfile',
        ),
        maxDepth: 4,
      }),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.record(
          {
            requestParameters: part,
            responseElements: part,
            userIdentity: part,
            sourceIPAddress: part,
            userAgent: part,
            errorCode: part,
            eventID: part,
            eventTime: part,
            addendum: part,
            serviceEventDetails: part,
            awsRegion: part,
            recipientAccountId: part,
          },
          { requiredKeys: [] },
        ),
        ([eventSource, eventName], change) => {
          const normalised = fromCloudTrail(cloudTrailRecord({ eventSource, eventName, ...change }));
          if (!normalised.ok) return;
          const { activity } = normalised;
          expect(Number.isInteger(activity.at)).toBe(true);
          expect(activity.id && activity.account && activity.region && activity.actor.key).toBeTruthy();
          for (const link of activity.links) expect(link.id.length).toBeGreaterThan(0);
          for (const text of textsOf(activity)) expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Domains of services, where they differ from those of `aws`. */
const DOMAINS: Readonly<Record<string, string>> = {
  'aws-cn': '.amazonaws.com.cn',
  'aws-eusc': '.amazonaws.eu',
  'aws-iso': '.c2s.ic.gov',
  'aws-iso-b': '.sc2s.sgov.gov',
  'aws-iso-e': '.cloud.adc-e.uk',
  'aws-iso-f': '.csp.hci.ic.gov',
};
