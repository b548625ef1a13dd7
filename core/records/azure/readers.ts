import type { IngressRule, Launch, Link } from '../../activity/activity.ts';
import type { Resource, ResourceType } from '../../activity/resources.ts';
import { type Effect, effect, links, named } from '../cloudtrail/call.ts';
import { eventTime } from '../cloudtrail/event-time.ts';
import { count, distinct, isObj, type Obj } from '../cloudtrail/read.ts';
import { idIn, listIn, oneOrMore, textIn, within } from './body.ts';
import { idOf } from './event.ts';

/** What a reader sees of one record. */
interface AzureCall {
  /** Lower-cased id of the resource that was acted on. */
  readonly id: string;
  /** The resource as it was asked for or will be; absent where the record does not hold it. */
  readonly body: Obj | undefined;
  /** When, ms. */
  readonly at: number;
  /** What the status says beside how far it is, e.g. `Created`. */
  readonly detail: string;
  readonly properties: Obj;
}

/** Reads one operation's records; undefined where it changes nothing that matters. */
export type AzureReader = (call: AzureCall) => Effect | undefined;

/** A machine that says it was made longer ago than this before the record of a write was there already, ms: a new one is told within two minutes. */
const NEW_WITHIN = 10 * 60_000;

/** What lies on the resource of an id that ends in more: `…/disks/d/providers/…` is of the disk. */
export const ofType = (id: string, type: string): string | undefined =>
  new RegExp(`^.*?/${type}/[^/]+`).exec(id)?.[0];

/** An operation on one resource that needs no body. */
export const changed =
  (type: ResourceType, detail?: string): AzureReader =>
  ({ id }) =>
    effect([links(type, 'changed', [id])], detail);

export const guard =
  (what: string): AzureReader =>
  ({ id }) => ({ links: [], detail: `${what} ${id.split('/').at(-1) ?? ''}`.trim() });

/** An act of which only where it was done matters. */
export const plainly =
  (what: string): AzureReader =>
  () => ({ links: [], detail: what });

const location = (body: Obj | undefined): string | undefined =>
  textIn(body, 'location')?.toLowerCase().replaceAll(' ', '');

/** Region of the resource, which only a body says. */
export const regionIn = (body: Obj | undefined): string => location(body) ?? 'unknown';

const tagKeys = (body: Obj | undefined): string[] => {
  const tags = within(body, 'tags');
  return isObj(tags) ? distinct(Object.keys(tags)) : [];
};

/**
 * What disks of the machine come from somewhere: of a new one those attached as they are, not made of the image. Of a machine that is
 * written anew all: where its system disk is swapped, the option still says how the first was made.
 */
function disksOf(body: Obj | undefined, isNew: boolean): string[] {
  const storage = within(body, 'properties', 'storageProfile');
  const os = within(storage, 'osDisk');
  const all = [os, ...listIn(storage, 'dataDisks')];
  return distinct(
    all.map((disk) =>
      !isNew || /^attach$/i.test(textIn(disk, 'createOption') ?? '')
        ? idIn(disk, 'managedDisk', 'id')
        : undefined,
    ),
  );
}

function imageOf(profile: unknown): string | undefined {
  const reference = within(profile, 'imageReference');
  const id =
    idIn(reference, 'id') ??
    idIn(reference, 'sharedGalleryImageId') ??
    idIn(reference, 'communityGalleryImageId');
  if (id !== undefined) return id;
  const parts = ['publisher', 'offer', 'sku'].map((name) => textIn(reference, name));
  return parts.every((part) => part !== undefined) ? parts.join(':').toLowerCase() : undefined;
}

const interfacesOf = (body: Obj | undefined): string[] =>
  distinct(listIn(body, 'properties', 'networkProfile', 'networkInterfaces').map((each) => idIn(each, 'id')));

/** The identity that the machine may act as; one that is its own has no name beside the machine's. */
const identityOf = (body: Obj | undefined): string | undefined => {
  const given = within(body, 'identity', 'userAssignedIdentities');
  return isObj(given) ? idOf(Object.keys(given)[0]) || undefined : undefined;
};

