import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import type { Assessment } from '../../../core/findings/finding.ts';
import { LONGEST_SESSION, sessionsOf, WEEK } from '../../../core/findings/sessions.ts';
import { findingId, findingsOf, MAX_EXPLAINED, MAX_MEMBERS } from '../../../core/findings/stories.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import type { SignalId } from '../../../core/policy/weights.ts';
import { anActivity, aPerson, HOUR, NOW } from '../../builders.ts';
import { assessed, evidence } from '../../findings.ts';

const { timeWindow } = defaultPolicy;
const bob = aPerson('bob@example.com');

const at = (ago: number, signal: SignalId = 'root-launch', overrides: Partial<Activity> = {}): Assessment =>
  assessed(anActivity({ at: NOW - ago, ...overrides }), [evidence(signal, `because of ${signal}`)]);
/** Bob's, resting on the lineage of others. */
const resting = (ago: number, ...on: readonly Assessment[]): Assessment =>
  assessed(anActivity({ at: NOW - ago, actor: bob }), [
    evidence('copied-data-on-instance', 'data', {
      lineage: true,
      refs: on.map(({ activity }) => activity.id),
    }),
  ]);
const found = (...verdicts: Assessment[]) => findingsOf(verdicts, defaultPolicy);
const ids = (members: readonly Assessment[]): string[] => members.map(({ activity }) => activity.id).sort();

describe('a session', () => {
  it('goes on while each is within the window of the next', () => {
    const members = [at(2 * timeWindow), at(timeWindow), at(0)];
    const [finding, ...others] = found(...members);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      id: findingId((members[0] as Assessment).activity),
      status: 'open',
      start: NOW - 2 * timeWindow,
      end: NOW,
      score: 50,
      severity: 'medium',
    });
    expect(ids(finding?.members ?? [])).toEqual(ids(members));
  });

  it('ends where nothing comes within the window', () => {
    expect(found(at(timeWindow + 1), at(0))).toHaveLength(2);
  });

  it('is of one subject in one account', () => {
    expect(found(at(HOUR), at(0, 'root-launch', { actor: bob }))).toHaveLength(2);
    expect(found(at(HOUR), at(0, 'root-launch', { account: '444455556666' }))).toHaveLength(2);
  });

  const daily = (days: number, until = 0) =>
    Array.from({ length: days }, (_, day) => at(until + day * timeWindow));

  it('that goes on for ever ends within two weeks, where an epoch week begins', () => {
    const sessions = sessionsOf(daily(100), timeWindow);
    expect(sessions.length).toBeGreaterThan(10);
    for (const { members } of sessions) {
      const times = members.map(({ activity }) => activity.at);
      expect(Math.max(...times) - Math.min(...times)).toBeLessThan(LONGEST_SESSION);
      if (Math.min(...times) === NOW - 99 * timeWindow) continue;
      expect(Math.min(...times) % WEEK).toBeLessThan(timeWindow);
    }
  });

  it('is divided alike whatever lies more than a week before it', () => {
    const last = (verdicts: readonly Assessment[]) =>
      ids(sessionsOf(verdicts, timeWindow).at(-1)?.members ?? []);
    const all = daily(60).toReversed();
    expect(last(all)).toEqual(last(all.slice(20)));
  });

  it('of a week and less is one, also where an epoch week begins', () => {
    expect(sessionsOf(daily(6), timeWindow)).toHaveLength(1);
  });
});

