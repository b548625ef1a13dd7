import { describe, expect, it } from 'vitest';
import { joinedActs } from '../../../core/activity/acts.ts';
import { activitiesIn, CLOUDS, CLOUDS_HINT, cloudFiles, contentOf, readOf } from '../../clouds.ts';

/** Machines that are launched in a file; in all others none. What was refused or failed is an attempt and counts none. */
const LAUNCHED: Readonly<Record<string, number>> = {
  'azure/constructed-cloudevent-vm-write.json': 1,
  'azure/constructed-eventhub-vm-three-phases.json': 1,
  'azure/constructed-log-analytics-vm-rows.json': 1,
  'azure/constructed-rest-snapshot-disk-vm-chain.json': 1,
  'azure/constructed-rest-vm-write-by-managed-identity.json': 1,
  // without a body nobody can tell whether it was made or changed
  'azure/panther-vm-write-upper-case.json': 1,
  'azure/panther-vm-write.json': 1,
  'gcp/bulk-insert-parent-and-one-child.json': 3,
  'gcp/image-dm-2-insert-launch-delete.json': 1,
  'gcp/instance-insert-by-managed-group.json': 1,
  'gcp/instance-insert-from-machine-image-vm3.json': 1,
  'gcp/instance-insert-image-family-view.json': 1,
  'gcp/instance-insert-n-series-first-and-last.json': 1,
  'gcp/instance-insert-public-image-vm1.json': 1,
  'gcp/instance-insert-unused-region-last.json': 1,
  'gcp/instance-insert-with-service-account.json': 1,
};

/** Files that hold no record of a cloud's audit log: a handshake, and lines of another log. */
const OTHERS = ['azure/docs-eventgrid-subscription-validation.json', 'gcp/not-an-audit-entry.json'];

describe.skipIf(CLOUDS === undefined)(CLOUDS_HINT, () => {
  it('are there', () => {
    expect(cloudFiles().length).toBeGreaterThan(100);
  });

  it.each(cloudFiles())('%s is read whole, and nothing in it is damaged', (file) => {
    const { normalised, damages } = readOf(contentOf(file));
    expect(damages).toEqual([]);
    expect(normalised.length).toBeGreaterThan(0);
    expect(normalised.every((each) => (each === undefined) === OTHERS.includes(file))).toBe(true);
  });

  it.each(cloudFiles())('%s launches as many machines as it says', (file) => {
    const acts = joinedActs(activitiesIn(contentOf(file)));
    const launched = acts
      .filter(({ kind, outcome }) => kind === 'instance.launch' && outcome === 'succeeded')
      .reduce((sum, { launch }) => sum + (launch?.count ?? 1), 0);
    expect(launched).toBe(LAUNCHED[file] ?? 0);
  });

  it('name nobody where the record does not', () => {
    const nobody = cloudFiles()
      .flatMap((file) => activitiesIn(contentOf(file)))
      .filter(({ actor }) => actor.class === 'unknown');
    expect(nobody.length).toBeGreaterThan(5);
    for (const { actor } of nobody) expect(actor).toMatchObject({ key: 'unknown', label: 'unknown' });
  });
});