/** Whether a write has made the machine, and not changed one: Azure has one operation for both. */
function isCreation({ body, at, detail }: AzureCall): boolean {
  const made = eventTime(within(body, 'properties', 'timeCreated'));
  if (made !== undefined) return at - made < NEW_WITHIN;
  if (/^(?:created|201)$/i.test(detail)) return true;
  // without a body nobody can tell, and a launch must not be missed
  return body === undefined || /^creating$/i.test(textIn(body, 'properties', 'provisioningState') ?? '');
}

export const machineWritten: AzureReader = (call) => {
  const { id, body } = call;
  const isNew = isCreation(call);
  const disks = disksOf(body, isNew);
  const image = imageOf(within(body, 'properties', 'storageProfile'));
  if (!isNew) {
    // a disk is attached by writing the machine anew, with all that it has
    return disks.length === 0
      ? { kind: 'instance.modify', links: links('instance', 'changed', [id]) }
      : {
          kind: 'volume.attach',
          links: [
            ...links('instance', 'changed', [id], named('volume', ...disks)),
            ...links('volume', 'used', disks),
          ],
        };
  }
  const sources: Resource[] = [...named('image', image), ...named('volume', ...disks)];
  const size = textIn(body, 'properties', 'hardwareProfile', 'vmSize');
  const launch: Launch = {
    count: 1,
    types: distinct([size]),
    images: distinct([image]),
    snapshots: [],
    groups: [],
    tagKeys: tagKeys(body),
    ...profileOf(identityOf(body)),
  };
  return {
    links: [
      ...links('instance', 'made', [id], sources),
      ...links('image', 'used', [image]),
      ...links('volume', 'used', disks),
      ...links('network-interface', 'used', interfacesOf(body)),
      ...behind(id, body),
    ],
    launch,
  };
};

const profileOf = (profile: string | undefined): Partial<Launch> =>
  profile === undefined ? {} : { profile };

/** The scale set that a machine is one of, and the pool of AKS. */
const behind = (id: string, body: Obj | undefined): Link[] => [
  ...links('auto-scaling-group', 'used', [
    idIn(body, 'properties', 'virtualMachineScaleSet', 'id') ?? ofType(id, 'virtualmachinescalesets'),
  ]),
  ...links('node-group', 'used', [poolOf(id)]),
];

/**
 * The pool that machines and scale sets of AKS are of: they are called `aks-POOL-12345678-vm…`, and are in a resource group of the
 * cluster's own.
 */
function poolOf(id: string): string | undefined {
  const [, subscription, group = '', pool] = NODES.exec(id) ?? [];
  return subscription === undefined ? undefined : poolIn(subscription, group, pool);
}

const NODES = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/.*\/aks-([a-z0-9]+)-\d{8}-vm[^/]*$/;

/** A pool by the resource group of its nodes, `MC_GROUP_CLUSTER_REGION` unless told otherwise: a change of the pool has no Region. */
const poolIn = (subscription: string, nodes: string, pool: string | undefined): string | undefined =>
  pool &&
  `/subscriptions/${subscription}/resourcegroups/${nodes.replace(/^(mc_.+)_[^_]*$/, '$1')}/agentpools/${pool}`;

/** A scale set: what it launches, and how many. */
export const scaleSetWritten: AzureReader = ({ id, body }) => {
  const profile = within(body, 'properties', 'virtualMachineProfile');
  const image = imageOf(within(profile, 'storageProfile'));
  return {
    links: [
      ...links('auto-scaling-group', 'changed', [id]),
      ...links('node-group', 'changed', [poolOf(id)]),
      ...links('image', 'used', [image]),
    ],
    plan: {
      count: count(within(body, 'sku', 'capacity')) ?? 0,
      types: distinct([textIn(body, 'sku', 'name')]),
      images: distinct([image]),
      snapshots: [],
      groups: [],
      tagKeys: tagKeys(body),
    },
  };
};

const CLUSTER =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/.*\/managedclusters\/([^/]+)(?:\/agentpools\/([^/]+))?/;