describe('a story', () => {
  it('joins sessions that rest on one lineage, under the name of the first', () => {
    const copied = at(40 * timeWindow);
    const [finding, ...others] = found(resting(0, copied), copied);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ id: findingId(copied.activity), end: copied.activity.at, last: NOW });
  });

  it('joins two that rest on the same copy though nobody was told of it', () => {
    const copied = at(60 * HOUR);
    const other = { ...resting(0, copied) };
    const mine = assessed(anActivity({ at: NOW - 50 * HOUR }), other.evidence);
    expect(found(other, mine)).toHaveLength(1);
  });

  it('does not join what evidence refers to without a lineage', () => {
    const earlier = at(60 * HOUR);
    const later = assessed(anActivity({ at: NOW, actor: bob }), [
      evidence('shared-outside', 'shared', { refs: [earlier.activity.id] }),
    ]);
    expect(found(earlier, later)).toHaveLength(2);
  });

  it('holds what a service launched because of a change, and not what else the service launched', () => {
    const change = at(HOUR);
    const service = { actor: aPerson('scaling') };
    const { account, id } = change.activity;
    const follows = { account, subject: 'x', id, at: change.activity.at };
    const followed: Assessment = { ...assessed(anActivity({ at: NOW, ...service }), []), follows };
    const own = at(HOUR / 2, 'root-launch', service);
    const findings = found(change, followed, own);
    expect(findings.map(({ members }) => ids(members)).sort()).toEqual(
      [ids([change, followed]), ids([own])].sort(),
    );
  });

  it('falls apart when what joined it is told no more', () => {
    const [first, middle, last] = [at(2 * timeWindow), at(timeWindow), at(0)] as const;
    expect(found(first, middle, last)).toHaveLength(1);
    expect(found(first, last).map(({ id }) => id)).toEqual(
      [first, last].map(({ activity }) => findingId(activity)),
    );
  });

  it('is the same whatever the order of the verdicts', () => {
    const parts = fc.array(
      fc.record({
        hours: fc.nat(24 * 30),
        signal: fc.constantFrom<SignalId[]>('root-launch', 'first-launch', 'shared-outside'),
        rests: fc.nat(10),
      }),
      { minLength: 1, maxLength: 25 },
    );
    fc.assert(
      fc.property(parts, fc.infiniteStream(fc.nat()), (list, random) => {
        const verdicts: Assessment[] = [];
        for (const { hours, signal, rests } of list) {
          const on = verdicts[rests];
          verdicts.push(on === undefined ? at(hours * HOUR, signal) : resting(hours * HOUR, on));
        }
        const shuffled = verdicts
          .map((verdict) => ({ verdict, key: random.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ verdict }) => verdict);
        const byId = (list: readonly Assessment[]) => found(...list).sort((a, b) => (a.id < b.id ? -1 : 1));
        expect(byId(shuffled)).toEqual(byId(verdicts));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a finding', () => {
  it('adds up what members say: two LOW halves make a MEDIUM whole', () => {
    const [finding] = found(at(HOUR, 'first-launch'), at(0, 'unfamiliar-snapshotter'));
    expect(finding).toMatchObject({ score: 54.5, severity: 'medium' });
  });

  it('lists members by their score, the best first, then by time', () => {
    const weak = at(3 * HOUR, 'first-launch');
    const strong = at(2 * HOUR, 'shared-publicly');
    const also = at(HOUR, 'shared-publicly');
    expect(found(also, weak, strong)[0]?.members.map(({ activity }) => activity.id)).toEqual(
      [strong, also, weak].map(({ activity }) => activity.id),
    );
  });

  it('does not tell what the detector notes for itself', () => {
    expect(found({ ...at(0), suspect: 'finding' })).toEqual(
      found(at(0)).map((each) => ({
        ...each,
        id: expect.any(String),
        members: [expect.not.objectContaining({ suspect: 'finding' })],
      })),
    );
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => at(count - index));

  it('keeps the evidence of fifty members', () => {
    const [finding] = found(...many(MAX_EXPLAINED + 10));
    expect(finding?.members).toHaveLength(MAX_EXPLAINED + 10);
    expect(finding?.members.filter(({ evidence }) => evidence.length > 0)).toHaveLength(MAX_EXPLAINED);
    expect(finding?.score).toBe(50);
    expect(finding).not.toHaveProperty('truncated');
  });

  it('keeps five hundred members and says that there were more', () => {
    const [finding] = found(...many(MAX_MEMBERS + 5));
    expect(finding?.members).toHaveLength(MAX_MEMBERS);
    expect(finding).toMatchObject({ truncated: true, end: NOW - 1 });
  });

  it('keeps the member that the score rests on, however many others there are', () => {
    const weak = Array.from({ length: MAX_MEMBERS + 5 }, (_, index) => at(index + 2, 'shared-publicly'));
    const only = at(1, 'first-launch');
    const [finding] = found(...weak, only);
    expect(finding?.members.find(({ activity }) => activity.id === only.activity.id)?.evidence).toHaveLength(
      1,
    );
  });
});
