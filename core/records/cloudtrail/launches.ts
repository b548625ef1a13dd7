import type { Link } from '../../activity/activity.ts';
import { resourceKey } from '../../activity/resources.ts';
import { type Call, type Effect, effect, links, MAX_LINKS, named, type Reader } from './call.ts';
import {
  fleetSpecs,
  type LaunchSpec,
  launchOf,
  launchSources,
  launchSpec,
  mergeSpecs,
  usedBy,
} from './launch-spec.ts';
import {
  anyOf,
  at,
  count,
  distinct,
  get,
  items,
  type Obj,
  obj,
  requestedTags,
  tagsOf,
  text,
  textOf,
} from './read.ts';

/** Distinct images, snapshots, types and groups kept of one launch. */
const MAX_KEPT = 20;

/** Tags that AWS alone can set (`aws:` is reserved), by which a launch names what is behind it. */
function behind(tags: ReadonlyMap<string, string>, { byService, request }: Call): Link[] {
  // Anyone can write these two, so they count only where a service made the call.
  const nodeGroup = byService ? nodeGroupOf(tags) : undefined;
  const token = byService
    ? /^(fleet-[0-9a-f-]{36})/.exec(textOf(request, 'clientToken') ?? '')?.[1]
    : undefined;
  return [
    ...links('auto-scaling-group', 'used', [tags.get('aws:autoscaling:groupName')]),
    ...links('fleet', 'used', [
      tags.get('aws:ec2:fleet-id') ?? token,
      tags.get('aws:ec2spot:fleet-request-id'),
      tags.get('aws:elasticmapreduce:job-flow-id'),
    ]),
    ...links('launch-template', 'used', [tags.get('aws:ec2launchtemplate:id')]),
    ...links('stack', 'used', [tags.get('aws:cloudformation:stack-name')]),
    ...links('node-group', 'used', [nodeGroup]),
  ];
}

/** Node groups are named within a cluster. */
function nodeGroupOf(tags: ReadonlyMap<string, string>): string | undefined {
  const name = tags.get('eks:nodegroup-name');
  const cluster = tags.get('eks:cluster-name');
  return name === undefined || cluster === undefined ? name : `${cluster}/${name}`;
}

const interfacesOf = (source: unknown, ...names: readonly string[]): string[] =>
  distinct(items(anyOf(source, ...names)).map((each) => textOf(each, 'networkInterfaceId')));

/** Instances of one call whose interfaces are kept: as many as get a timeline of their own (`timelinesOf`). */
const MAX_JOINED = 5;

const unique = (list: readonly Link[]): Link[] => [
  ...new Map(list.map((link) => [`${link.role} ${resourceKey(link)}`, link])).values(),
];

export const runInstances: Reader = (call) => {
  const { request, response } = call;
  const started = items(get(response, 'instancesSet')).map(obj);
  const root = started.map((each) => textOf(each, 'rootDeviceName')).find(Boolean);
  const asked = items(get(request, 'instancesSet'));
  const wanted = launchSpec(request, root);
  const askedOf = (name: string): string[] =>
    distinct(
      asked.map((each) => textOf(each, name)),
      MAX_KEPT,
    );
  const startedOf = (name: string): string[] =>
    distinct(
      started.map((each) => textOf(each, name)),
      MAX_KEPT,
    );
  // Instances of one call are alike but for image and type, so the first tells the rest.
  const got = started[0] === undefined ? undefined : launchSpec(started[0]);
  const firstList = (...lists: readonly (readonly string[] | undefined)[]): readonly string[] =>
    lists.find((list) => list !== undefined && list.length > 0) ?? [];
  const requested = requestedTags(request, ['instance']);
  const tags = new Map([
    ...requested,
    ...started.slice(0, 1).flatMap((each) => [...tagsOf(get(each, 'tagSet'))]),
  ]);
  // EC2's own tags have the id where the call has a name, and the number where the call says `$Latest`
  const template = tags.has('aws:ec2launchtemplate:id')
    ? { id: tags.get('aws:ec2launchtemplate:id') ?? '', version: tags.get('aws:ec2launchtemplate:version') }
    : wanted.template;
  const spec: LaunchSpec = {
    ...wanted,
    images: firstList(startedOf('imageId'), askedOf('imageId'), wanted.images),
    types: firstList(startedOf('instanceType'), wanted.types, askedOf('instanceType')),
    groups: firstList(got?.groups, wanted.groups),
    profile: got?.profile ?? wanted.profile,
    keyName: got?.keyName ?? wanted.keyName ?? askedOf('keyName')[0],
    subnet: got?.subnet ?? wanted.subnet,
    vpc: got?.vpc,
    httpTokens: got?.httpTokens ?? wanted.httpTokens,
    template,
    tagKeys: distinct(tags.keys()),
  };
  const asks = asked.reduce<number>((sum, each) => sum + (count(get(each, 'maxCount')) ?? 0), 0);
  const made = started.slice(0, MAX_LINKS).flatMap((each) => {
    const image = textOf(each, 'imageId');
    return links(
      'instance',
      'made',
      [textOf(each, 'instanceId')],
      launchSources({ ...spec, images: image === undefined ? spec.images : [image] }),
    );
  });
  // One that was there before brings its groups and addresses along.
  const brought = interfacesOf(request, 'networkInterfaceSet', 'networkInterfaces', 'networkInterface');
  return {
    links: unique([
      ...made,
      ...started.slice(0, MAX_JOINED).flatMap((each): Link[] => {
        const own = interfacesOf(each, 'networkInterfaceSet').filter((id) => !brought.includes(id));
        const on = started.length > 1 && textOf(each, 'instanceId');
        return links('network-interface', 'made', own).map((link) => (on ? { ...link, on } : link));
      }),
      ...links('network-interface', 'used', brought),
      ...usedBy(spec),
      ...behind(tags, call),
    ]),
    launch: launchOf(spec, started.length > 0 ? started.length : Math.max(asks, 1), asks),
  };
};