/** A cluster or a pool of its nodes. */
export const nodePoolWritten: AzureReader = ({ id, body }) => {
  const properties = within(body, 'properties');
  const pools = [...listIn(properties, 'agentPoolProfiles'), ...(isObj(properties) ? [properties] : [])];
  const [, subscription = '', group, cluster, pool] = CLUSTER.exec(id) ?? [];
  const nodes = idIn(properties, 'nodeResourceGroup') ?? `mc_${group}_${cluster}_`;
  const names = pool === undefined ? pools.map((each) => textIn(each, 'name')?.toLowerCase()) : [pool];
  return {
    links: [
      ...links('node-group', 'changed', [id]),
      ...links(
        'node-group',
        'changed',
        names.map((name) => poolIn(subscription, nodes, name)),
      ),
    ],
    plan: planned(
      pools.reduce((sum, pool) => sum + (count(within(pool, 'count')) ?? 0), 0),
      ...pools.map((pool) => textIn(pool, 'vmSize')),
    ),
  };
};

const planned = (wanted: number, ...types: readonly (string | undefined)[]): Launch => ({
  count: wanted,
  types: distinct(types),
  images: [],
  snapshots: [],
  groups: [],
  tagKeys: [],
});

/** Autoscale tells the old and the new number. */
export const scaled: AzureReader = ({ id, properties }) => ({
  links: links('auto-scaling-group', 'changed', [idIn(properties, 'ResourceName') ?? id]),
  plan: planned(count(within(properties, 'NewInstancesCount')) ?? 0),
});

/** What a set may grow to by itself, and what it keeps. */
export const autoscaleWritten: AzureReader = ({ id, body }) => {
  const sizes = listIn(body, 'properties', 'profiles').map((each) => within(each, 'capacity'));
  const most = (name: string): number => Math.max(0, ...sizes.map((each) => count(within(each, name)) ?? 0));
  return {
    links: links('auto-scaling-group', 'changed', [idIn(body, 'properties', 'targetResourceUri') ?? id]),
    plan: planned(most('minimum')),
    ...(sizes.length > 0 && { detail: `at most ${most('maximum')}` }),
  };
};

/** Machines that a service keeps for jobs: a pool of Batch, a compute of Machine Learning. */
export const computeWritten: AzureReader = ({ id, body }) => {
  const outer = within(body, 'properties');
  const properties = within(outer, 'properties') ?? outer;
  const scale = within(properties, 'scaleSettings');
  const fixed = within(scale, 'fixedScale');
  const wanted = ['targetDedicatedNodes', 'targetLowPriorityNodes'].map(
    (name) => count(within(fixed, name)) ?? 0,
  );
  return {
    links: links('fleet', 'changed', [id]),
    plan: planned(
      (wanted[0] ?? 0) + (wanted[1] ?? 0) || (count(within(scale, 'minNodeCount')) ?? 0),
      textIn(properties, 'vmSize'),
    ),
  };
};

/** What a disk, snapshot or version is made of. */
interface Source {
  readonly type: ResourceType;
  readonly id: string;
}

