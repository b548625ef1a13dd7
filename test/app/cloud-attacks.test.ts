import { describe, expect, it } from 'vitest';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { SEVERITIES, type Severity } from '../../core/findings/severity.ts';
import { DAY } from '../../core/history/facts.ts';
import {
  alice,
  azureRecords,
  compute,
  copyOf,
  idOf,
  machine,
  network,
  type Person,
} from '../azure-records.ts';
import { activitiesIn, foundIn } from '../clouds.ts';
import {
  attached,
  bob,
  type Caller,
  fromImage,
  googleEntries,
  snapshotNamed,
  wanted,
  zonal,
} from '../google-records.ts';

const START = Date.parse('2026-03-02T08:00:00.000Z');
const HOUR = 3_600_000;
const MINUTE = 60_000;
/** When the attacks happen: after two weeks of ordinary life. */
const NOW = START + 15 * DAY + 2 * HOUR;
const DAYS = Array.from({ length: 15 }, (_, day) => START + day * DAY);

type AzureActs = Parameters<typeof azureRecords>[0];
type GoogleActs = Parameters<typeof googleEntries>[0];

const pipeline: Person = { object: 'bbbbbbbb-0000-4000-8000-000000000002', ip: '192.0.2.40' };
const backup: Person = { object: 'bbbbbbbb-0000-4000-8000-000000000003', ip: '192.0.2.41' };
const aks: Person = {
  object: 'bbbbbbbb-0000-4000-8000-000000000004',
  ip: '192.0.2.42',
  appid: '7319c514-987d-4e9b-ac3d-d38c4f427f4c',
};
/** A guest of another directory, and a colleague whose password was reset. */
const guest: Person = {
  object: 'dddddddd-0000-4000-8000-000000000009',
  upn: 'helper_outside.example#EXT#@example.com',
  ip: '203.0.113.66',
};
const reset: Person = { ...alice, ip: '203.0.113.67' };

/** What happens in a subscription every day: machines of a pipeline, backups that are rotated, a person who looks after them. */
const azureLife: AzureActs = DAYS.flatMap((day, index) => [
  {
    operation: 'Microsoft.Compute/virtualMachines/write',
    on: compute('rg-ci', 'virtualMachines', `build-${index}`),
    at: day,
    by: pipeline,
    body: machine('Standard_D2s_v5', day),
  },
  {
    operation: 'Microsoft.Compute/virtualMachines/delete',
    on: compute('rg-ci', 'virtualMachines', `build-${index}`),
    at: day + HOUR,
    by: pipeline,
  },
  {
    operation: 'Microsoft.Compute/snapshots/write',
    on: compute('rg-backup', 'snapshots', `web-${index}`),
    at: day + 2 * HOUR,
    by: backup,
    code: 'Accepted',
    body: copyOf(compute('rg-prod', 'disks', 'web')),
  },
  ...(index < 7
    ? []
    : [
        {
          operation: 'Microsoft.Compute/snapshots/delete',
          on: compute('rg-backup', 'snapshots', `web-${index - 7}`),
          at: day + 2.2 * HOUR,
          by: backup,
        },
      ]),
  {
    operation: 'Microsoft.Compute/virtualMachines/start/action',
    on: compute('rg-prod', 'virtualMachines', 'web'),
    at: day + HOUR,
    by: alice,
  },
  ...(index % 3 === 0
    ? [
        {
          operation: 'Microsoft.Compute/virtualMachines/write',
          on: compute('rg-prod', 'virtualMachines', `web-${index}`),
          at: day + 1.5 * HOUR,
          by: alice,
          body: machine('Standard_D4s_v5', day + 1.5 * HOUR),
        },
      ]
    : []),
]);

const world = {
  access: 'Allow',
  direction: 'Inbound',
  protocol: '*',
  sourceAddressPrefix: '*',
  destinationPortRange: '*',
};

