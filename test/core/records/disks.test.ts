import { describe, expect, it } from 'vitest';
import type { Link } from '../../../core/activity/activity.ts';
import type { Resource } from '../../../core/activity/resources.ts';
import { image, instance, snapshot, volume } from '../../resources.ts';
import { activityOf } from './cloudtrail-record.ts';

const read = (
  eventName: string,
  requestParameters: unknown,
  responseElements: unknown = {},
  eventSource = 'ec2.amazonaws.com',
) => activityOf({ eventSource, eventName, requestParameters, responseElements });

const made = (type: Link['type'], id: string, ...from: Resource[]): Link =>
  from.length === 0 ? { type, id, role: 'made' } : { type, id, role: 'made', from };
const used = (type: Link['type'], id: string): Link => ({ type, id, role: 'used' });
const changed = (type: Link['type'], id: string, ...from: Resource[]): Link =>
  from.length === 0 ? { type, id, role: 'changed' } : { type, id, role: 'changed', from };

describe('lineage of disks', () => {
  it.each<[string, unknown, unknown, Link[]]>([
    [
      'CreateSnapshot',
      { volumeId: 'vol-1' },
      { snapshotId: 'snap-1', volumeId: 'vol-1' },
      [made('snapshot', 'snap-1', volume('vol-1')), used('volume', 'vol-1')],
    ],
    ['CreateSnapshot', { volumeId: 'vol-1' }, null, [used('volume', 'vol-1')]],
    [
      'CreateSnapshots',
      { CreateSnapshotsRequest: { InstanceSpecification: { InstanceId: 'i-1' } } },
      {
        CreateSnapshotsResponse: {
          snapshotSet: {
            item: [
              { snapshotId: 'snap-1', volumeId: 'vol-1' },
              { snapshotId: 'snap-2', volumeId: 'vol-2' },
            ],
          },
        },
      },
      [
        made('snapshot', 'snap-1', volume('vol-1')),
        made('snapshot', 'snap-2', volume('vol-2')),
        used('volume', 'vol-1'),
        used('volume', 'vol-2'),
        used('instance', 'i-1'),
      ],
    ],
    [
      'CopySnapshot',
      { sourceSnapshotId: 'snap-1', sourceRegion: 'us-east-1' },
      { snapshotId: 'snap-2' },
      [made('snapshot', 'snap-2', snapshot('snap-1')), used('snapshot', 'snap-1')],
    ],
    ['ImportSnapshot', {}, { importTaskId: 'import-1' }, []],
    ['RestoreSnapshotTier', { snapshotId: 'snap-1' }, {}, [changed('snapshot', 'snap-1')]],
    ['RestoreSnapshotFromRecycleBin', { snapshotId: 'snap-1' }, {}, [changed('snapshot', 'snap-1')]],
    ['DeleteSnapshot', { snapshotId: 'snap-1' }, {}, [changed('snapshot', 'snap-1')]],
    [
      'CreateVolume',
      { snapshotId: 'snap-1' },
      { volumeId: 'vol-1', snapshotId: 'snap-1' },
      [made('volume', 'vol-1', snapshot('snap-1')), used('snapshot', 'snap-1')],
    ],
    ['CreateVolume', { size: '8' }, { volumeId: 'vol-1', snapshotId: '' }, [made('volume', 'vol-1')]],
    [
      'CopyVolumes',
      { sourceVolumeId: 'vol-1' },
      { volumeSet: { items: [{ volumeId: 'vol-2' }] } },
      [made('volume', 'vol-2', volume('vol-1')), used('volume', 'vol-1')],
    ],
    [
      'CopyVolumes',
      { CopyVolumesRequest: { SourceVolumeId: 'vol-1' } },
      { CopyVolumesResponse: { volumeSet: { item: { volumeId: 'vol-2' } } } },
      [made('volume', 'vol-2', volume('vol-1')), used('volume', 'vol-1')],
    ],
    [
      'AttachVolume',
      { volumeId: 'vol-1', instanceId: 'i-1', device: '/dev/sdf' },
      {},
      [changed('instance', 'i-1', volume('vol-1')), used('volume', 'vol-1')],
    ],
    [
      'DetachVolume',
      { volumeId: 'vol-1' },
      { volumeId: 'vol-1', instanceId: 'i-1' },
      [changed('instance', 'i-1'), used('volume', 'vol-1')],
    ],
    ['DeleteVolume', { volumeId: 'vol-1' }, {}, [changed('volume', 'vol-1')]],
    [
      'CreateImage',
      { instanceId: 'i-1', name: 'x' },
      { imageId: 'ami-1' },
      [made('image', 'ami-1', instance('i-1')), used('instance', 'i-1')],
    ],
    [
      'RegisterImage',
      {
        rootDeviceName: '/dev/sda1',
        blockDeviceMapping: { items: [{ deviceName: '/dev/sda1', ebs: { snapshotId: 'snap-1' } }] },
      },
      { imageId: 'ami-1' },
      [made('image', 'ami-1', snapshot('snap-1')), used('snapshot', 'snap-1')],
    ],
    [
      'CopyImage',
      { sourceImageId: 'ami-1', sourceRegion: 'us-east-1' },
      { imageId: 'ami-2' },
      [made('image', 'ami-2', image('ami-1')), used('image', 'ami-1')],
    ],
    [
      'ImportImage',
      { diskContainerSet: { items: [{ snapshotId: 'snap-1' }] } },
      { imageId: 'ami-1' },
      [made('image', 'ami-1', snapshot('snap-1')), used('snapshot', 'snap-1')],
    ],
    [
      'CreateRestoreImageTask',
      { bucket: 'b', objectKey: 'k' },
      { imageId: 'ami-1' },
      [made('image', 'ami-1')],
    ],
    ['CreateStoreImageTask', { imageId: 'ami-1', bucket: 'b' }, {}, [used('image', 'ami-1')]],
    ['ExportImage', { imageId: 'ami-1', s3ExportLocation: { s3Bucket: 'b' } }, {}, [used('image', 'ami-1')]],
    [
      'CreateInstanceExportTask',
      { instanceId: 'i-1', exportToS3: { s3Bucket: 'b' } },
      {},
      [used('instance', 'i-1')],
    ],
    ['DeregisterImage', { imageId: 'ami-1' }, {}, [changed('image', 'ami-1')]],
  ])('%s of %j', (eventName, request, response, links) => {
    expect(read(eventName, request, response).links).toEqual(links);
  });

  it('follows a snapshot written through the EBS direct API to its parent', () => {
    const { kind, links } = read(
      'StartSnapshot',
      { parentSnapshotId: 'snap-1' },
      { snapshotId: 'snap-2' },
      'ebs.amazonaws.com',
    );
    expect(kind).toBe('snapshot.create');
    expect(links).toEqual([made('snapshot', 'snap-2', snapshot('snap-1')), used('snapshot', 'snap-1')]);
  });

  it.each([
    ['CopySnapshot', { sourceSnapshotId: 's', sourceRegion: 'us-east-1' }, 'from us-east-1'],
    ['CopyImage', { sourceImageId: 'a', sourceRegion: 'us-east-1' }, 'from us-east-1'],
    ['CreateStoreImageTask', { imageId: 'a', bucket: 'loot' }, 'to bucket loot'],
    ['ExportImage', { imageId: 'a', s3ExportLocation: { s3Bucket: 'loot' } }, 'to bucket loot'],
    ['CreateRestoreImageTask', { bucket: 'tools' }, 'from bucket tools'],
    ['ImportSnapshot', { diskContainer: { userBucket: { s3Bucket: 'tools' } } }, 'imported from tools'],
  ])('says where %s copies from or to', (eventName, request, detail) => {
    expect(read(eventName, request).detail).toBe(detail);
  });

  it('keeps the tags given to a snapshot or volume, twenty at most', () => {
    const tags = Array.from({ length: 30 }, (_, n) => ({ key: `k${n}`, value: 'v' }));
    const request = (resourceType: string) => ({ tagSpecificationSet: { items: [{ resourceType, tags }] } });
    expect(Object.keys(read('CreateSnapshot', request('snapshot')).tags ?? {})).toHaveLength(20);
    expect(read('CreateVolume', request('volume')).tags).toMatchObject({ k0: 'v' });
    expect(read('CreateVolume', request('instance')).tags).toBeUndefined();
  });
});

describe('a shared snapshot used by another account', () => {
  it.each(['SharedSnapshotCopyInitiated', 'SharedSnapshotVolumeCreated'])('is read from %s', (eventName) => {
    const got = activityOf({
      eventName,
      eventType: 'AwsServiceEvent',
      userIdentity: { accountId: '444455556666', invokedBy: 'ec2.amazonaws.com' },
      serviceEventDetails: { snapshotId: 'snap-1' },
      sourceIPAddress: 'ec2.amazonaws.com',
      requestParameters: null,
      responseElements: null,
    });
    expect(got).toMatchObject({
      kind: 'snapshot.use',
      account: '111122223333',
      outcome: 'succeeded',
      actor: { class: 'foreign-account', account: '444455556666', key: 'account/444455556666' },
      links: [used('snapshot', 'snap-1')],
      share: { accounts: ['444455556666'], organisations: [], public: false },
    });
  });
});
