import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import { joinedActs } from '../../../core/activity/acts.ts';
import { isBehind } from '../../../core/lineage/behind.ts';
import { activitiesIn } from '../../clouds.ts';
import { bob, type Caller, fromImage, googleEntries, wanted, zonal } from '../../google-records.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const HOUR = 3_600_000;
const GROUPS: Caller = {
  email: '123456789012@cloudservices.gserviceaccount.com',
  agent: 'GCE Managed Instance Group',
};
const DATAPROC: Caller = { email: 'service-123456789012@dataproc-accounts.iam.gserviceaccount.com' };

type Act = Parameters<typeof googleEntries>[0][number];

const machine = (name: string, by = GROUPS, labels: Readonly<Record<string, string>> = {}): Act => ({
  method: 'v1.compute.instances.insert',
  on: zonal('instances', name),
  at: NOW,
  by,
  request: wanted(name, 'e2-small', fromImage, {
    labels: Object.entries(labels).map(([key, value]) => ({ key, value })),
  }),
});
const change = (method: string, on: string, request: object): Act => ({
  method,
  on,
  at: NOW - HOUR,
  request,
});
const gke = (method: string, on: string, request: object): Act =>
  change(`google.container.v1.ClusterManager.${method}`, `locations/europe-west1/clusters/${on}`, request);

/** Whether a change is told behind a machine, as it is where both are of one automation. */
function behind(changed: Act, launched: Act): boolean {
  const acts = joinedActs(activitiesIn(googleEntries([changed, launched])));
  expect(acts.map(({ kind }) => kind)).toEqual(['fleet.change', 'instance.launch']);
  return isBehind(acts[0] as Activity, acts[1] as Activity, 2 * HOUR);
}

describe('a node of GKE', () => {
  const node = machine('gke-main-batch-0a1b2c3d-x1y2');

  it.each<[string, Act]>([
    ['pool is made', gke('CreateNodePool', 'main', { nodePool: { name: 'batch' } })],
    ['pool is resized', gke('SetNodePoolSize', 'main/nodePools/batch', { nodeCount: 9 })],
    [
      'pool may grow',
      gke('SetNodePoolAutoscaling', 'main/nodePools/batch', {
        autoscaling: { enabled: true, maxNodeCount: 9 },
      }),
    ],
    ['pool is changed', gke('UpdateNodePool', 'main/nodePools/batch', { imageType: 'UBUNTU_CONTAINERD' })],
    [
      'cluster is made',
      gke('CreateCluster', 'main', { cluster: { name: 'main', nodePools: [{ name: 'batch' }] } }),
    ],
    [
      'cluster is made by the interface of another version',
      change('google.container.v1beta1.ClusterManager.CreateCluster', 'zones/europe-west1-c/clusters/main', {
        cluster: { name: 'main', nodePools: [{ name: 'batch' }] },
      }),
    ],
    [
      'group of the pool is resized by hand',
      change(
        'v1.compute.instanceGroupManagers.resize',
        zonal('instanceGroupManagers', 'gke-main-batch-0a1b2c3d-grp'),
        {
          size: '9',
        },
      ),
    ],
  ])('is launched behind whoever is at work when its %s', (_, changed) => {
    expect(behind(changed, node)).toBe(true);
  });

  it.each<[string, Act]>([
    ['another pool', machine('gke-main-web-0a1b2c3d-x1y2')],
    ['another cluster', machine('gke-other-batch-0a1b2c3d-x1y2')],
    ['another Region', { ...node, on: 'zones/us-central1-a/instances/gke-main-batch-0a1b2c3d-x1y2' }],
    ['a group that is called alike', machine('gke-main-batch-x1y2')],
    [
      'somebody, who chose its name and labels',
      machine('gke-main-batch-0a1b2c3d-x1y2', bob, {
        'goog-k8s-cluster-name': 'main',
        'goog-k8s-node-pool-name': 'batch',
      }),
    ],
  ])('is not where it is of %s', (_, other) => {
    expect(behind(gke('SetNodePoolSize', 'main/nodePools/batch', { nodeCount: 9 }), other)).toBe(false);
  });

  it.each([
    ['longevity-scylla-operator', 'workers-of-the-evening', 'longevity-scylla-workers-of-the-e'],
    ['us-central1-composer-demo', 'default-pool', 'us-central1-composer-default-pool'],
    ['prod', 'nap-e2-standard-32-l1evms3o-and-more', 'prod-nap-e2-standard-32-l1evms3o-'],
    ['agents-staging', 'nap-e2-standard-2-abcdefgh', 'agents-staging-nap-e2-standard-2-'],
  ])('of cluster %s and pool %s bears what GKE leaves of the two', (cluster, pool, left) => {
    const changed = gke('SetNodePoolSize', `${cluster}/nodePools/${pool}`, { nodeCount: 9 });
    expect(behind(changed, machine(`gke-${left}-0a1b2c3d-x1y2`))).toBe(true);
  });

  it('is of a pool that nobody named, where a cluster was made without any', () => {
    const made = gke('CreateCluster', 'main', { cluster: { name: 'main', initialNodeCount: 3 } });
    expect(behind(made, machine('gke-main-default-pool-0a1b2c3d-x1y2'))).toBe(true);
    expect(behind(made, machine('gk3-main-default-pool-0a1b2c3d-x1y2'))).toBe(true);
  });

  it('is not counted twice, nor is what a pool may grow to', () => {
    const [made, may] = joinedActs(
      activitiesIn(
        googleEntries([
          gke('CreateNodePool', 'main', {
            nodePool: { name: 'batch', initialNodeCount: 3, config: { machineType: 'n2-standard-8' } },
          }),
          gke('SetNodePoolAutoscaling', 'main/nodePools/batch', {
            autoscaling: { enabled: true, minNodeCount: 1, maxNodeCount: 90 },
          }),
        ]),
      ),
    );
    expect(made?.plan).toMatchObject({ count: 3, types: ['n2-standard-8'] });
    expect([may?.plan?.count, may?.detail]).toEqual([1, 'at most 90']);
  });

  it('is none of what else is changed of a cluster', () => {
    const update = { desiredLoggingService: 'none' };
    expect(activitiesIn(googleEntries([gke('UpdateCluster', 'main', { update })]))).toEqual([]);
  });
});

