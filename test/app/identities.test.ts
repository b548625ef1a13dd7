import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { DAY } from '../../core/history/facts.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { alice, azureRecords, compute, copyOf, idOf, machine } from '../azure-records.ts';
import { aLaunch, anActivity, anActor, aPerson, HOUR, NOW, onDaysBefore } from '../builders.ts';
import { activitiesIn, foundIn } from '../clouds.ts';

const NAME = 'alice@example.com';
const inAws = aPerson(NAME, { person: { key: NAME, label: NAME, vouched: true } });
/** Somebody who calls a session of a role by her name. */
const pretender = anActor({ label: 'role/Web', person: { key: NAME, label: NAME } });

/** Costly machines of somebody who never launches: MEDIUM by itself. */
const launch = (actor: Activity['actor'], at = NOW): Activity[] => [
  ...onDaysBefore([20], { kind: 'key-pair.create', actor: anActor({ key: 'AROAEXAMPLEOTHER00001' }) }),
  anActivity({ actor, at, launch: aLaunch({ count: 4, types: ['p5.48xlarge'] }) }),
];

/** A disk of Azure copied onto a machine of one's own. */
const theft = (at: number): Activity[] => {
  const act = (type: string, name: string, minutes: number, body: object) => ({
    operation: `Microsoft.Compute/${type}/write`,
    on: compute('rg', type, name),
    at: at + minutes * 60_000,
    by: alice,
    body,
  });
  const osDisk = { createOption: 'Attach', managedDisk: { id: idOf(compute('rg', 'disks', 'mine')) } };
  return activitiesIn(
    azureRecords([
      act('snapshots', 'copy', 0, copyOf(compute('prod', 'disks', 'web'))),
      act('disks', 'mine', 4, copyOf(compute('rg', 'snapshots', 'copy'))),
      act(
        'virtualMachines',
        'reader',
        9,
        machine('Standard_B1s', at + 9 * 60_000, { storageProfile: { osDisk } }),
      ),
    ]),
  );
};

const policy = {
  ...defaultPolicy,
  identities: [{ person: 'Alice', ids: [NAME, alice.object.toUpperCase()] }],
};
const clouds = (findings: readonly FindingRecord[]): string[][] =>
  findings.map(({ members }) =>
    [
      ...new Set(members.map(({ activity }) => (activity.action.startsWith('microsoft') ? 'azure' : 'aws'))),
    ].sort(),
  );

describe('one person in two clouds', () => {
  it('whom the policy knows by both names has one finding, whichever comes first', async () => {
    const acts = [...launch(inAws), ...theft(NOW + 2 * HOUR)];
    const found = await foundIn(acts, policy);
    expect(clouds(found)).toEqual([['aws', 'azure']]);
    expect(found[0]?.severity).toBe('critical');
    expect(await foundIn(acts.toReversed(), policy)).toEqual(found);
  });

  it('has one finding also where a window ends in between', async () => {
    const midnight = Math.ceil(NOW / DAY) * DAY;
    const acts = [...launch(inAws, midnight - HOUR), ...theft(midnight + HOUR)];
    expect(clouds(await foundIn(acts, policy))).toEqual([['aws', 'azure']]);
  });

  it('is two, where the policy says nothing', async () => {
    expect(clouds(await foundIn([...launch(inAws), ...theft(NOW + 2 * HOUR)]))).toHaveLength(2);
  });

  it('is two, where days lie between', async () => {
    expect(clouds(await foundIn([...launch(inAws), ...theft(NOW + 3 * DAY)], policy))).toHaveLength(2);
  });

  it('is not whoever calls a session by the name', async () => {
    expect(clouds(await foundIn([...launch(pretender), ...theft(NOW + 2 * HOUR)], policy))).toHaveLength(2);
  });
});