function sourceOf(id: string | undefined): Source | undefined {
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

/** Sources of a rule that mean everybody, beside ranges of addresses. */
const EVERYBODY: ReadonlySet<string> = new Set(['*', 'internet', 'any', '0.0.0.0']);
/** Rules kept of one call. */
const MAX_RULES = 100;

/** Rules that a security rule of Azure is: one for each source and range of ports. Empty where it lets nobody in. */
function rulesOf(group: string, rule: Obj): IngressRule[] {
  const properties = within(rule, 'properties') ?? rule;
  const isAllowed = /^allow$/i.test(textIn(properties, 'access') ?? '');
  if (!isAllowed || !/^inbound$/i.test(textIn(properties, 'direction') ?? '')) return [];
  const protocol = (textIn(properties, 'protocol') ?? '*').toLowerCase();
  const sources = distinct(oneOrMore(properties, 'sourceAddressPrefix', 'sourceAddressPrefixes'));
  const ranges = distinct(oneOrMore(properties, 'destinationPortRange', 'destinationPortRanges'));
  return sources.flatMap((source) =>
    (ranges.length === 0 ? ['*'] : ranges).map((range) => ({
      group,
      protocol: protocol === '*' ? '-1' : protocol,
      source: EVERYBODY.has(source.toLowerCase()) ? '0.0.0.0/0' : source,
      ...portsOf(range),
    })),
  );
}

function portsOf(range: string): { fromPort?: number; toPort?: number } {
  const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
  return from === undefined ? {} : { fromPort: Number(from), toPort: Number(to ?? from) };
}

const openingOf = (group: string, rules: readonly Obj[], hasBody: boolean): Effect | undefined => {
  const ingress = rules.flatMap((rule) => rulesOf(group, rule)).slice(0, MAX_RULES);
  if (hasBody && ingress.length === 0) return undefined;
  return { links: links('security-group', 'changed', [group]), ...(ingress.length > 0 && { ingress }) };
};

/** One rule, which its detail names: its group is what machines are in. */
export const ruleWritten: AzureReader = ({ id, body }) => {
  const group = ofType(id, 'networksecuritygroups') ?? id;
  const opening = openingOf(group, body === undefined ? [] : [body], body !== undefined);
  return opening && { ...opening, detail: id.split('/').at(-1) ?? id };
};

/** A group with all of its rules. One without a way in is made like a group of AWS. */
export const groupWritten: AzureReader = ({ id, body }) =>
  openingOf(id, listIn(body, 'properties', 'securityRules'), body !== undefined) ?? {
    kind: 'security-group.create',
    links: links('security-group', 'made', [id]),
  };

/** An interface: the address it has and the group it is in, which a machine that takes it has with it. */
export const interfaceWritten: AzureReader = ({ id, body }) => {
  const group = idIn(body, 'properties', 'networkSecurityGroup', 'id');
  const addresses = listIn(body, 'properties', 'ipConfigurations').map((each) =>
    idIn(each, 'properties', 'publicIPAddress', 'id'),
  );
  const address = addresses.find((each) => each !== undefined);
  if (body !== undefined && group === undefined && address === undefined) return undefined;
  return {
    ...effect([
      links('network-interface', 'changed', [id]),
      links('instance', 'changed', [idIn(body, 'properties', 'virtualMachine', 'id')]),
      links('security-group', 'used', [group]),
      links('address', 'used', [address]),
    ]),
    ...(address !== undefined && { posture: { publicAddress: true } }),
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

export const keyMade: AzureReader = ({ id }) => effect([links('key-pair', 'made', [id])]);

export const identityMade: AzureReader = ({ id }) =>
  effect([links('role', 'made', [id])], id.split('/').at(-1));

/** A resource group names the Region of what is put into it, though anything may be put there. */
export const groupOfResources: AzureReader = ({ body, detail }) => {
  const place = location(body);
  return place !== undefined && /^(?:created|201)$/i.test(detail) ? { links: [], detail: place } : undefined;
};

/** The machine that an operation on a part of it is about. */
export const machineOf =
  (detail: string): AzureReader =>
  ({ id }) =>
    effect(
      [
        links('instance', 'changed', [
          ofType(id, 'virtualmachinescalesets/[^/]+/virtualmachines') ?? ofType(id, 'virtualmachines'),
        ]),
      ],
      detail,
    );

/** Machines that the body of an operation on something else names. */
export const machinesIn =
  (list: string, detail: string): AzureReader =>
  ({ body }) =>
    effect(
      [
        links(
          'instance',
          'changed',
          listIn(body, list).map((each) => idIn(each, 'vm', 'id') ?? idIn(each, 'id')),
        ),
      ],
      detail,
    );

/** A link by which anybody may download a disk or snapshot for a while; the log never has the link itself. Another kind fills a disk. */
export const linked: AzureReader = ({ id, body }) => {
  const on = sourceOf(id);
  if (on === undefined) return undefined;
  const fills = /^write$/i.test(textIn(body, 'access') ?? '');
  return { ...effect([links(on.type, 'used', [on.id])]), ...(fills && { kind: 'volume.create' }) };
};
