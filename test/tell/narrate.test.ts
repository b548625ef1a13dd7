import { describe, expect, it } from 'vitest';
import { definition } from '../../core/definition.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { toOcsf } from '../../tell/ocsf.ts';
import { aLaunch, anActivity, HOUR, NOW } from '../builders.ts';
import {
  alice,
  aShare,
  aSnapshot,
  autoScaling,
  aVersion,
  inARow,
  launchOf,
  MINUTE,
  PARTNER,
  started,
  stranger,
} from '../fixtures/signals/cases.ts';
import { template } from '../resources.ts';

/** What the worst finding about some activities is called. */
function headlineOf(...activities: Parameters<typeof definition>[0][number][]): string {
  const [worst] = definition(activities, policy).toSorted((a, b) => b.score - a.score);
  if (worst === undefined) throw new Error('nothing was found');
  return toOcsf(worst, { policy }).finding_info.title;
}

describe('the headline', () => {
  it('counts a request and what a service launches for it once', () => {
    const fleet = 'sfr-0example';
    const request = launchOf(
      { types: ['g4dn.12xlarge'], count: 30 },
      { actor: alice, at: NOW - HOUR, links: [{ type: 'fleet', id: fleet, role: 'made' }] },
    );
    const fulfilled = started(
      { types: ['g4dn.12xlarge'], count: 30 },
      { actor: autoScaling, links: [{ type: 'fleet', id: fleet, role: 'used' }] },
    );
    expect(headlineOf(request, fulfilled)).toContain('launched 30 x g4dn.12xlarge');
  });

  it('names the types that only the template tells', () => {
    const change = aVersion({ types: ['p5.48xlarge'] }, { actor: alice, at: NOW - MINUTE });
    const launch = launchOf(
      { types: [], count: 8, template: template('1') },
      { actor: alice, links: [{ type: 'launch-template', id: 'lt-1', role: 'used' }] },
    );
    expect(headlineOf(change, launch)).toContain('user/alice launched 8 x p5.48xlarge');
  });

  it('says of a template alone that it was changed, for nobody told a service to launch', () => {
    const title = headlineOf(aVersion({ types: ['p5.48xlarge'] }, { actor: alice }));
    expect(title).toContain('put p5.48xlarge into a launch template');
  });

  it('counts the snapshots that were made', () => {
    const made = inARow(35, (index) =>
      aSnapshot({ actor: alice }, `vol-0000000000000010${index}`, `snap-0000000000000010${index}`),
    );
    expect(headlineOf(...made)).toContain('created 35 snapshots');
  });

  it('says of an account that used a shared snapshot that it used it', () => {
    const use = anActivity({
      kind: 'snapshot.use',
      action: 'ec2:SharedSnapshotVolumeCreated',
      actor: stranger,
      links: [{ type: 'snapshot', id: 'snap-1', role: 'used' }],
      share: { accounts: [PARTNER], organisations: [], public: false },
    });
    expect(headlineOf(use)).toContain('used snap-1, which was shared with it');
  });

  it('tells of what was started and not of what was asked for', () => {
    const launch = anActivity({
      actor: alice,
      launch: aLaunch({ types: ['p4d.24xlarge'], count: 2, asked: 50 }),
    });
    expect(headlineOf(launch)).toContain('launched 2 x p4d.24xlarge');
  });

  it('begins a share with the making of what is shared, and says whose data it is', () => {
    const copy = aSnapshot({ actor: alice, at: NOW - HOUR });
    const share = aShare({ accounts: [PARTNER] }, { actor: alice });
    const [finding] = definition([copy, share], policy);
    const told = toOcsf(finding as NonNullable<typeof finding>, { policy }).finding_info;
    expect(told.related_events?.map(({ uid }) => uid)).toEqual([copy.id, share.id]);
    expect(told.desc).toContain('with data of vol-00000000000000001');
  });
});
