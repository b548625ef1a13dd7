import type { ResourceType } from '../../activity/resources.ts';
import { type Effect, effect, links } from '../cloudtrail/call.ts';
import { eventTime } from '../cloudtrail/event-time.ts';
import { distinct, isObj, type Obj } from '../cloudtrail/read.ts';
import { idIn, listIn, oneOrMore, textIn, within } from './body.ts';
import { type AzureCall, type AzureReader, NEW_WITHIN } from './call.ts';

/** What a disk, snapshot or version is made of. */
interface Source {
  readonly type: ResourceType;
  readonly id: string;
}

/** A thing by its id, if it is one that holds data. */
export function sourceOf(id: string | undefined): Source | undefined {
  if (id === undefined) return undefined;
  if (/\/snapshots\//.test(id)) return { type: 'snapshot', id };
  if (/\/disks\//.test(id)) return { type: 'volume', id };
  // one disk of a restore point is named below it
  const [point] = /^.*\/restorepointcollections\/[^/]+\/restorepoints\/[^/]+/.exec(id) ?? [];
  if (point !== undefined) return { type: 'snapshot', id: point };
  if (/\/(?:images|versions|galleries)\//.test(id)) return { type: 'image', id };
  return /\/virtualmachines\//.test(id) ? { type: 'instance', id } : undefined;
}

const creation = (
  body: Obj | undefined,
): { option: string; source: Source | undefined; uri: string | undefined } => {
  const data = within(body, 'properties', 'creationData');
  return {
    option: (textIn(data, 'createOption') ?? '').toLowerCase(),
    source: sourceOf(
      idIn(data, 'sourceResourceId') ??
        idIn(data, 'imageReference', 'id') ??
        idIn(data, 'galleryImageReference', 'id'),
    ),
    uri: textIn(data, 'sourceUri'),
  };
};

/** One thing made of others; all get links. */
function madeOf(type: ResourceType, id: string, ...of: readonly (Source | undefined)[]): Effect {
  const sources = of.filter((each) => each !== undefined);
  return effect([
    links(type, 'made', [id], sources),
    ...sources.map((source) => links(source.type, 'used', [source.id])),
  ]);
}

/** Whether a write changed what had been there, such as its size or tags: its body tells of its making all the same. */
const isChange = ({ body, at }: AzureCall): boolean => {
  const made = eventTime(within(body, 'properties', 'timeCreated'));
  return made !== undefined && at - made >= NEW_WITHIN;
};

/** A disk: empty, from an image, or the data of a snapshot or of another disk. */
export const diskWritten: AzureReader = (call) => {
  const { id, body } = call;
  if (isChange(call)) return { links: links('volume', 'changed', [id]) };
  const { source, uri } = creation(body);
  return {
    ...madeOf('volume', id, source),
    kind: source?.type === 'volume' ? 'volume.copy' : 'volume.create',
    ...(uri !== undefined && { detail: `imported from ${uri.split('?')[0]}` }),
    ...tagsOf(body),
  };
};

/** A snapshot of a disk, or a copy of a snapshot. */
export const snapshotWritten: AzureReader = (call) => {
  const { id, body } = call;
  // the kind that has no part in anything
  if (isChange(call)) return { kind: 'snapshot.restore', links: links('snapshot', 'changed', [id]) };
  const { source } = creation(body);
  return {
    ...madeOf('snapshot', id, source),
    kind: source?.type === 'snapshot' ? 'snapshot.copy' : 'snapshot.create',
    ...tagsOf(body),
  };
};

function tagsOf(body: Obj | undefined): { tags?: Readonly<Record<string, string>> } {
  const tags = within(body, 'tags');
  if (!isObj(tags)) return {};
  const kept = Object.entries(tags)
    .slice(0, 20)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return kept.length === 0 ? {} : { tags: Object.fromEntries(kept) };
}

/** What the disks of a profile hold: by snapshot, disk, or whatever else `source` names. */
const disksIn = (profile: unknown, os: string, data: string): (Source | undefined)[] =>
  [within(profile, os), ...listIn(profile, data)].map((disk) =>
    sourceOf(idIn(disk, 'snapshot', 'id') ?? idIn(disk, 'managedDisk', 'id') ?? idIn(disk, 'source', 'id')),
  );

/** A restore point holds the disks of a machine, or is a copy of another. */
export const restorePointWritten: AzureReader = ({ id, body }) => {
  const properties = within(body, 'properties');
  const copied = sourceOf(idIn(properties, 'source', 'id'));
  const profile = within(properties, 'sourceMetadata', 'storageProfile');
  return madeOf('snapshot', id, copied, ...disksIn(profile, 'osDisk', 'dataDisks'));
};

/** An image of a machine, or of disks and snapshots. */
export const imageWritten: AzureReader = ({ id, body }) => {
  const properties = within(body, 'properties');
  const machine = sourceOf(idIn(properties, 'sourceVirtualMachine', 'id'));
  const disks = disksIn(within(properties, 'storageProfile'), 'osDisk', 'dataDisks');
  return madeOf('image', id, ...(machine === undefined ? disks : [machine]));
};

export const galleryVersionWritten: AzureReader = ({ id, body }) => {
  const profile = within(body, 'properties', 'storageProfile');
  const source = sourceOf(idIn(profile, 'source', 'id') ?? idIn(profile, 'source', 'virtualMachineId'));
  return {
    ...madeOf('image', id, source, ...disksIn(profile, 'osDiskImage', 'dataDiskImages')),
    ...(source?.type === 'image' && { kind: 'image.copy' }),
  };
};

/**
 * A right that somebody of the own directory is given, a guest at most, whatever it is on. A principal that is another directory's says
 * so; what it is given on a copy is a share.
 */
export const roleAssigned: AzureReader = ({ id, body }) => {
  const [scope = '', inside] = id.split(/\/providers\/microsoft\.authorization\//);
  const [member, role, type] = ['principalId', 'roleDefinitionId', 'principalType'].map((name) =>
    textIn(body, 'properties', name)?.toLowerCase(),
  );
  const on = inside === undefined ? undefined : sourceOf(scope);
  const name = ROLES[role?.split('/').at(-1) ?? ''] ?? role?.split('/').at(-1) ?? 'a role';
  const what = on === undefined ? '' : ` on ${on.id.split('/').at(-1)}`;
  const detail = `${name}${what}${member === undefined ? '' : ` to ${member}`}`;
  if (type === 'foreigngroup' && member !== undefined && on !== undefined && on.type !== 'instance') {
    return {
      kind: on.type === 'image' ? 'image.share' : 'snapshot.share',
      links: links(on.type, 'changed', [on.id]),
      share: { accounts: [member], organisations: [], public: false },
      detail,
    };
  }
  return { links: links('user', 'changed', [member]), detail };
};

/** A gallery with all of its images, shared with subscriptions or directories, or with everybody; without a body nobody knows. */
export const galleryShared: AzureReader = ({ id, body }) => {
  const what = textIn(body, 'operationType')?.toLowerCase() ?? '';
  const accounts = listIn(body, 'groups').flatMap((each) => oneOrMore(each, 'id', 'ids'));
  const isPublic = what === 'enablecommunity';
  return {
    links: links('image', 'changed', [id]),
    ...((isPublic || what === 'add') && {
      share: {
        accounts: distinct(accounts.map((each) => each.toLowerCase())),
        organisations: [],
        public: isPublic,
      },
    }),
  };
};

/** Built-in roles that matter most, by their ids, which are the same in every directory (learn.microsoft.com, "Azure built-in roles"). */
const ROLES: Readonly<Record<string, string>> = {
  '8e3af657-a8ff-443c-a75c-2fe8c4bcb635': 'Owner',
  'b24988ac-6180-42a0-ab88-20f7382dd24c': 'Contributor',
  '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9': 'User Access Administrator',
  '9980e02c-c2be-4d73-94e8-173b1dc7cf3c': 'Virtual Machine Contributor',
};

/** A link by which anybody may download a disk or snapshot for a while; the log never has the link itself. Another kind fills a disk. */
export const linked: AzureReader = ({ id, body }) => {
  const on = sourceOf(id);
  if (on === undefined) return undefined;
  const fills = /^write$/i.test(textIn(body, 'access') ?? '');
  return { ...effect([links(on.type, 'used', [on.id])]), ...(fills && { kind: 'volume.create' }) };
};
