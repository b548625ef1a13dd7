import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import { joinedActs } from '../../../core/activity/acts.ts';
import { azureRecords, compute, idOf, network } from '../../azure-records.ts';
import { activitiesIn, foundIn } from '../../clouds.ts';
import { googleEntries, zonal } from '../../google-records.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const PROJECT = 'projects/example-project';

const onGoogle = (
  method: string,
  on: string,
  request: object = {},
  more: object = {},
): Activity | undefined =>
  joinedActs(activitiesIn(googleEntries([{ method, on, at: NOW, request, more }])))[0];
const onAzure = (operation: string, on: string, body: object = {}): Activity | undefined =>
  joinedActs(activitiesIn(azureRecords([{ operation, on, at: NOW, body }])))[0];

describe('an act of Google', () => {
  it.each([
    ['v1.compute.regionDisks.insert', 'volume.create'],
    ['beta.compute.regionDisks.delete', 'volume.delete'],
    ['alpha.compute.regionDisks.createSnapshot', 'snapshot.create'],
    ['v1.compute.regionInstances.bulkInsert', 'instance.launch'],
    ['compute.regionInstanceTemplates.insert', 'template.change'],
    ['v1.compute.regionInstanceGroupManagers.createInstances', 'fleet.change'],
    ['v1.compute.regionAutoscalers.patch', 'fleet.change'],
    ['beta.compute.regionInstantSnapshots.insert', 'snapshot.create'],
    ['google.container.v1alpha1.ClusterManager.CreateNodePool', 'fleet.change'],
    ['google.cloud.notebooks.v1beta1.NotebookService.CreateInstance', 'fleet.change'],
    ['google.iam.admin.v1.CreateServiceAccountKey', 'identity.create'],
    ['google.logging.v2.ConfigServiceV2.DeleteSink', 'guardrail.disable'],
    ['google.cloud.orgpolicy.v2.OrgPolicy.DeletePolicy', 'guardrail.disable'],
    ['google.api.cloudquotas.v1.CloudQuotas.UpdateQuotaPreference', 'quota.request'],
  ])('is read in a Region and by any version of an interface: %s', (method, kind) => {
    expect(onGoogle(method, 'regions/europe-west1/things/x', { name: 'x' })?.kind).toBe(kind);
  });

  it.each([
    ['zones/europe-west1-b/disks/x', [], 'europe-west1'],
    ['zones/us-south1-ai1b/disks/x', [], 'us-south1'],
    ['regions/us-east4/disks/x', ['europe-west1'], 'us-east4'],
    ['global/snapshots/x', ['us-east4'], 'us-east4'],
    ['global/snapshots/x', ['us'], 'global'],
    ['global/snapshots/x', [], 'global'],
  ])('on %s kept in %j is in the Region %s', (on, currentLocations, region) => {
    const act = onGoogle('v1.compute.disks.insert', on, {}, { resourceLocation: { currentLocations } });
    expect(act?.region).toBe(region);
  });

  it('is on what its answer names, where it does not say itself', () => {
    const [first] = googleEntries([
      {
        method: 'v1.compute.instances.stop',
        on: zonal('instances', 'one'),
        at: NOW,
        number: '5887816102004671380',
      },
    ]) as [{ protoPayload: { resourceName: string } }];
    const { resourceName, ...protoPayload } = first.protoPayload;
    expect(activitiesIn([{ ...first, protoPayload }])[0]?.links[0]?.id).toBe(resourceName);
  });

  it('carries data on by an instant snapshot, and by a disk that is kept like another', () => {
    const instant = `${PROJECT}/${zonal('instantSnapshots', 'now')}`;
    const made = onGoogle('v1.compute.instantSnapshots.insert', zonal('instantSnapshots', 'now'), {
      sourceDisk: zonal('disks', 'web'),
    });
    expect(made?.links[0]).toMatchObject({ type: 'snapshot', id: instant, from: [{ type: 'volume' }] });
    const restored = onGoogle('v1.compute.disks.insert', zonal('disks', 'mine'), {
      sourceInstantSnapshot: instant,
    });
    expect(restored?.links[0]?.from).toEqual([{ type: 'snapshot', id: instant }]);
    const kept = onGoogle('v1.compute.snapshots.insert', 'global/snapshots/x', {
      sourceInstantSnapshot: instant,
    });
    expect(kept).toMatchObject({
      kind: 'snapshot.copy',
      links: [{ from: [{ type: 'snapshot', id: instant }] }, {}],
    });
    const away = onGoogle('v1.compute.disks.startAsyncReplication', zonal('disks', 'web'), {
      asyncSecondaryDisk: `${PROJECT}/zones/us-east1-b/disks/web`,
    });
    expect(away).toMatchObject({
      kind: 'volume.copy',
      links: [
        {
          id: `${PROJECT}/zones/us-east1-b/disks/web`,
          role: 'changed',
          from: [{ type: 'volume', id: `${PROJECT}/${zonal('disks', 'web')}` }],
        },
        { role: 'used' },
      ],
    });
  });

  it('opens by a rule of a policy as by a rule of a network, and not by one that denies', () => {
    const rule = (action: string) =>
      onGoogle('v1.compute.networkFirewallPolicies.addRule', 'global/firewallPolicies/web', {
        action,
        priority: 900,
        direction: 'INGRESS',
        match: {
          srcIpRanges: ['0.0.0.0/0'],
          layer4Configs: [{ ipProtocol: 'tcp', ports: ['22', '8000-8010'] }],
        },
        targetServiceAccounts: ['web@example-project.iam.gserviceaccount.com'],
      });
    const group = `${PROJECT}/serviceAccounts/web@example-project.iam.gserviceaccount.com`;
    expect(rule('allow')?.ingress).toEqual([
      { group, source: '0.0.0.0/0', protocol: 'tcp', fromPort: 22, toPort: 22 },
      { group, source: '0.0.0.0/0', protocol: 'tcp', fromPort: 8000, toPort: 8010 },
    ]);
    // it has no name by which a command could switch it off
    expect(rule('allow')?.detail).toBe('rule 900 of web');
    expect(rule('deny')?.ingress).toBeUndefined();
    expect(rule('goto_next')?.ingress).toBeUndefined();
  });

  it('of an audit log that is switched off is a guard’s, though no right was given', () => {
    const deltas = (policyDelta: object) =>
      onGoogle('SetIamPolicy', '', {}, { serviceData: { policyDelta } });
    const auditConfigDeltas = [{ action: 'REMOVE', service: 'compute.googleapis.com', logType: 'DATA_READ' }];
    expect(deltas({ auditConfigDeltas })).toMatchObject({
      kind: 'guardrail.disable',
      detail: 'audit log of compute.googleapis.com',
    });
    const bindingDeltas = [{ action: 'ADD', role: 'roles/owner', member: 'user:x@outside.example' }];
    expect(deltas({ auditConfigDeltas, bindingDeltas })?.kind).toBe('identity.grant');
  });

  it.each([
    ['CreatePolicy', { rules: [{ enforce: false }] }, 'guardrail.disable'],
    ['UpdatePolicy', { rules: [{ allowAll: true }] }, 'guardrail.disable'],
    ['UpdatePolicy', { reset: true }, 'guardrail.disable'],
    ['UpdatePolicy', { rules: [{ enforce: true }] }, undefined],
  ])('lets go of a policy of the organisation by %s with %j: %s', (verb, spec, kind) => {
    const act = onGoogle(
      `google.cloud.orgpolicy.v2.OrgPolicy.${verb}`,
      'policies/compute.vmExternalIpAccess',
      {
        policy: { spec },
      },
    );
    expect(act?.kind).toBe(kind);
  });

  it('asks a group for machines by a request of its own', () => {
    const on = `${zonal('instanceGroupManagers', 'gpu')}/resizeRequests/now`;
    expect(
      onGoogle('v1.compute.instanceGroupManagerResizeRequests.insert', on, { resizeBy: 8 }),
    ).toMatchObject({
      links: [{ type: 'auto-scaling-group', id: `${PROJECT}/instanceGroupManagers/gpu` }],
      plan: { count: 8 },
    });
  });

  it('launches through a job of Batch as many as run at once', () => {
    const job = {
      taskGroups: [{ taskCount: 500, parallelism: 40 }],
      allocationPolicy: {
        instances: [
          { policy: { machineType: 'n1-standard-8', accelerators: [{ type: 'nvidia-tesla-t4' }] } },
        ],
      },
    };
    const made = onGoogle('google.cloud.batch.v1.BatchService.CreateJob', 'locations/europe-west1/jobs/x', {
      job,
    });
    expect(made?.plan).toMatchObject({ count: 40, types: ['n1-standard-8', 'nvidia-tesla-t4'] });
  });

  it('protects a machine from being deleted', () => {
    const set = (deletionProtection: boolean) =>
      onGoogle('v1.compute.instances.setDeletionProtection', zonal('instances', 'x'), { deletionProtection });
    expect(set(true)?.posture).toEqual({ protected: true });
    expect(set(false)?.posture).toBeUndefined();
  });
});

