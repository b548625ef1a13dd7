import { effect, links, named, type Reader } from './call.ts';
import { snapshotsOf } from './launch-spec.ts';
import { anyOf, at, distinct, get, items, requestedTags, tagsOf, text, textOf } from './read.ts';

/** Tags kept of a snapshot or volume made by a call; the policy's volumeSensitivity looks at them. */
const MAX_TAGS = 20;

/** @param made what the call answered with: tags copied from the source stand only there */
function tagged(
  request: unknown,
  types: readonly string[],
  made: readonly unknown[] = [],
): { tags?: Readonly<Record<string, string>> } {
  const tags = requestedTags(request, types, MAX_TAGS);
  for (const [key, value] of made.flatMap((each) => [...tagsOf(get(each, 'tagSet'), MAX_TAGS)])) {
    if (tags.size < MAX_TAGS || tags.has(key)) tags.set(key, value);
  }
  return tags.size === 0 ? {} : { tags: Object.fromEntries(tags) };
}

export const createSnapshot: Reader = ({ request, response }) => {
  const volume = textOf(response, 'volumeId') ?? textOf(request, 'volumeId');
  return {
    ...effect([
      links('snapshot', 'made', [textOf(response, 'snapshotId')], named('volume', volume)),
      links('volume', 'used', [volume]),
    ]),
    ...tagged(request, ['snapshot'], [response]),
  };
};

export const createSnapshots: Reader = ({ request, response }) => {
  const made = items(anyOf(response, 'snapshotSet', 'snapshots'));
  return {
    ...effect([
      ...made.map((each) =>
        links('snapshot', 'made', [textOf(each, 'snapshotId')], named('volume', textOf(each, 'volumeId'))),
      ),
      links(
        'volume',
        'used',
        made.map((each) => textOf(each, 'volumeId')),
      ),
      links('instance', 'used', [text(at(request, 'instanceSpecification', 'instanceId'))]),
    ]),
    ...tagged(request, ['snapshot'], made),
  };
};

/** EBS direct API: a snapshot written block by block, perhaps on top of another. */
export const startSnapshot: Reader = ({ request, response }) => {
  const parent = textOf(response, 'parentSnapshotId') ?? textOf(request, 'parentSnapshotId');
  return effect(
    [
      links('snapshot', 'made', [textOf(response, 'snapshotId')], named('snapshot', parent)),
      links('snapshot', 'used', [parent]),
    ],
    'written through the EBS direct API',
  );
};

export const copySnapshot: Reader = ({ request, response }) => {
  const source = textOf(request, 'sourceSnapshotId');
  const region = textOf(request, 'sourceRegion');
  return {
    ...effect(
      [
        links('snapshot', 'made', [textOf(response, 'snapshotId')], named('snapshot', source)),
        links('snapshot', 'used', [source]),
      ],
      region && `from ${region}`,
    ),
    ...tagged(request, ['snapshot']),
  };
};

/** The disk comes from outside, so the snapshot descends from nothing known; its id may come only later. */
export const importSnapshot: Reader = ({ request, response }) => {
  const bucket =
    text(at(request, 'diskContainer', 'userBucket', 's3Bucket')) ?? text(at(request, 'diskContainer', 'url'));
  const id = text(at(response, 'snapshotTaskDetail', 'snapshotId'));
  return effect([links('snapshot', 'made', [id])], bucket && `imported from ${bucket}`);
};

export const snapshotChanged: Reader = ({ request }) =>
  effect([links('snapshot', 'changed', [textOf(request, 'snapshotId')])]);

/** EC2 tells the owner that another account copied or mounted a shared snapshot. */
export const sharedSnapshotUsed: Reader = ({ record }) => {
  const details = get(record, 'serviceEventDetails');
  return {
    links: links('snapshot', 'used', [textOf(details, 'snapshotId')]),
    share: {
      accounts: distinct([text(at(record, 'userIdentity', 'accountId'))]),
      organisations: [],
      public: false,
    },
  };
};

export const createVolume: Reader = ({ request, response }) => {
  const snapshot = textOf(response, 'snapshotId') ?? textOf(request, 'snapshotId');
  return {
    ...effect([
      links('volume', 'made', [textOf(response, 'volumeId')], named('snapshot', snapshot)),
      links('snapshot', 'used', [snapshot]),
    ]),
    ...tagged(request, ['volume']),
  };
};