/** A role for oneself, a group that lets everybody in, a machine with an address in it, and code run on that (C0027, LAPSUS$). */
const takeover = (by: Person, size: string): AzureActs => {
  const [group, card] = [
    network('rg-x', 'networkSecurityGroups/any'),
    network('rg-x', 'networkInterfaces/card'),
  ];
  return [
    {
      operation: 'Microsoft.Authorization/roleAssignments/write',
      on: 'providers/Microsoft.Authorization/roleAssignments/1',
      at: NOW,
      by,
      body: {
        properties: { principalId: by.object, roleDefinitionId: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635' },
      },
    },
    {
      operation: 'Microsoft.Network/networkSecurityGroups/write',
      on: group,
      at: NOW + 5 * MINUTE,
      by,
      body: { location: 'westeurope', properties: { securityRules: [{ properties: world }] } },
    },
    {
      operation: 'Microsoft.Network/networkInterfaces/write',
      on: card,
      at: NOW + 8 * MINUTE,
      by,
      body: {
        location: 'westeurope',
        properties: {
          networkSecurityGroup: { id: idOf(group) },
          ipConfigurations: [
            { properties: { publicIPAddress: { id: idOf(network('rg-x', 'publicIPAddresses/p')) } } },
          ],
        },
      },
    },
    {
      operation: 'Microsoft.Compute/virtualMachines/write',
      on: compute('rg-x', 'virtualMachines', 'x'),
      at: NOW + 11 * MINUTE,
      by,
      body: machine(size, NOW + 11 * MINUTE, {
        networkProfile: { networkInterfaces: [{ id: idOf(card) }] },
      }),
    },
    {
      operation: 'Microsoft.Compute/virtualMachines/runCommand/action',
      on: compute('rg-x', 'virtualMachines', 'x'),
      at: NOW + 20 * MINUTE,
      by,
    },
  ];
};

const azureTheft = (by: Person, at: number): AzureActs => [
  {
    operation: 'Microsoft.Compute/snapshots/write',
    on: compute('rg-x', 'snapshots', 'copy'),
    at,
    by,
    code: 'Accepted',
    body: copyOf(compute('rg-prod', 'disks', 'web')),
  },
  {
    operation: 'Microsoft.Compute/disks/write',
    on: compute('rg-x', 'disks', 'mine'),
    at: at + 4 * MINUTE,
    by,
    code: 'Accepted',
    body: copyOf(compute('rg-x', 'snapshots', 'copy')),
  },
  {
    operation: 'Microsoft.Compute/virtualMachines/write',
    on: compute('rg-x', 'virtualMachines', 'reader'),
    at: at + 9 * MINUTE,
    by,
    body: machine('Standard_B1s', at + 9 * MINUTE, {
      storageProfile: {
        osDisk: { createOption: 'Attach', managedDisk: { id: idOf(compute('rg-x', 'disks', 'mine')) } },
      },
    }),
  },
];

const azure = (acts: AzureActs) => foundIn(activitiesIn(azureRecords([...azureLife, ...acts])));

const builder: Caller = { email: 'builder@example-project.iam.gserviceaccount.com', ip: '192.0.2.50' };
const keeper: Caller = { email: 'keeper@example-project.iam.gserviceaccount.com', ip: '192.0.2.51' };
const group: Caller = {
  email: '123456789012@cloudservices.gserviceaccount.com',
  agent: 'GCE Managed Instance Group for Tempest',
};
const thief: Caller = {
  email: 'bob@example.com',
  ip: '203.0.113.70',
  agent: 'google-cloud-sdk gcloud/400.0.0',
};
const stranger: Caller = {
  email: 'helper@outside.example',
  ip: '203.0.113.71',
  agent: 'google-cloud-sdk gcloud/400.0.0',
};

const googleLife: GoogleActs = DAYS.flatMap((day, index) => [
  {
    method: 'v1.compute.instances.insert',
    on: zonal('instances', `build-${index}`),
    at: day,
    by: builder,
    request: wanted(`build-${index}`, 'e2-standard-2', fromImage),
  },
  {
    method: 'v1.compute.instances.delete',
    on: zonal('instances', `build-${index}`),
    at: day + HOUR,
    by: builder,
  },
  {
    method: 'v1.compute.disks.createSnapshot',
    on: zonal('disks', 'web'),
    at: day + 2 * HOUR,
    by: keeper,
    request: { name: `web-${index}` },
  },
  { method: 'v1.compute.instances.start', on: zonal('instances', 'web'), at: day + HOUR, by: bob },
  ...(index % 3 === 0
    ? [
        {
          method: 'v1.compute.instances.insert',
          on: zonal('instances', `web-${index}`),
          at: day + 1.5 * HOUR,
          by: bob,
          request: wanted(`web-${index}`, 'e2-standard-4', fromImage),
        },
      ]
    : []),
]);

const googleTheft = (by: Caller, at: number): GoogleActs => [
  { method: 'v1.compute.disks.createSnapshot', on: zonal('disks', 'web'), at, by, request: { name: 'copy' } },
  {
    method: 'v1.compute.disks.insert',
    on: zonal('disks', 'mine'),
    at: at + 4 * MINUTE,
    by,
    request: { name: 'mine', sourceSnapshot: snapshotNamed('copy') },
  },
  {
    method: 'v1.compute.instances.insert',
    on: zonal('instances', 'reader'),
    at: at + 9 * MINUTE,
    by,
    request: wanted('reader', 'e2-small', attached('mine')),
  },
];

/** The same takeover: rights, a rule that lets everybody in, a machine with an address, a script on it. */
const googleTakeover = (by: Caller, size: string): GoogleActs => [
  {
    method: 'SetIamPolicy',
    on: '',
    at: NOW,
    by,
    single: true,
    more: {
      serviceData: {
        policyDelta: { bindingDeltas: [{ action: 'ADD', role: 'roles/owner', member: `user:${by.email}` }] },
      },
    },
  },
  {
    method: 'v1.compute.firewalls.insert',
    on: 'global/firewalls/any',
    at: NOW + 5 * MINUTE,
    by,
    request: {
      network: 'projects/example-project/global/networks/default',
      alloweds: [{ IPProtocol: 'all' }],
      sourceRanges: ['0.0.0.0/0'],
      targetTags: ['x'],
    },
  },
  {
    method: 'v1.compute.instances.insert',
    on: zonal('instances', 'x'),
    at: NOW + 11 * MINUTE,
    by,
    request: wanted('x', size, fromImage, {
      tags: { items: ['x'] },
      networkInterfaces: [
        {
          network: 'projects/example-project/global/networks/default',
          accessConfigs: [{ name: 'External NAT' }],
        },
      ],
    }),
  },
  {
    method: 'v1.compute.instances.setMetadata',
    on: zonal('instances', 'x'),
    at: NOW + 20 * MINUTE,
    by,
    more: { metadata: { instanceMetadataDelta: { addedMetadataKeys: ['startup-script'] } } },
  },
];

const google = (acts: GoogleActs) => foundIn(activitiesIn(googleEntries([...googleLife, ...acts])));

/** The worst of what is found of a time on. */
function worst(findings: readonly FindingRecord[], since = NOW): Severity | 'none' {
  const severities = findings.filter(({ last }) => last >= since).map(({ severity }) => severity);
  return SEVERITIES.findLast((each) => severities.includes(each)) ?? 'none';
}

const SERIOUS = /^(?:high|critical)$/;

describe('attacks on another cloud, after two weeks of ordinary life', () => {
  it.each<[string, () => Promise<readonly FindingRecord[]>]>([
    [
      'a guest takes Azure over and opens a machine',
      () => azure(takeover(guest, 'Standard_NC24ads_A100_v4')),
    ],
    ['a reset account takes Azure over and opens a machine', () => azure(takeover(reset, 'Standard_D8s_v5'))],
    ['a disk of Azure is stolen by a colleague', () => azure(azureTheft(alice, NOW))],
    ['a disk of Azure is stolen by a guest', () => azure(azureTheft(guest, NOW))],
    ['a stranger takes a project of Google over', () => google(googleTakeover(stranger, 'a2-highgpu-1g'))],
    ['a stolen session takes a project of Google over', () => google(googleTakeover(thief, 'e2-standard-8'))],
    ['a disk of Google is stolen by a colleague', () => google(googleTheft(bob, NOW))],
    ['a disk of Google is stolen by a stranger', () => google(googleTheft(stranger, NOW))],
  ])('%s: at least HIGH', async (_, found) => {
    expect(worst(await found())).toMatch(SERIOUS);
  });

  it('follows a copied disk that is swapped in for the system disk of a standing machine, and tells it once', async () => {
    const [snapshot, disk] = azureTheft(guest, NOW) as [AzureActs[number], AzureActs[number]];
    const written = (at: number): AzureActs[number] => ({
      operation: 'Microsoft.Compute/virtualMachines/write',
      on: compute('rg-prod', 'virtualMachines', 'web-0'),
      at,
      by: guest,
      code: 'OK',
      body: machine('Standard_D4s_v5', START, {
        storageProfile: {
          osDisk: {
            createOption: 'FromImage',
            managedDisk: { id: idOf(compute('rg-x', 'disks', 'mine')) },
          },
        },
      }),
    });
    const swapped = await azure([snapshot, disk, written(NOW + 9 * MINUTE)]);
    expect(worst(swapped)).toMatch(SERIOUS);
    // a later change of the machine is told with the disk that it has by then
    const resized = await azure([snapshot, disk, written(NOW + 9 * MINUTE), written(NOW + 2 * DAY)]);
    expect(resized.map(({ last, severity }) => [last, severity])).toEqual(
      swapped.map(({ last, severity }) => [last, severity]),
    );
  });

  it('finds nothing in the ordinary life itself that is worse than LOW', async () => {
    expect(worst(await azure([]), 0)).toMatch(/none|low/);
    expect(worst(await google([]), 0)).toMatch(/none|low/);
  });

  it.each<[string, () => Promise<readonly FindingRecord[]>]>([
    [
      'a cluster of Azure grows',
      () =>
        azure([
          {
            operation: 'Microsoft.Compute/virtualMachineScaleSets/write',
            on: compute('MC_rg', 'virtualMachineScaleSets', 'pool'),
            at: NOW,
            by: aks,
            body: { location: 'westeurope', sku: { name: 'Standard_D4s_v5', capacity: 6 }, properties: {} },
          },
        ]),
    ],
    [
      'a group of Google grows',
      () =>
        google(
          [0, 1, 2].map((index) => ({
            method: 'v1.compute.instances.insert',
            on: zonal('instances', `web-${index}xyz`),
            at: NOW + index * 1_000,
            by: group,
            request: wanted(`web-${index}xyz`, 'e2-standard-4', fromImage),
          })),
        ),
    ],
  ])('%s: quiet', async (_, found) => {
    expect(worst(await found())).toBe('none');
  });

  it('tells the same theft alike on both clouds', async () => {
    const [one, other] = await Promise.all([azure(azureTheft(alice, NOW)), google(googleTheft(bob, NOW))]);
    expect(
      Math.abs(SEVERITIES.indexOf(worst(one) as Severity) - SEVERITIES.indexOf(worst(other) as Severity)),
    ).toBeLessThanOrEqual(1);
  });
});
