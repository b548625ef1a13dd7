import { describe, expect, it } from 'vitest';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { suppressedBy } from '../../tell/suppression.ts';
import { OTHER_ACCOUNT } from '../builders.ts';
import { acceleratedLaunch, firstLaunch, publicShare, rootLaunch } from '../findings.ts';

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
