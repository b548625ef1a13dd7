import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import { nameOf } from '../../core/activity/resources.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ATTACK_NAMES, ATTACKS, type AttackName } from '../../simulate/attacks/catalogue.ts';
import { type Label, organisation } from '../../simulate/organisation.ts';
import type { TrailRecord } from '../../simulate/trail-record.ts';

interface Played {
  readonly label: Label;
  readonly records: readonly TrailRecord[];
  /** What the detector reads of it. */
  readonly activities: readonly Activity[];
  /** Data volumes of the organisation's servers and root volumes: what is worth stealing. */
  readonly disks: readonly string[];
  readonly instances: readonly string[];
}

function played(name: AttackName, seed: number): Played {
  const made = organisation({ seed, accounts: 3, days: 2, noise: 0, attacks: [{ name, day: 1 }] });
  const [label] = made.labels;
  if (label === undefined) throw new Error('no label');
  const ids = new Set(label.eventIDs);
  const records = [...made.records()].filter(({ eventID }) => ids.has(eventID));
  const activities = records.flatMap((record) => {
    const normalised = fromCloudTrail(record);
    return normalised.ok ? [normalised.activity] : [];
  });
  const servers = made.accounts.flatMap((account) => account.servers);
  return {
    label,
    records,
    activities,
    disks: servers.flatMap(({ rootVolume, dataVolume }) => [rootVolume, dataVolume]),
    instances: servers.map(({ instance }) => instance),
  };
}

const SEEDS = [1, 2, 3, 4];
const withFamily = (family: string): AttackName[] =>
  ATTACK_NAMES.filter((name) => (ATTACKS[name].families as readonly string[]).includes(family));

/** Instances reached from some resources by following what was made or attached of what. */
function instancesReached(activities: readonly Activity[], from: readonly string[]): string[] {
  // a launch from a template descends from what the template names
  const links = activities
    .filter(({ outcome }) => outcome === 'succeeded')
    .flatMap(({ links, launch }) =>
      links.map(({ from = [], ...link }) => ({
        ...link,
        id: nameOf(link),
        from: [...from, ...(launch?.template === undefined ? [] : [launch.template])].map(nameOf),
      })),
    );
  const reached = new Set(from);
  for (let step = 0; step < 6; step++) {
    for (const { id, from: sources } of links) {
      if (sources.some((source) => reached.has(source))) reached.add(id);
    }
  }
  const made = new Set(links.filter(({ type }) => type === 'instance').map(({ id }) => id));
  return [...reached].filter((id) => made.has(id) && !from.includes(id));
}

describe('the catalogue of attacks', () => {
  it('has several of every family, fast and slow, loud and careful, of every severity worth waking for', () => {
    for (const family of [
      'person',
      'place',
      'thing',
      'volume',
      'snapshot',
      'share',
      'chain',
      'exposure',
      'cover',
    ]) {
      expect(withFamily(family).length, family).toBeGreaterThan(2);
    }
    const all = ATTACK_NAMES.map((name) => played(name, 1).label);
    for (const speed of ['fast', 'slow']) {
      expect(all.filter((label) => label.speed === speed).length, speed).toBeGreaterThan(4);
    }
    for (const care of ['loud', 'careful']) {
      expect(all.filter((label) => label.care === care).length, care).toBeGreaterThan(10);
    }
    expect(new Set(all.map(({ expected }) => expected))).toEqual(new Set(['medium', 'high', 'critical']));
    expect(all.filter(({ principals }) => principals.length > 1).length).toBeGreaterThan(5);
    expect(all.filter(({ accounts }) => accounts.length > 1).length).toBeGreaterThan(0);
  });

  it.each(ATTACK_NAMES)('%s is seen by the detector, and takes as long as its label says', (name) => {
    const { label, activities } = played(name, 2);
    const hours = (Date.parse(label.end) - Date.parse(label.start)) / 3_600_000;

    expect(activities.length).toBeGreaterThan(0);
    if (label.speed === 'slow') expect(hours).toBeGreaterThan(12);
    else expect(hours).toBeLessThan(24);
  });

  it.each(withFamily('chain'))('%s leads by resource ids from a disk to an instance of its own', (name) => {
    for (const seed of SEEDS) {
      const { activities, disks, instances } = played(name, seed);
      // one begins with a snapshot that is older than all records
      const old = name === 'old-snapshot-heist' ? activities.flatMap(({ links }) => links) : [];
      const snapshots = old.filter(({ type }) => type === 'snapshot').map(({ id }) => id);

      const reached = instancesReached(activities, [...disks, ...instances, ...snapshots]);

      expect(reached.length, `seed ${seed}`).toBe(1);
    }
  });

  it.each(withFamily('share'))('%s gives data to somebody outside', (name) => {
    for (const seed of SEEDS) {
      const given = played(name, seed).activities.filter(
        ({ kind, share }) =>
          kind === 'image.export' ||
          kind === 'instance.export' ||
          (kind.endsWith('.share') && (share?.public || (share?.accounts.length ?? 0) > 0)),
      );
      expect(given.length, `seed ${seed}`).toBeGreaterThan(0);
    }
  });

  it.each(withFamily('volume'))('%s launches or asks many times', (name) => {
    for (const seed of SEEDS) {
      const asked = played(name, seed).activities.filter(({ kind }) => kind === 'instance.launch');
      const instances = asked.reduce((sum, { launch }) => sum + (launch?.count ?? 0), 0);
      expect(instances, `seed ${seed}`).toBeGreaterThan(1);
    }
  });
});
