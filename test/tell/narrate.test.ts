import { describe, expect, it } from 'vitest';
import { definition } from '../../core/definition.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { from, narrate } from '../../tell/narrate.ts';
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

describe('where a call came from', () => {
  it('names an unknown tool as it names itself, and only that', () => {
    const base = anActivity({});
    const told = (origin: Partial<typeof base.origin>) =>
      from({ ...base, origin: { ...base.origin, ...origin } });
    expect(told({ agent: 'other', userAgent: 'snapgrab/0.3', console: false })).toMatch(/, snapgrab\/0\.3$/);
    expect(told({ agent: 'other', console: false })).toMatch(/, an unknown agent$/);
    expect(told({ agent: 'pacu', userAgent: 'Pacu/1.5', console: false })).toMatch(/, pacu$/);
  });
});

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

  it('sums instances of several launches by type, and counts what was refused apart', () => {
    const launches = [
      ['p4d.24xlarge', 7],
      ['g5.12xlarge', 30],
      ['g5.12xlarge', 10],
      ['g4dn.xlarge', 2],
    ] as const;
    const made = launches.map(([type, count], index) =>
      anActivity({
        id: `l${index}`,
        at: NOW + index * MINUTE,
        actor: alice,
        launch: aLaunch({ types: [type], count }),
        links: Array.from({ length: count }, (_, n) => ({
          type: 'instance' as const,
          id: `i-${index}-${n}`,
          role: 'made' as const,
        })),
      }),
    );
    const refused = inARow(12, (index) =>
      anActivity({
        at: NOW - HOUR + index,
        actor: alice,
        outcome: 'limited',
        error: 'VcpuLimitExceeded',
        launch: aLaunch({ types: ['p5.48xlarge'], count: 8 }),
      }),
    );
    const title = headlineOf(...refused, ...made);
    expect(title).toContain(
      'user/alice launched 49 instances in 4 calls (40 x g5.12xlarge, 7 x p4d.24xlarge, 2 x g4dn.xlarge) in eu-west-1 within 3 minutes',
    );
    expect(title).toContain('; 12 attempts refused');
  });

  it('says how often a launch was tried in vain, and never that it was made', () => {
    const tried = inARow(8, (index) =>
      anActivity({
        at: NOW + index,
        actor: alice,
        outcome: 'denied',
        error: 'UnauthorizedOperation',
        launch: aLaunch({ types: ['p5.48xlarge'], count: 2 }),
      }),
    );
    expect(headlineOf(...tried)).toMatch(
      /^user\/alice tried to launch 2 x p5\.48xlarge 8 times in eu-west-1 within \d+ minutes?; all refused$/,
    );
  });

  it('says of a fleet of which no instance is known that it was requested', () => {
    const request = anActivity({
      action: 'ec2:RequestSpotFleet',
      actor: alice,
      launch: aLaunch({ types: ['p4d.24xlarge'], count: 10 }),
      links: [{ type: 'fleet', id: 'sfr-1', role: 'made' }],
    });
    expect(headlineOf(request)).toContain('user/alice requested 10 x p4d.24xlarge');
  });

  it('names no type that AWS does not have', () => {
    const launch = launchOf({ types: ['any-accelerated.24xlarge'], count: 10 }, { actor: alice });
    const [finding] = definition([launch], policy);
    const { title, desc } = toOcsf(finding as NonNullable<typeof finding>, { policy }).finding_info;
    expect(title).toContain('launched 10 x any accelerated type');
    expect(desc).not.toContain('any-accelerated');
  });

  it('covers all shares of a story and not the first of them', () => {
    const shares = inARow(8, (index) =>
      aShare(
        { accounts: [`55556666777${index % 3}`] },
        {
          actor: alice,
          at: NOW + index * MINUTE,
          links: [{ type: 'snapshot', id: `snap-${index}`, role: 'changed' }],
        },
      ),
    );
    expect(headlineOf(...shares)).toMatch(
      /^user\/alice shared 8 snapshots with 3 accounts in eu-west-1 within \d+ minutes$/,
    );
  });

  it('says of a share that was taken back that it was, whoever did it', () => {
    const share = aShare({ accounts: [PARTNER] }, { actor: alice });
    const back = {
      ...aShare({ accounts: [PARTNER] }, { actor: alice, at: NOW + MINUTE, id: 'back' }),
      kind: 'snapshot.unshare' as const,
    };
    expect(headlineOf(share, back)).toMatch(
      / shared snap-\S+ with account 555566667777 in eu-west-1; taken back since$/,
    );
    expect(headlineOf(share)).not.toContain('taken back');
    expect(narrate(back)).toContain('no longer to account 555566667777');
    expect(narrate(share)).toMatch(/, to account 555566667777: done$/);
  });

  it('tells of what was started and not of what was asked for', () => {
    const launch = anActivity({
      actor: alice,
      launch: aLaunch({ types: ['p4d.24xlarge'], count: 2, asked: 50 }),
    });
    expect(headlineOf(launch)).toContain('launched 2 x p4d.24xlarge of 50 asked for');
    expect(narrate(launch)).toContain('RunInstances 2 x p4d.24xlarge of 50 asked for');
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
