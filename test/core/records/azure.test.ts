import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import { joinedActs } from '../../../core/activity/acts.ts';
import { isAccelerated, isVeryLarge, vcpusOf } from '../../../core/activity/instance-types.ts';
import { isBehind } from '../../../core/lineage/behind.ts';
import { fromAzure } from '../../../core/records/azure/azure.ts';
import { alice, azureRecords, compute, idOf, machine, network } from '../../azure-records.ts';
import { activitiesIn } from '../../clouds.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const VM = 'Microsoft.Compute/virtualMachines/write';
const vm = compute('rg', 'virtualMachines', 'one');

const joined = (...acts: Parameters<typeof azureRecords>[0]) => joinedActs(activitiesIn(azureRecords(acts)));

describe('a machine of Azure', () => {
  it('is one launch, told in three records, with the size that one of them names', () => {
    const [launch, ...others] = joined({
      operation: VM,
      on: vm,
      at: NOW,
      body: machine('Standard_D4s_v5', NOW),
    });
    expect(others).toEqual([]);
    expect(launch).toMatchObject({
      kind: 'instance.launch',
      account: '1a2b3c4d-0000-4000-8000-000000000001',
      region: 'westeurope',
      outcome: 'succeeded',
      joined: 'whole',
      launch: { count: 1, types: ['Standard_D4s_v5'], images: ['canonical:ubuntu:22_04'] },
      actor: { class: 'human', label: 'user/alice@example.com' },
      origin: { ip: '192.0.2.10', agent: 'azure-cli' },
    });
  });

  it('of a scale set in Flexible mode is launched behind whoever changed the set', () => {
    const set = compute('rg', 'virtualMachineScaleSets', 'Web');
    const [changed, launch] = joined(
      {
        operation: 'Microsoft.Compute/virtualMachineScaleSets/write',
        on: set,
        at: NOW - 600_000,
        body: { sku: { name: 'Standard_D4s_v5', capacity: 9 } },
      },
      {
        operation: VM,
        on: vm,
        at: NOW,
        body: machine('Standard_D4s_v5', NOW, { virtualMachineScaleSet: { id: idOf(set).toUpperCase() } }),
      },
    );
    const byService = {
      ...(launch as Activity),
      actor: { key: 'set', label: 'set', class: 'service', account: 'x' } as const,
    };
    expect([changed?.kind, launch?.kind]).toEqual(['fleet.change', 'instance.launch']);
    expect(isBehind(changed as Activity, byService, 3_600_000)).toBe(true);
    expect(isBehind(changed as Activity, byService, 300_000)).toBe(false);
  });

  it.each([
    ['whoever made its pool', 'aks-batch-12345678-vms1', 'agentPools/batch', {}, true],
    [
      'whoever changed its cluster',
      'aks-batch-12345678-vms1',
      '',
      { agentPoolProfiles: [{ name: 'batch' }] },
      true,
    ],
    ['nobody who made another pool', 'aks-web-12345678-vms1', 'agentPools/batch', {}, false],
    ['nobody where its name says no pool', 'batch-12345678-vms1', 'agentPools/batch', {}, false],
  ])('of AKS is launched behind %s', (__, name, pool, properties, is) => {
    const cluster = 'resourceGroups/rg_a/providers/Microsoft.ContainerService/managedClusters/Main';
    const { upn: _, ...program } = alice;
    const aks = { ...program, appid: '7319c514-987d-4e9b-ac3d-d38c4f427f4c' };
    const [changed, launch] = joined(
      {
        operation: `Microsoft.ContainerService/managedClusters/${pool === '' ? '' : 'agentPools/'}write`,
        on: [cluster, pool].filter(Boolean).join('/'),
        at: NOW - 600_000,
        body: { properties: { count: 3, vmSize: 'Standard_D4s_v5', ...properties } },
      },
      {
        operation: VM,
        on: compute('MC_rg_a_Main_westeurope', 'virtualMachines', name),
        at: NOW,
        by: aks,
        body: machine('Standard_D4s_v5', NOW),
      },
    );
    expect([changed?.kind, launch?.kind]).toEqual(['fleet.change', 'instance.launch']);
    expect(isBehind(changed as Activity, launch as Activity, 3_600_000)).toBe(is);
  });

  it('that was there for long is changed, and not launched', () => {
    const body = machine('Standard_D4s_v5', NOW - 86_400_000, { provisioningState: 'Updating' });
    expect(joined({ operation: VM, on: vm, at: NOW, body, code: 'OK' })[0]?.kind).toBe('instance.modify');
  });

  it.each([
    ['AuthorizationFailed', undefined, 'denied'],
    ['RequestDisallowedByPolicy', undefined, 'denied'],
    ['OperationNotAllowed', 'Operation exceeds approved Total Regional Cores quota', 'limited'],
    ['OperationNotAllowed', 'The machine is being deleted', 'failed'],
    ['SkuNotAvailable', undefined, 'limited'],
    ['Conflict', undefined, 'failed'],
  ])('that ends in %s (%s) is %s', (code, message, outcome) => {
    const error = { code, ...(message !== undefined && { message }) };
    expect(joined({ operation: VM, on: vm, at: NOW, error })[0]).toMatchObject({ outcome, error: code });
  });

  it('of which nothing but the beginning is known is not judged', () => {
    const [begun] = azureRecords([{ operation: VM, on: vm, at: NOW }]);
    expect(joinedActs(activitiesIn(begun))).toEqual([]);
  });
});