describe('an act of Azure', () => {
  const POINT = compute('rg', 'restorePointCollections', 'c/restorePoints/p');

  it('takes data out of one disk of a restore point as out of the point', () => {
    const link = onAzure(
      'Microsoft.Compute/restorePointCollections/restorePoints/diskRestorePoints/beginGetAccess/action',
      `${POINT}/diskRestorePoints/web`,
    );
    const disk = onAzure('Microsoft.Compute/disks/write', compute('rg', 'disks', 'mine'), {
      properties: {
        creationData: { createOption: 'Restore', sourceResourceId: idOf(`${POINT}/diskRestorePoints/web`) },
      },
    });
    const point = { type: 'snapshot', id: idOf(POINT).toLowerCase() };
    expect(link).toMatchObject({ kind: 'snapshot.link', links: [point] });
    expect(disk?.links[0]?.from).toEqual([point]);
  });

  it('keeps the disks of a machine in a restore point, whose body has but a number for the machine', () => {
    const managedDisk = { id: idOf(compute('rg', 'disks', 'web')) };
    const sourceMetadata = {
      vmId: '76d47a9b-0000-4000-8000-000000000001',
      storageProfile: { osDisk: { managedDisk } },
    };
    const made = onAzure('Microsoft.Compute/restorePointCollections/restorePoints/write', POINT, {
      properties: { sourceMetadata },
    });
    expect(made?.links[0]?.from).toEqual([{ type: 'volume', id: managedDisk.id.toLowerCase() }]);
  });

  it.each([
    ['disks', 0, 'volume.create', 1],
    ['disks', 86_400_000, 'volume.create', 0],
    ['snapshots', 0, 'snapshot.copy', 1],
    ['snapshots', 86_400_000, 'snapshot.restore', 0],
  ])('tells of data in %s that were made %i ms before as %s from %i things', (type, age, kind, sources) => {
    const act = onAzure(`Microsoft.Compute/${type}/write`, compute('rg', type, 'x'), {
      properties: {
        timeCreated: new Date(NOW - age).toISOString(),
        creationData: { createOption: 'Copy', sourceResourceId: idOf(compute('rg', 'snapshots', 'copy')) },
      },
    });
    expect([act?.kind, act?.links[0]?.from?.length ?? 0]).toEqual([kind, sources]);
  });

  it('launches a machine with what its own call makes disks of', () => {
    const snapshot = idOf(compute('rg', 'snapshots', 'copy'));
    const act = onAzure('Microsoft.Compute/virtualMachines/write', compute('rg', 'virtualMachines', 'x'), {
      properties: {
        timeCreated: new Date(NOW).toISOString(),
        storageProfile: {
          dataDisks: [
            { createOption: 'Copy', sourceResource: { id: snapshot } },
            { createOption: 'Restore', sourceResource: { id: idOf(`${POINT}/diskRestorePoints/web`) } },
          ],
        },
      },
    });
    const from = [snapshot, idOf(POINT)].map((id) => ({ type: 'snapshot', id: id.toLowerCase() }));
    expect(act?.launch?.snapshots).toEqual(from.map(({ id }) => id));
    expect(act?.links[0]?.from).toEqual(from);
  });

  it.each([
    ['what it asks for', { dataDisksToAttach: [{ diskId: idOf(compute('rg', 'disks', 'mine')) }] }, 1],
    ['the answer', { dataDisks: [{ managedDisk: { id: idOf(compute('rg', 'disks', 'mine')) } }] }, 1],
    ['nothing', undefined, 0],
  ])('attaches disks to a standing machine, and launches none, where it says %s', (_, body, disks) => {
    const act = joinedActs(
      activitiesIn(
        azureRecords([
          {
            operation: 'Microsoft.Compute/virtualMachines/attachDetachDataDisks/action',
            on: compute('rg', 'virtualMachines', 'x'),
            at: NOW,
            ...(body !== undefined && { body }),
          },
        ]),
      ),
    )[0];
    expect([act?.kind, act?.launch, act?.links[0]?.from?.length ?? 0]).toEqual([
      'volume.attach',
      undefined,
      disks,
    ]);
  });

  it('makes a version of a gallery of all the disks that it names', () => {
    const disk = (name: string) => ({ source: { id: idOf(compute('rg', 'snapshots', name)) } });
    const made = onAzure(
      'Microsoft.Compute/galleries/images/versions/write',
      compute('rg', 'galleries', 'g/images/i/versions/1.0.0'),
      {
        properties: { storageProfile: { osDiskImage: disk('os'), dataDiskImages: [disk('data')] } },
      },
    );
    expect(made?.links[0]?.from).toHaveLength(2);
  });

  it('makes an image of all the disks and snapshots that it names', () => {
    const made = onAzure('Microsoft.Compute/images/write', compute('rg', 'images', 'x'), {
      properties: {
        storageProfile: {
          osDisk: { managedDisk: { id: idOf(compute('rg', 'disks', 'os')) } },
          dataDisks: [{ snapshot: { id: idOf(compute('rg', 'snapshots', 'copy')) } }],
        },
      },
    });
    expect(made?.links[0]?.from?.map(({ type }) => type)).toEqual(['volume', 'snapshot']);
  });

  it('shares a gallery with subscriptions, or with everybody, and takes that back', () => {
    const share = (body: object) =>
      onAzure('Microsoft.Compute/galleries/share/action', compute('rg', 'galleries', 'g'), body);
    const groups = [{ type: 'Subscriptions', ids: ['99999999-0000-4000-8000-00000000000A'] }];
    expect(share({ operationType: 'Add', groups })).toMatchObject({
      kind: 'image.share',
      share: { accounts: ['99999999-0000-4000-8000-00000000000a'], public: false },
    });
    expect(share({ operationType: 'EnableCommunity' })?.share?.public).toBe(true);
    expect(share({ operationType: 'Remove', groups })?.share).toBeUndefined();
  });

  it.each(['snapshots', 'disks', 'images'])(
    'that gives a colleague a role on one of the %s is no share outside',
    async (type) => {
      const given = (principalType: string) =>
        azureRecords([
          {
            operation: 'Microsoft.Authorization/roleAssignments/write',
            on: `${compute('rg', type, 'x')}/providers/Microsoft.Authorization/roleAssignments/1`,
            at: NOW,
            body: {
              properties: {
                principalId: '99999999-0000-4000-8000-000000000001',
                principalType,
                roleDefinitionId: 'reader',
              },
            },
          },
        ]);
      const [act] = joinedActs(activitiesIn(given('User')));
      expect(act).toMatchObject({
        kind: 'identity.grant',
        detail: 'reader on x to 99999999-0000-4000-8000-000000000001',
      });
      expect(await foundIn(activitiesIn(given('User')))).toEqual([]);
      // whoever is of another directory says so
      expect(joinedActs(activitiesIn(given('ForeignGroup')))[0]?.share?.accounts).toHaveLength(1);
    },
  );

  it.each([
    [
      'Microsoft.Network/bastionHosts/createShareableLinks/action',
      network('rg', 'bastionHosts/b'),
      'vms',
      { vm: {} },
    ],
    [
      'Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action',
      'providers/x',
      'virtualMachines',
      {},
    ],
  ])('opens a way into the machines that its body names: %s', (operation, on, list, shape) => {
    const id = idOf(compute('rg', 'virtualMachines', 'web'));
    const body = { [list]: ['vm' in shape ? { vm: { id } } : { id }] };
    expect(onAzure(operation, on, body)).toMatchObject({
      kind: 'instance.enter',
      links: [{ type: 'instance', id: id.toLowerCase(), role: 'changed' }],
    });
  });

  it.each([
    ['Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands/write', 'runCommands/x'],
    ['Microsoft.Compute/virtualMachineScaleSets/virtualMachines/extensions/write', 'extensions/x'],
  ])('runs code on a machine of a scale set: %s', (operation, below) => {
    const machine = compute('rg', 'virtualMachineScaleSets', 'web/virtualMachines/0');
    expect(onAzure(operation, `${machine}/${below}`)).toMatchObject({
      kind: 'instance.run',
      links: [{ id: idOf(machine).toLowerCase() }],
    });
  });

  it('plans what a service keeps: an autoscale setting, a pool of Batch, a compute of Machine Learning', () => {
    const set = idOf(compute('rg', 'virtualMachineScaleSets', 'web'));
    const setting = onAzure('Microsoft.Insights/autoscaleSettings/write', 'providers/x', {
      properties: {
        targetResourceUri: set,
        profiles: [{ capacity: { minimum: '2', maximum: '90', default: '2' } }],
      },
    });
    expect(setting).toMatchObject({
      links: [{ type: 'auto-scaling-group', id: set.toLowerCase() }],
      plan: { count: 2 },
      detail: 'at most 90',
    });
    const pool = onAzure('Microsoft.Batch/batchAccounts/pools/write', 'providers/x', {
      properties: {
        vmSize: 'STANDARD_NC24',
        scaleSettings: { fixedScale: { targetDedicatedNodes: 4, targetLowPriorityNodes: 30 } },
      },
    });
    expect(pool?.plan).toMatchObject({ count: 34, types: ['STANDARD_NC24'] });
    const trainer = onAzure('Microsoft.MachineLearningServices/workspaces/computes/write', 'providers/x', {
      properties: {
        properties: { vmSize: 'Standard_NC6s_v3', scaleSettings: { minNodeCount: 3, maxNodeCount: 9 } },
      },
    });
    expect(trainer?.plan).toMatchObject({ count: 3, types: ['Standard_NC6s_v3'] });
  });
});
