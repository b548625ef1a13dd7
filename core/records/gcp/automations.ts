import type { Launch, Link } from '../../activity/activity.ts';
import { type Effect, links } from '../cloudtrail/call.ts';
import { at, count, distinct, flag, get, isObj, items, text, textOf } from '../cloudtrail/read.ts';
import { type GoogleCall, type GoogleReader, ref, typeOf } from './call.ts';
import { regionOf } from './entry.ts';

/** What says that a managed instance group makes a machine; no member of the entry names the group. */
const MANAGED = /GCE Managed Instance Group/;
/** The agent of Dataproc, which makes the machines of a cluster but its secondary ones: a group makes these. */
const DATAPROC = /@dataproc-accounts\.iam\.gserviceaccount\.com$/;

/**
 * What a machine that a service makes is one of: by the labels that Google puts on it where the request has these, else by its name.
 *
 * A managed group calls its machines by a base name, by default its own, and four characters of chance. Where the group is, zone or
 * Region, that does not tell, so groups are known by their names here. A node of GKE is `gke-CLUSTER-POOL-HASH-xxxx`, on Autopilot
 * `gk3-…`; a machine of Dataproc `CLUSTER-m`, `CLUSTER-m-0`, `CLUSTER-w-0` or, of a group, `CLUSTER-sw-xxxx`; one of Dataflow
 * `JOB-mmddhhmm-HASH-harness-xxxx`.
 *
 * https://cloud.google.com/compute/docs/instance-groups/working-with-managed-instances
 * https://cloud.google.com/dataproc/docs/concepts/configuring-clusters/metadata
 */
export function behind(call: GoogleCall): Link[] {
  const caller = textOf(call.payload.authenticationInfo, 'principalEmail') ?? '';
  const [pool, cluster, job] = [
    'goog-k8s-node-pool-name',
    'goog-dataproc-cluster-name',
    'dataflow_job_name',
  ].map((name) => labelled(call.request.labels, name));
  const ofPool = labelled(call.request.labels, 'goog-k8s-cluster-name');
  if (ofPool !== undefined && pool !== undefined)
    return links('node-group', 'used', [keyIn(call, 'nodePools', nodePrefix(ofPool, pool))]);
  if (cluster !== undefined) return links('fleet', 'used', [keyIn(call, 'clusters', cluster)]);
  if (job !== undefined) return links('fleet', 'used', [keyIn(call, 'jobs', job)]);
  return byName(call, caller);
}

function byName(call: GoogleCall, caller: string): Link[] {
  const [, name = ''] = /\/instances\/([^/]+)$/.exec(call.id) ?? [];
  if (DATAPROC.test(caller))
    return links('fleet', 'used', [keyIn(call, 'clusters', /^(.+)-(?:m(?:-\d)?|w-\d+)$/.exec(name)?.[1])]);
  if (!MANAGED.test(textOf(call.payload.requestMetadata, 'callerSuppliedUserAgent') ?? '')) return [];
  const [, base] = /^(.+)-[a-z0-9]{4}$/.exec(name) ?? [];
  return changedAs(call, base, 'used');
}

/** What a base name of machines belongs to: a pool of GKE, a job of Dataflow, else a group of somebody's. */
function changedAs(call: GoogleCall, base: string | undefined, role: Link['role']): Link[] {
  const [, pool] = NODES.exec(base ?? '') ?? [];
  if (pool !== undefined) return links('node-group', role, [keyIn(call, 'nodePools', pool)]);
  const [, job] = /^(.+)-\d{8}-[a-z0-9]{4}-harness$/.exec(base ?? '') ?? [];
  if (job !== undefined) return links('fleet', role, [keyIn(call, 'jobs', job)]);
  return links('auto-scaling-group', role, [groupNamed(base, call.project)]);
}

/** `gke-CLUSTER-POOL-HASH`, and the group of this name, which ends in `-grp`. */
const NODES = /^gk[e3]-(.+)-[0-9a-f]{8}(?:-grp)?$/;

/** Characters that cluster and pool have together in a node's name. */
const NODE_ROOM = 32;

/**
 * What the names of a pool's nodes begin with. GKE cuts the two names to 32 characters in all, and neither to less than sixteen for
 * the other's sake. Source: the names of nodes in published logs, such as `gke-prow-nap-e2-standard-32-l1evms3o-44832b66-bhbs` (31, whole),
 * `gke-tf-adv-gke-dcc-nap-e2-standard-2--943f1681-l4d6` (14 and 18) and `gke-epmd-edp-anthos--nap-e2-standard--e45b29fc-863z` (16 and 16).
 */
function nodePrefix(cluster: string, pool: string): string {
  const ofPool = pool.slice(0, Math.max(NODE_ROOM / 2, NODE_ROOM - cluster.length));
  return `${cluster.slice(0, NODE_ROOM - ofPool.length)}-${ofPool}`;
}

/** A pool, cluster or job of a project and Region. */
const keyIn = (call: GoogleCall, type: string, name: string | undefined): string | undefined =>
  name === undefined ? undefined : `projects/${call.project}/regions/${regionOf(call)}/${type}/${name}`;

const groupNamed = (name: string | undefined, project: string): string | undefined =>
  name === undefined ? undefined : `projects/${project}/instanceGroupManagers/${name}`;

/** The value of a label, of which entries have a list of pairs or an object. */
const labelled = (labels: unknown, name: string): string | undefined =>
  text(
    Array.isArray(labels)
      ? get(
          labels.find((each) => get(each, 'key') === name),
          'value',
        )
      : get(labels, name),
  );

