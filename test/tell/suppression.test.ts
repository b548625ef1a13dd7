import { describe, expect, it } from 'vitest';
import type { Activity, Share } from '../../core/activity/activity.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { suppressedBy } from '../../tell/suppression.ts';
import { aLaunch, anActivity, anActor, OTHER_ACCOUNT } from '../builders.ts';
import {
  acceleratedLaunch,
  aFinding,
  assessed,
  evidence,
  firstLaunch,
  link,
  publicShare,
  rootLaunch,
} from '../findings.ts';

type Suppression = Policy['suppressions'][number];

const withSuppressions = (...entries: Partial<Suppression>[]): Policy => ({
  ...defaultPolicy,
  suppressions: entries.map((entry) => ({
    reason: 'expected',
    owner: 'platform team',
    expires: '2026-12-31',
    ...entry,
  })),
});

const byService = { service: 'autoscaling.amazonaws.com', agent: 'other', console: false };

describe('a suppression', () => {
  it.each<[string, Partial<Suppression>]>([
    ['its signal', { signal: 'root-launch' }],
    ['its account', { account: '111122223333' }],
    ['a part of its actor', { actor: 'roo' }],
    ['all three', { signal: 'root-launch', account: '111122223333', actor: 'root' }],
  ])('silences a finding by %s', (_, entry) => {
    expect(suppressedBy(rootLaunch(), withSuppressions(entry))).toHaveLength(1);
  });

  it.each<[string, Partial<Suppression>]>([
    ['another signal', { signal: 'first-launch' }],
    ['another account', { account: OTHER_ACCOUNT }],
    ['another actor', { actor: 'alice' }],
    ['nothing at all', {}],
  ])('for %s leaves a finding alone', (_, entry) => {
    expect(suppressedBy(rootLaunch(), withSuppressions(entry))).toEqual([]);
  });

  const withIt = (activity: Partial<Activity>) =>
    aFinding([
      assessed(anActivity({ links: [link('volume', 'vol-1', 'used')], ...activity }), [
        evidence('root-launch', 'x'),
      ]),
    ]);
  const shared = (share: Partial<Share>) =>
    withIt({ share: { accounts: [], organisations: [], public: false, ...share } });
  const image = aLaunch().images[0] ?? '';

  it.each<[string, FindingRecord, Partial<Suppression>]>([
    ['its subject', withIt({}), { subject: anActor().key }],
    ['one of its Regions', withIt({}), { regions: ['eu-west-1', 'eu-central-1'] }],
    ['a network around it', withIt({}), { networks: ['198.51.100.0/24', '192.0.2.0/28'] }],
    ['the service that calls', withIt({ origin: byService }), { networks: ['autoscaling.amazonaws.com'] }],
    ['all that it uses', withIt({}), { resources: [image, 'vol-1'] }],
    ['all whom it shares with', shared({ accounts: [OTHER_ACCOUNT] }), { peers: [OTHER_ACCOUNT] }],
    [
      'the stranger who acts',
      withIt({ actor: anActor({ account: OTHER_ACCOUNT }) }),
      { peers: [OTHER_ACCOUNT] },
    ],
  ])('silences a finding by %s', (_, finding, condition) => {
    expect(suppressedBy(finding, withSuppressions({ signal: 'root-launch', ...condition }))).toHaveLength(1);
  });

  it.each<[string, FindingRecord, Partial<Suppression>]>([
    ['a part of its key', withIt({}), { subject: anActor().key.slice(0, -1) }],
    ['another Region', withIt({}), { regions: ['eu-west-2'] }],
    ['another network', withIt({}), { networks: ['198.51.100.0/24'] }],
    [
      'a network, where it comes from nowhere',
      withIt({ origin: { agent: 'x', console: false } }),
      { networks: ['0.0.0.0/0'] },
    ],
    [
      'another service',
      withIt({ origin: byService }),
      { networks: ['cloudformation.amazonaws.com', '0.0.0.0/0'] },
    ],
    ['a part of what it uses', withIt({}), { resources: ['vol-1'] }],
    [
      'what it makes',
      withIt({ launch: aLaunch({ images: [] }), links: [link('volume', 'vol-1')] }),
      { resources: ['vol-1'] },
    ],
    [
      'a part of whom it shares with',
      shared({ accounts: [OTHER_ACCOUNT, '777788889999'] }),
      { peers: [OTHER_ACCOUNT] },
    ],
    [
      'an account, where it shares with an organisation, too',
      shared({ accounts: [OTHER_ACCOUNT], organisations: ['o-example'] }),
      { peers: [OTHER_ACCOUNT] },
    ],
    [
      'a peer, where it shares with everyone',
      shared({ accounts: [OTHER_ACCOUNT], public: true }),
      { peers: [OTHER_ACCOUNT] },
    ],
    ['a peer, where there is none', withIt({}), { peers: [OTHER_ACCOUNT] }],
  ])('for %s leaves a finding alone', (_, finding, condition) => {
    expect(suppressedBy(finding, withSuppressions({ signal: 'root-launch', ...condition }))).toEqual([]);
  });

  it('that names a place and nobody and nothing there silences nothing', () => {
    expect(suppressedBy(withIt({}), withSuppressions({ regions: ['eu-west-1'] }))).toEqual([]);
  });

  it('of one signal does not hide what else is in the story', () => {
    expect(suppressedBy(acceleratedLaunch(), withSuppressions({ signal: 'accelerated-launch' }))).toEqual([]);
    expect(
      suppressedBy(
        acceleratedLaunch(),
        withSuppressions({ signal: 'accelerated-launch' }, { signal: 'refused-attempts' }),
      ),
    ).toHaveLength(2);
  });

  it('of the small part does not hide a public share', () => {
    expect(suppressedBy(publicShare(), withSuppressions({ signal: 'first-snapshot-of-volume' }))).toEqual([]);
  });

  it('silences a LOW finding only when nothing is left of it', () => {
    expect(suppressedBy(firstLaunch(), withSuppressions({ signal: 'first-launch' }))).toHaveLength(1);
    expect(suppressedBy(firstLaunch(), withSuppressions({ signal: 'unusual-hour' }))).toEqual([]);
  });

  it('counts through its last day by the time of the finding, not of the clock', () => {
    const on = (expires: string) =>
      suppressedBy(rootLaunch(), withSuppressions({ signal: 'root-launch', expires })).length;
    expect(on('2026-06-15')).toBe(1);
    expect(on('2026-06-14')).toBe(0);
  });
});