describe('a rule of Azure', () => {
  const rule = network('rg', 'networkSecurityGroups/web/securityRules/ssh');
  const open = (properties: object) =>
    joined({
      operation: 'Microsoft.Network/networkSecurityGroups/securityRules/write',
      on: rule,
      at: NOW,
      body: { properties: { access: 'Allow', direction: 'Inbound', protocol: 'TCP', ...properties } },
    })[0];

  it.each(['*', 'Internet', 'Any', '0.0.0.0/0'])('lets everybody in from %s', (sourceAddressPrefix) => {
    expect(open({ sourceAddressPrefix, destinationPortRange: '22-25' })?.ingress).toEqual([
      {
        group: idOf(network('rg', 'networkSecurityGroups/web')).toLowerCase(),
        protocol: 'tcp',
        source: '0.0.0.0/0',
        fromPort: 22,
        toPort: 25,
      },
    ]);
  });

  it('that is deleted is named as at its making', () => {
    const [deleted] = joined({
      operation: 'Microsoft.Network/networkSecurityGroups/securityRules/delete',
      on: rule,
      at: NOW,
    });
    expect(deleted).toMatchObject({
      kind: 'ingress.close',
      detail: 'ssh',
      links: [{ type: 'security-group', id: idOf(network('rg', 'networkSecurityGroups/web')).toLowerCase() }],
    });
    expect(open({ sourceAddressPrefix: '*', destinationPortRange: '22' })?.detail).toBe('ssh');
  });

  it('that denies, or is for what leaves, lets nobody in', () => {
    expect(open({ access: 'Deny', sourceAddressPrefix: '*' })?.ingress).toBeUndefined();
    expect(open({ direction: 'Outbound', sourceAddressPrefix: '*' })?.ingress).toBeUndefined();
    // nor is it a habit of opening
    expect(open({ access: 'Deny', sourceAddressPrefix: '*' })?.kind).toBe('ingress.close');
  });
});

it('takes a link for reading a disk for an export, and one for writing into it for none', () => {
  const link = (body?: object) =>
    joined({
      operation: 'Microsoft.Compute/disks/beginGetAccess/action',
      on: compute('rg', 'disks', 'web'),
      at: NOW,
      ...(body && { body }),
    })[0]?.kind;
  expect([link(), link({ access: 'Read' }), link({ access: 'Write' })]).toEqual([
    'snapshot.link',
    'snapshot.link',
    'volume.create',
  ]);
});

it('takes a guest for one of another directory', () => {
  const upn = 'helper_outside.example#EXT#@example.onmicrosoft.com';
  const [act] = joined({
    operation: VM,
    on: vm,
    at: NOW,
    by: { object: alice.object, upn, ip: '203.0.113.9' },
  });
  expect(act?.actor).toMatchObject({ class: 'foreign-account', account: 'outside.example' });
});

it('takes a program with a secret for an automation, and a machine’s own identity for a workload', () => {
  const by = { object: alice.object, ip: '198.51.100.9' };
  expect(joined({ operation: VM, on: vm, at: NOW, by })[0]?.actor.class).toBe('automation');
});

describe('records of Azure that are no act', () => {
  const record = (changes: object) => ({
    ...azureRecords([{ operation: VM, on: vm, at: NOW }])[0],
    ...changes,
  });

  it.each([
    ['not-watched', { operationName: 'Microsoft.Web/sites/write' }],
    ['not-watched', { category: 'ServiceHealth' }],
    ['not-watched', { resultType: 'Active' }],
    ['read-only', { operationName: 'Microsoft.Compute/virtualMachines/read' }],
    ['no-time', { time: 'yesterday' }],
  ])('are skipped as %s', (reason, changes) => {
    expect(fromAzure(record(changes))).toEqual({ ok: false, reason });
  });

  it('of nobody name nobody', () => {
    const read = fromAzure(record({ resultType: 'Success', identity: {} }));
    expect(read).toMatchObject({ ok: true, activity: { actor: { class: 'unknown', key: 'unknown' } } });
  });
});

describe('sizes of other clouds', () => {
  it.each([
    ['Standard_D4s_v5', 4, false, false],
    ['Standard_NC24ads_A100_v4', 24, true, false],
    ['Standard_M128ms', 128, false, true],
    ['Standard_E64-16s_v3', 64, false, false],
    ['n2-standard-8', 8, false, false],
    ['a2-highgpu-8g', 96, true, true],
    ['custom-96-8192', 96, false, true],
    ['e2-micro', 2, false, false],
    ['nvidia-tesla-t4', 2, true, false],
    ['m7g.large', 2, false, false],
  ])('%s has %i vCPUs', (type, vcpus, accelerated, large) => {
    expect([vcpusOf(type), isAccelerated(type), isVeryLarge(type)]).toEqual([vcpus, accelerated, large]);
  });
});
