import { describe, expect, it } from 'vitest';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { azureEnvelopes, compute, copyOf, machine } from '../azure-records.ts';
import { activitiesIn, foundIn } from '../clouds.ts';
import { attached, googleEnvelopes, snapshotNamed, wanted, zonal } from '../google-records.ts';

const NOW = Date.parse('2026-03-02T10:00:00.000Z');
const MINUTE = 60_000;

/** A snapshot of a disk, a disk made of it, and a machine that boots from that. */
const onAzure = [
  {
    operation: 'Microsoft.Compute/snapshots/write',
    on: compute('rg', 'snapshots', 'copy'),
    at: NOW,
    code: 'Accepted',
    body: copyOf(compute('rg-prod', 'disks', 'web')),
    correlation: 'c0000000-0000-4000-8000-00000000aaa1',
  },
  {
    operation: 'Microsoft.Compute/disks/write',
    on: compute('rg', 'disks', 'mine'),
    at: NOW + 3 * MINUTE,
    code: 'Accepted',
    body: copyOf(compute('rg', 'snapshots', 'copy')),
    correlation: 'c0000000-0000-4000-8000-00000000aaa2',
  },
  {
    operation: 'Microsoft.Compute/virtualMachines/write',
    on: compute('rg', 'virtualMachines', 'reader'),
    at: NOW + 6 * MINUTE,
    body: machine('Standard_B1s', NOW + 6 * MINUTE, {
      storageProfile: {
        osDisk: {
          createOption: 'Attach',
          managedDisk: {
            id: `/subscriptions/1a2b3c4d-0000-4000-8000-000000000001/${compute('RG', 'disks', 'mine')}`,
          },
        },
      },
    }),
    correlation: 'c0000000-0000-4000-8000-00000000aaa3',
  },
] as const;

const onGoogle = [
  {
    method: 'v1.compute.disks.createSnapshot',
    on: zonal('disks', 'web'),
    at: NOW,
    request: { name: 'copy' },
  },
  {
    method: 'v1.compute.disks.insert',
    on: zonal('disks', 'mine'),
    at: NOW + 3 * MINUTE,
    request: { name: 'mine', sourceSnapshot: snapshotNamed('copy') },
  },
  {
    method: 'beta.compute.instances.insert',
    on: zonal('instances', 'reader'),
    at: NOW + 6 * MINUTE,
    request: wanted('reader', 'e2-small', attached('mine')),
  },
] as const;

/** What no envelope of a cloud agrees on: ids made anew with each telling of the acts here. */
const plain = (findings: readonly FindingRecord[]): string =>
  JSON.stringify(findings).replaceAll(/\d{8}-0a1b2c3d-\d{13}/g, 'operation');

describe.each([
  ['Azure', azureEnvelopes(onAzure)],
  ['Google', googleEnvelopes(onGoogle)],
])('the same acts of %s', (_, envelopes) => {
  const names = Object.keys(envelopes);

  it.each(names)('are the same findings in %s, byte for byte', async (name) => {
    const [first] = names as [string];
    const expected = await foundIn(activitiesIn(envelopes[first]));
    expect(expected).toHaveLength(1);
    expect(expected[0]?.severity).toMatch(/high|critical/);
    expect(plain(await foundIn(activitiesIn(envelopes[name])))).toBe(plain(expected));
  });
});
