import type { Launch, Link } from '../../activity/activity.ts';
import { links } from '../cloudtrail/call.ts';
import { count, distinct, isObj, type Obj } from '../cloudtrail/read.ts';
import { idIn, listIn, textIn, within } from './body.ts';
import { type AzureReader, imageOf, ofType, tagKeys } from './call.ts';

/** The scale set that a machine is one of, and the pool of AKS. */
export const behind = (id: string, body: Obj | undefined): Link[] => [
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