/** CreateFleet: launches at once (`instant`) or keeps a capacity; the response lists instances and errors per pool. */
export const createFleet: Reader = (call) => {
  const { request, response } = call;
  const spec = mergeSpecs([...fleetSpecs(request), tagsOnly(request)]);
  const pools = items(anyOf(response, 'fleetInstanceSet', 'instances'));
  const instances = pools.flatMap((pool) =>
    items(get(pool, 'instanceIds')).map((id) => text(id) ?? textOf(id, 'instanceId')),
  );
  const capacity = count(at(request, 'targetCapacitySpecification', 'totalTargetCapacity')) ?? 0;
  const keeps = textOf(request, 'type') !== 'instant';
  const got = distinct(pools.map((pool) => textOf(pool, 'instanceType')));
  const refused = items(anyOf(response, 'errorSet', 'errors')).map((each) => textOf(each, 'errorCode'));
  const fleet = textOf(response, 'fleetId');
  const failed = instances.length === 0 ? refused.find(Boolean) : undefined;
  return {
    links: unique([
      ...links('fleet', 'made', [fleet]),
      ...links('instance', 'made', instances, launchSources(spec)),
      ...usedBy(spec),
      ...behind(requestedTags(request, ['instance']), call),
    ]),
    launch: launchOf(
      { ...spec, types: got.length > 0 ? got : spec.types.slice(0, MAX_KEPT) },
      // one that is kept up goes on until it has what it wants
      got.length > 0 || instances.length > 0
        ? Math.max(instances.length, keeps ? capacity : 0)
        : Math.max(capacity, 1),
      capacity,
    ),
    ...(failed !== undefined && { error: failed }),
  };
};

const tagsOnly = (request: unknown): LaunchSpec => ({
  ...launchSpec({}),
  tagKeys: [...requestedTags(request, ['instance']).keys()],
});

/** Launches described by one or more specifications, a count, and ids in the response. */
function specLaunch(
  specs: readonly LaunchSpec[],
  asked: number | undefined,
  instances: readonly (string | undefined)[],
  fleets: readonly (string | undefined)[],
): Effect {
  const spec = mergeSpecs(specs);
  const made = links('instance', 'made', instances, launchSources(spec));
  return {
    links: unique([...made, ...links('fleet', 'made', fleets), ...usedBy(spec)]),
    launch: launchOf(spec, Math.max(asked ?? 1, made.length, 1)),
  };
}

export const requestSpotInstances: Reader = ({ request, response }) => {
  const requests = items(get(response, 'spotInstanceRequestSet'));
  return specLaunch(
    [...fleetSpecs(request), tagsOnly(request)],
    count(get(request, 'instanceCount')),
    requests.map((each) => textOf(each, 'instanceId')),
    requests.map((each) => textOf(each, 'spotInstanceRequestId')),
  );
};

export const requestSpotFleet: Reader = ({ request, response }) => {
  const config = obj(get(request, 'spotFleetRequestConfig'));
  return specLaunch(
    [...fleetSpecs(config), tagsOnly(config)],
    count(get(config, 'targetCapacity')),
    [],
    [textOf(response, 'spotFleetRequestId')],
  );
};

export const runScheduledInstances: Reader = ({ request, response }) =>
  specLaunch(
    fleetSpecs(request),
    count(get(request, 'instanceCount')),
    items(get(response, 'instanceIdSet')).map((id) => text(id) ?? textOf(id, 'instanceId')),
    [],
  );

export const importInstance: Reader = ({ request, response }) =>
  specLaunch(
    fleetSpecs(request),
    1,
    [text(at(response, 'conversionTask', 'importInstance', 'instanceId'))],
    [],
  );

/** Lightsail names its instances, calls images blueprints and types bundles. */
export const lightsailCreate: Reader = ({ request }) => {
  const names = items(get(request, 'instanceNames')).map((name) => text(name));
  const snapshot = textOf(request, 'instanceSnapshotName', 'sourceInstanceName');
  const spec: LaunchSpec = {
    ...launchSpec({}),
    images: distinct([textOf(request, 'blueprintId')]),
    types: distinct([textOf(request, 'bundleId')]),
    snapshots: distinct([snapshot]),
    keyName: textOf(request, 'keyPairName'),
    userData: textOf(request, 'userData') !== undefined,
    publicAddress: true, // every Lightsail instance gets one
    tagKeys: [...tagsOf(get(request, 'tags')).keys()],
  };
  return specLaunch([spec], names.length, names, []);
};

const instanceIds = (source: Obj): (string | undefined)[] =>
  [...items(get(source, 'instancesSet')), ...items(anyOf(source, 'instanceIds', 'instanceId'))].map(
    (each) => textOf(each, 'instanceId') ?? text(each),
  );

/** Start, stop and terminate: the instances named, or those that changed. */
export const instancesChanged: Reader = ({ request, response }) =>
  effect([links('instance', 'changed', [...instanceIds(request), ...instanceIds(response)])]);

export const replaceRootVolume: Reader = ({ request, response }) => {
  const task = obj(get(response, 'replaceRootVolumeTask'));
  const image = textOf(request, 'imageId') ?? textOf(task, 'imageId');
  const snapshot = textOf(request, 'snapshotId') ?? textOf(task, 'snapshotId');
  return effect([
    links(
      'instance',
      'changed',
      [textOf(request, 'instanceId') ?? textOf(task, 'instanceId')],
      [...named('image', image), ...named('snapshot', snapshot)],
    ),
    links('image', 'used', [image]),
    links('snapshot', 'used', [snapshot]),
  ]);
};