describe('a machine of Dataproc', () => {
  const made = change(
    'google.cloud.dataproc.v1.ClusterController.CreateCluster',
    'regions/europe-west1/clusters/spark',
    {
      region: 'europe-west1',
      cluster: {
        clusterName: 'spark',
        config: {
          masterConfig: { numInstances: 1, machineTypeUri: 'n2-standard-4' },
          workerConfig: { numInstances: 8, machineTypeUri: 'n2-standard-32' },
        },
      },
    },
  );

  it.each([
    ['spark-m', DATAPROC],
    ['spark-m-1', DATAPROC],
    ['spark-w-12', DATAPROC],
    ['spark-sw-x1y2', GROUPS],
  ])('called %s is launched behind whoever made its cluster', (name, by) => {
    expect(behind(made, machine(name, by))).toBe(true);
  });

  it('is known by its label where it has one, whatever it is called', () => {
    const by = { email: GROUPS.email };
    expect(behind(made, machine('x', by, { 'goog-dataproc-cluster-name': 'spark' }))).toBe(true);
    expect(behind(made, machine('spark-m', by))).toBe(false);
  });

  it('is launched behind it as well where one call makes all of them', () => {
    const labels = [{ key: 'goog-dataproc-cluster-name', value: 'spark' }];
    const bulk = {
      ...machine('x', DATAPROC),
      method: 'v1.compute.regionInstances.bulkInsert',
      on: 'regions/europe-west1/instances',
      request: { count: '8', instanceProperties: { machineType: 'n2-standard-4', labels } },
    };
    expect(behind(made, bulk)).toBe(true);
  });

  it('of another cluster, or that somebody made, is not', () => {
    expect(behind(made, machine('spark-2-w-0', DATAPROC))).toBe(false);
    expect(behind(made, machine('spark-w-0', bob))).toBe(false);
  });

  it('is planned with its like', () => {
    const [plan] = joinedActs(activitiesIn(googleEntries([made]))).map((act) => act.plan);
    expect(plan).toMatchObject({ count: 9, types: ['n2-standard-4', 'n2-standard-32'] });
  });
});

describe('a machine of Dataflow', () => {
  const made: Act = {
    ...change('dataflow.jobs.create', '', { job_name: 'words', job_id: '2026-03-02_01' }),
    single: true,
    more: { resourceLocation: { currentLocations: ['europe-west1'] } },
  };

  it('is launched behind whoever started its job', () => {
    expect(behind(made, machine('words-03020100-ab3d-harness-x1y2'))).toBe(true);
    expect(behind(made, machine('x-x1y2', GROUPS, { dataflow_job_name: 'words' }))).toBe(true);
  });

  it('of another job is not', () => {
    expect(behind(made, machine('words-2-03020100-ab3d-harness-x1y2'))).toBe(false);
  });
});
