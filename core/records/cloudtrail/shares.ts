import type { Share } from '../../activity/activity.ts';
import type { Kind } from '../../activity/kinds.ts';
import type { ResourceType } from '../../activity/resources.ts';
import { links, type Reader } from './call.ts';
import { anyOf, distinct, get, items, text, textOf } from './read.ts';

/** Members of an `add` or `remove` list, or undefined when it names nobody that AWS could share with. */
function shareOf(members: readonly unknown[]): Share | undefined {
  const accounts = distinct(members.map((each) => textOf(each, 'userId')));
  const organisations = distinct(
    members.flatMap((each) => [textOf(each, 'organizationArn'), textOf(each, 'organizationalUnitArn')]),
  );
  const isPublic = members.some((each) => textOf(each, 'group') === 'all');
  return accounts.length + organisations.length === 0 && !isPublic
    ? undefined
    : { accounts, organisations, public: isPublic };
}

/** The flat form of old clients: `operationType` with lists of user ids and group names. */
function flatMembers(request: unknown, operation: string): unknown[] {
  if (textOf(request, 'operationType')?.toLowerCase() !== operation) return [];
  const users = items(anyOf(request, 'userIds', 'userId', 'userIdSet')).map((each) => ({
    userId: textOf(each, 'userId') ?? text(each),
  }));
  const groups = items(anyOf(request, 'groupNames', 'userGroups', 'groupName')).map((each) => ({
    group: textOf(each, 'group') ?? text(each),
  }));
  return [...users, ...groups];
}

/**
 * Reads a change of who may use a snapshot or image. A call that adds and removes is a share; one that touches other
 * attributes (a description, a made-up name) has no effect.
 */
function permissionChange(
  type: ResourceType,
  idName: string,
  list: string,
  share: Kind,
  unshare: Kind,
): Reader {
  return ({ request }) => {
    const permissions = get(request, list);
    const added = shareOf([...items(get(permissions, 'add')), ...flatMembers(request, 'add')]);
    const removed = shareOf([...items(get(permissions, 'remove')), ...flatMembers(request, 'remove')]);
    const change = added ?? removed;
    if (change === undefined) return undefined;
    return {
      kind: added === undefined ? unshare : share,
      links: links(type, 'changed', [textOf(request, idName)]),
      share: change,
    };
  };
}

export const modifySnapshot = permissionChange(
  'snapshot',
  'snapshotId',
  'createVolumePermission',
  'snapshot.share',
  'snapshot.unshare',
);

export const modifyImage = permissionChange(
  'image',
  'imageId',
  'launchPermission',
  'image.share',
  'image.unshare',
);

/** Reset takes every permission back. */
export const resetSnapshot: Reader = ({ request }) => ({
  links: links('snapshot', 'changed', [textOf(request, 'snapshotId')]),
});

export const resetImage: Reader = ({ request }) => ({
  links: links('image', 'changed', [textOf(request, 'imageId')]),
});

/** RDS lists account ids and the word `all`; only the attribute `restore` gives access. */
export const modifyDbSnapshot: Reader = ({ request }) => {
  if (textOf(request, 'attributeName') !== 'restore') return undefined;
  const members = (name: string): unknown[] =>
    items(get(request, name)).map((each) =>
      text(each) === 'all' ? { group: 'all' } : { userId: text(each) },
    );
  const added = shareOf(members('valuesToAdd'));
  const change = added ?? shareOf(members('valuesToRemove'));
  if (change === undefined) return undefined;
  return {
    kind: added === undefined ? 'snapshot.unshare' : 'snapshot.share',
    links: links('snapshot', 'changed', [
      textOf(request, 'dBSnapshotIdentifier', 'dBClusterSnapshotIdentifier'),
    ]),
    share: change,
  };
};