/** A volume copied as it stands, without any snapshot that could be seen. */
export const copyVolumes: Reader = ({ request, response }) => {
  const source = textOf(request, 'sourceVolumeId', 'volumeId');
  const made = items(anyOf(response, 'volumeSet', 'volumes')).map(
    (each) => textOf(each, 'volumeId') ?? text(each),
  );
  return {
    ...effect([
      links('volume', 'made', [...made, textOf(response, 'volumeId')], named('volume', source)),
      links('volume', 'used', [source]),
    ]),
    ...tagged(request, ['volume']),
  };
};

export const attachVolume: Reader = ({ request, response }) => {
  const volume = textOf(request, 'volumeId') ?? textOf(response, 'volumeId');
  return effect([
    links(
      'instance',
      'changed',
      [textOf(request, 'instanceId') ?? textOf(response, 'instanceId')],
      named('volume', volume),
    ),
    links('volume', 'used', [volume]),
  ]);
};

export const detachVolume: Reader = ({ request, response }) =>
  effect([
    links('instance', 'changed', [textOf(response, 'instanceId') ?? textOf(request, 'instanceId')]),
    links('volume', 'used', [textOf(request, 'volumeId')]),
  ]);

export const deleteVolume: Reader = ({ request }) =>
  effect([links('volume', 'changed', [textOf(request, 'volumeId')])]);

export const createImage: Reader = ({ request, response }) => {
  const instance = textOf(request, 'instanceId');
  const snapshots = snapshotsOf(request, null);
  return {
    ...effect([
      links(
        'image',
        'made',
        [textOf(response, 'imageId')],
        [...named('instance', instance), ...named('snapshot', ...snapshots)],
      ),
      links('instance', 'used', [instance]),
      links('snapshot', 'used', snapshots),
    ]),
    ...tagged(request, ['image', 'snapshot']),
  };
};

/** Here the root device's snapshot is the data: every mapping counts. */
export const registerImage: Reader = ({ request, response }) => {
  const snapshots = snapshotsOf(request, null);
  return effect([
    links('image', 'made', [textOf(response, 'imageId')], named('snapshot', ...snapshots)),
    links('snapshot', 'used', snapshots),
  ]);
};

export const copyImage: Reader = ({ request, response }) => {
  const source = textOf(request, 'sourceImageId');
  const region = textOf(request, 'sourceRegion');
  return effect(
    [
      links('image', 'made', [textOf(response, 'imageId')], named('image', source)),
      links('image', 'used', [source]),
    ],
    region && `from ${region}`,
  );
};

export const importImage: Reader = ({ request, response }) => {
  const disks = items(anyOf(request, 'diskContainerSet', 'diskContainers', 'diskContainer'));
  const snapshots = disks.map((disk) => textOf(disk, 'snapshotId'));
  return effect([
    links('image', 'made', [textOf(response, 'imageId')], named('snapshot', ...snapshots)),
    links('snapshot', 'used', snapshots),
  ]);
};

export const restoreImage: Reader = ({ request, response }) => {
  const bucket = textOf(request, 'bucket');
  return effect([links('image', 'made', [textOf(response, 'imageId')])], bucket && `from bucket ${bucket}`);
};

/** StoreImage and ExportImage: the image's data goes into a bucket. */
export const exportImage: Reader = ({ request }) => {
  const bucket = textOf(request, 'bucket') ?? text(at(request, 's3ExportLocation', 's3Bucket'));
  return effect([links('image', 'used', [textOf(request, 'imageId')])], bucket && `to bucket ${bucket}`);
};

export const exportInstance: Reader = ({ request }) => {
  const bucket =
    text(at(request, 'exportToS3', 's3Bucket')) ?? text(at(request, 'exportToS3Task', 's3Bucket'));
  return effect(
    [links('instance', 'used', [textOf(request, 'instanceId')])],
    bucket && `to bucket ${bucket}`,
  );
};

export const imageDeleted: Reader = ({ request }) =>
  effect([links('image', 'changed', [textOf(request, 'imageId')])]);
