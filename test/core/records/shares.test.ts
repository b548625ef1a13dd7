import { describe, expect, it } from 'vitest';
import { activityOf, cloudTrailRecord, skipOf } from './cloudtrail-record.ts';

const OTHER = '444455556666';
const snapshot = (createVolumePermission: unknown, attributeType = 'CREATE_VOLUME_PERMISSION') => ({
  eventName: 'ModifySnapshotAttribute',
  requestParameters: { snapshotId: 'snap-1', attributeType, createVolumePermission },
});
const image = (launchPermission: unknown) => ({
  eventName: 'ModifyImageAttribute',
  requestParameters: { imageId: 'ami-1', attributeType: 'launchPermission', launchPermission },
});
const items = (...list: unknown[]) => ({ items: list });

describe('shares', () => {
  it.each<[string, Record<string, unknown>, string, unknown]>([
    [
      'with an account',
      snapshot({ add: items({ userId: OTHER }) }),
      'snapshot.share',
      { accounts: [OTHER], public: false },
    ],
    [
      'with everyone',
      snapshot({ add: items({ group: 'all' }) }),
      'snapshot.share',
      { accounts: [], public: true },
    ],
    [
      'with one and taken from another',
      snapshot({ add: items({ userId: OTHER }), remove: items({ group: 'all' }) }),
      'snapshot.share',
      { accounts: [OTHER], public: false },
    ],
    [
      'taken back',
      snapshot({ remove: items({ userId: OTHER }) }),
      'snapshot.unshare',
      { accounts: [OTHER], public: false },
    ],
    [
      'of an image with an account',
      image({ add: items({ userId: OTHER }) }),
      'image.share',
      { accounts: [OTHER] },
    ],
    [
      'of an image with everyone',
      image({ add: { items: { group: 'all' } } }),
      'image.share',
      { public: true },
    ],
    [
      'of an image with an organisation',
      image({ add: items({ organizationArn: 'arn:aws:organizations::111122223333:organization/o-1' }) }),
      'image.share',
      { organisations: ['arn:aws:organizations::111122223333:organization/o-1'] },
    ],
    ['of an image taken back', image({ remove: items({ group: 'all' }) }), 'image.unshare', { public: true }],
    [
      'in the flat form of old clients',
      {
        eventName: 'ModifySnapshotAttribute',
        requestParameters: {
          snapshotId: 'snap-1',
          operationType: 'add',
          userIds: [OTHER],
          groupNames: ['all'],
        },
      },
      'snapshot.share',
      { accounts: [OTHER], public: true },
    ],
  ])('reads one %s', (_, change, kind, share) => {
    const got = activityOf(change);
    expect(got.kind).toBe(kind);
    expect(got.share).toMatchObject(share as object);
  });

  it('names what was shared', () => {
    expect(activityOf(snapshot({ add: items({ userId: OTHER }) })).links).toEqual([
      { type: 'snapshot', id: 'snap-1', role: 'changed' },
    ]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a group that is nobody', snapshot({ add: items({ group: 'none' }) })],
    ['an empty permission', snapshot({})],
    [
      'another attribute',
      {
        eventName: 'ModifyImageAttribute',
        requestParameters: { imageId: 'ami-1', description: { value: 'x' } },
      },
    ],
    [
      'a made-up attribute',
      {
        eventName: 'ModifyImageAttribute',
        requestParameters: { attributeType: 'x', x: { add: items({ group: 'all' }) } },
      },
    ],
    [
      'another attribute of a database snapshot',
      {
        eventSource: 'rds.amazonaws.com',
        eventName: 'ModifyDBSnapshotAttribute',
        requestParameters: { attributeName: 'other', valuesToAdd: ['all'] },
      },
    ],
  ])('has no effect for %s', (_, change) => {
    expect(skipOf(cloudTrailRecord(change))).toBe('no-effect');
  });

  it.each([
    ['ModifyDBSnapshotAttribute', 'dBSnapshotIdentifier'],
    ['ModifyDBClusterSnapshotAttribute', 'dBClusterSnapshotIdentifier'],
  ])('reads %s', (eventName, name) => {
    const rds = (values: object) =>
      activityOf({
        eventSource: 'rds.amazonaws.com',
        eventName,
        requestParameters: { [name]: 'db-copy', attributeName: 'restore', ...values },
      });
    expect(rds({ valuesToAdd: [OTHER] })).toMatchObject({
      kind: 'snapshot.share',
      share: { accounts: [OTHER], public: false },
      links: [{ type: 'snapshot', id: 'db-copy', role: 'changed' }],
    });
    expect(rds({ valuesToAdd: ['all'] }).share?.public).toBe(true);
    expect(rds({ valuesToRemove: ['all'] }).kind).toBe('snapshot.unshare');
  });

  it.each([
    ['ResetSnapshotAttribute', { snapshotId: 'snap-1' }, 'snapshot.unshare', 'snap-1'],
    ['ResetImageAttribute', { imageId: 'ami-1' }, 'image.unshare', 'ami-1'],
  ])('takes %s for taking every share back', (eventName, requestParameters, kind, id) => {
    const got = activityOf({ eventName, requestParameters });
    expect([got.kind, got.links[0]?.id]).toEqual([kind, id]);
  });
});