const NOTHING_PLANNED: Omit<Launch, 'count'> = {
  types: [],
  images: [],
  snapshots: [],
  groups: [],
  tagKeys: [],
};

/** A group of machines, its size, or what sets it. */
export const groupChanged: GoogleReader = (call) => {
  const { id, request, project } = call;
  const group = /^.*\/instanceGroupManagers\/[^/]+/.exec(id)?.[0] ?? id;
  const names = distinct([text(request.target) ?? group, text(request.baseInstanceName)]);
  const templates = [
    request.instanceTemplate,
    ...items(request.versions).map((each) => get(each, 'instanceTemplate')),
  ];
  return {
    links: [
      ...names.flatMap((each) => changedAs(call, each.split('/').at(-1), 'changed')),
      ...links(
        'launch-template',
        'used',
        templates.map((each) => ref(each, project)),
      ),
    ],
    plan: {
      count:
        count(
          request.targetSize ??
            request.size ??
            request.resizeBy ??
            at(request, 'autoscalingPolicy', 'maxNumReplicas'),
        ) ?? 0,
      ...NOTHING_PLANNED,
    },
  };
};

/** The pool that is made where a cluster names none. */
const DEFAULT_POOL = 'default-pool';

/** A cluster of GKE with its pools, or one pool: made, resized, or let grow. */
export const clusterChanged: GoogleReader = (call) => {
  const { id, request, labels } = call;
  const { cluster, update } = request;
  const path = [id, text(request.name, 512), text(request.parent, 512)].join(' ');
  const name = textOf(cluster, 'name') ?? /\/clusters\/([^/ ]+)/.exec(path)?.[1] ?? text(labels.cluster_name);
  const pools = [...items(get(cluster, 'nodePools')), request.nodePool].filter(isObj);
  const grows = request.autoscaling ?? get(update, 'desiredNodePoolAutoscaling');
  const named = distinct([
    ...pools.map((pool) => textOf(pool, 'name')),
    /\/nodePools\/([^/ ]+)/.exec(path)?.[1] ?? text(labels.nodepool_name) ?? textOf(request, 'nodePoolId'),
    textOf(update, 'desiredNodePoolId'),
  ]);
  // most changes of a cluster are none of its nodes, and the entry that ends one does not say of what it was
  if (call.method.endsWith('.UpdateCluster') && grows === undefined && named.length === 0) return undefined;
  const changed = named.length > 0 || cluster === undefined ? named : [DEFAULT_POOL];
  const most = flag(get(grows, 'enabled')) ? count(get(grows, 'maxNodeCount')) : undefined;
  return planned(
    [
      ...links('node-group', 'changed', [id]),
      ...links(
        'node-group',
        'changed',
        changed.map((pool) => name && keyIn(call, 'nodePools', nodePrefix(name, pool))),
      ),
    ],
    pools.reduce((sum, pool) => sum + (count(pool.initialNodeCount) ?? 0), 0) +
      (count(request.nodeCount) ??
        count(get(cluster, 'initialNodeCount')) ??
        count(get(grows, 'minNodeCount')) ??
        0),
    pools.map((pool) => at(pool, 'config', 'machineType')),
    most === undefined ? undefined : `at most ${most}`,
  );
};

/** A cluster of Dataproc: its machines are the agent's, but those of its secondary workers a group's. */
export const dataprocChanged: GoogleReader = (call) => {
  const { id, request } = call;
  const [, named] = /\/clusters\/([^/]+)$/.exec(id) ?? [];
  const name = textOf(request.cluster, 'clusterName') ?? textOf(request, 'clusterName') ?? named;
  const config = at(request, 'cluster', 'config');
  const parts = ['masterConfig', 'workerConfig', 'secondaryWorkerConfig'].map((part) => get(config, part));
  return planned(
    [
      ...links('fleet', 'changed', [keyIn(call, 'clusters', name) ?? id]),
      ...links('auto-scaling-group', 'changed', [groupNamed(name && `${name}-sw`, call.project)]),
    ],
    parts.reduce<number>((sum, part) => sum + (count(get(part, 'numInstances')) ?? 0), 0),
    parts.map((part) => get(part, 'machineTypeUri')),
  );
};

/** A job of Dataflow, which launches machines for itself. */
export const jobMade: GoogleReader = (call) => {
  const name = textOf(call.request, 'job_name', 'jobName') ?? text(call.labels.job_name);
  return planned(links('fleet', 'changed', [name ? keyIn(call, 'jobs', name) : call.id]), 0, []);
};

/** A service that makes machines for somebody: a job of Batch, a notebook. */
export const serviceUsed: GoogleReader = ({ id, request }) => {
  const { job, instance } = request;
  const group = get(items(get(job, 'taskGroups'))[0], 'parallelism');
  const policy = at(items(at(job, 'allocationPolicy', 'instances'))[0], 'policy');
  const accelerators = [...items(get(policy, 'accelerators')), get(instance, 'acceleratorConfig')];
  return planned(links('fleet', 'changed', [id]), count(group) ?? 1, [
    get(policy, 'machineType'),
    get(instance, 'machineType') ?? at(instance, 'gceSetup', 'machineType'),
    ...accelerators.map((each) => get(each, 'type')),
  ]);
};

const planned = (
  changed: readonly Link[],
  wanted: number,
  types: readonly unknown[],
  detail?: string,
): Effect => ({
  links: changed,
  plan: { ...NOTHING_PLANNED, count: wanted, types: distinct(types.map(typeOf)) },
  ...(detail !== undefined && { detail }),
});
