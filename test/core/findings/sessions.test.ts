import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import { subjectKey } from '../../../core/activity/actor.ts';
import type { Assessment } from '../../../core/findings/finding.ts';
import { isFollower, LONGEST_SESSION, sessionsOf, WEEK } from '../../../core/findings/sessions.ts';
import { DAY } from '../../../core/history/facts.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import { ACCOUNT, anActivity, anActor, aPerson, HOUR, NOW, OTHER_ACCOUNT } from '../../builders.ts';
import { assessed, evidence } from '../../findings.ts';
import { autoScaling } from '../../fixtures/signals/cases.ts';

const { timeWindow } = defaultPolicy;
/** An epoch week begins on a Thursday. */
const THURSDAY = Math.floor(NOW / WEEK) * WEEK;

const by = (at: number, overrides: Partial<Activity> = {}): Assessment =>
  assessed(anActivity({ at, ...overrides }), [evidence('root-launch', 'because')]);
const fleet = anActor({
  key: 'AROAEXAMPLEFLEET00001',
  label: 'role/AWSServiceRoleForEC2Fleet',
  class: 'service',
});

/** What a service launched because of a change. */
const followerOf = ({ activity }: Assessment, at: number, overrides: Partial<Activity> = {}): Assessment => ({
  ...assessed(anActivity({ at, actor: autoScaling, ...overrides }), []),
  follows: {
    account: activity.account,
    subject: subjectKey(activity.actor),
    id: activity.id,
    at: activity.at,
  },
});
const ownAfter = (change: Assessment, at: number): Assessment => {
  const launch = followerOf(change, at);
  return { ...launch, ...(launch.follows && { follows: { ...launch.follows, own: true } }) };
};

/** Ids of the members of each session, each list sorted by the first member's time. */
const sessions = (...verdicts: readonly Assessment[]): string[][] =>
  sessionsOf(verdicts, timeWindow)
    .toSorted((a, b) => firstAt(a.members) - firstAt(b.members))
    .map(({ members }) => members.map(idOf));
const firstAt = (members: readonly Assessment[]): number => members[0]?.activity.at ?? 0;
const idOf = ({ activity }: Assessment): string => activity.id;
const ids = (...verdicts: readonly Assessment[]): string[] => verdicts.map(idOf);

describe('a session', () => {
  it('is what one subject did, each step no further than the window from the next', () => {
    const steps = [0, 1, 2, 3].map((index) => by(NOW + index * timeWindow));
    expect(sessions(...steps)).toEqual([ids(...steps)]);
    expect(sessionsOf(steps, timeWindow)[0]).toMatchObject({
      account: ACCOUNT,
      subject: 'AROAEXAMPLEDEPLOY0001',
    });
  });

  it('ends where nothing follows within the window', () => {
    const [first, second] = [by(NOW), by(NOW + timeWindow + 1)];
    expect(sessions(first, second)).toEqual([ids(first), ids(second)]);
  });

  it('is of one subject in one account: a person is not the role, nor the same key elsewhere', () => {
    const all = [
      by(NOW),
      by(NOW + 1, { actor: anActor({ key: 'AROAOTHER' }) }),
      by(NOW + 2, { account: OTHER_ACCOUNT }),
      by(NOW + 3, { actor: aPerson('alice@example.com') }),
      by(NOW + 4, { actor: aPerson('bob@example.com') }),
    ];
    expect(sessions(...all)).toEqual(all.map((each) => ids(each)));
    expect(sessionsOf(all, timeWindow).map(({ account, subject }) => [account, subject])).toEqual(
      all.map(({ activity }) => [activity.account, subjectKey(activity.actor)]),
    );
  });

  it('orders its members by time and by id at the same moment, whatever the order they come in', () => {
    const [a, b, c] = [by(NOW, { id: 'a' }), by(NOW, { id: 'b' }), by(NOW + 1, { id: '0' })] as const;
    for (const order of [
      [a, b, c],
      [c, b, a],
      [b, c, a],
    ])
      expect(sessions(...order)).toEqual([['a', 'b', '0']]);
  });

  it('is none where there is nothing', () => {
    expect(sessionsOf([], timeWindow)).toEqual([]);
  });
});

describe('what only follows a change', () => {
  const change = by(NOW);

  it('is a session apart from whatever else its service did, one for each change', () => {
    const other = by(NOW + 1, { actor: aPerson() });
    const own = by(NOW + HOUR, { actor: autoScaling });
    const launches = [followerOf(change, NOW + HOUR + 1), followerOf(change, NOW + HOUR + 2)];
    const others = followerOf(other, NOW + HOUR + 3);
    expect(sessions(change, other, own, ...launches, others)).toEqual([
      ids(change),
      ids(other),
      ids(own),
      ids(...launches),
      ids(others),
    ]);
  });

  it('neither bridges a gap between what its service did, nor begins or ends that', () => {
    const own = [by(NOW, { actor: autoScaling }), by(NOW + 2 * timeWindow, { actor: autoScaling })];
    const launches = [
      followerOf(change, NOW - 1),
      followerOf(change, NOW + timeWindow),
      followerOf(change, NOW + 3 * timeWindow),
    ];
    expect(sessions(...own, ...launches)).toContainEqual(ids(own[0] as Assessment));
    expect(sessions(...own, ...launches)).toContainEqual(ids(own[1] as Assessment));
  });

  it('is among what its service did where it is told by its own evidence', () => {
    const own = by(NOW, { actor: autoScaling });
    const launch = ownAfter(change, NOW + HOUR);
    expect(sessions(own, launch)).toEqual([ids(own, launch)]);
    expect([launch, followerOf(change, NOW), own].map(isFollower)).toEqual([false, true, false]);
  });

  it('is divided by the window, too', () => {
    const launches = [followerOf(change, NOW), followerOf(change, NOW + timeWindow + 1)];
    expect(sessions(...launches)).toEqual(launches.map((each) => ids(each)));
  });

  it('is called by the service of its first launch, whatever the order they come in', () => {
    const launches = [followerOf(change, NOW + 1), followerOf(change, NOW + 2, { actor: fleet })];
    for (const order of [launches, launches.toReversed()]) {
      const [session, ...more] = sessionsOf(order, timeWindow);
      expect(more).toEqual([]);
      expect(session).toMatchObject({ account: ACCOUNT, subject: autoScaling.key });
      expect(session?.members.map(idOf)).toEqual(ids(...launches));
    }
  });
});

describe('somebody who is suspected every day', () => {
  /** A verdict every half a day, from one time up to another. */
  const daily = (from: number, to: number): Assessment[] =>
    Array.from({ length: Math.floor((2 * (to - from)) / DAY) + 1 }, (_, index) =>
      by(from + (index * DAY) / 2),
    );
  const starts = (verdicts: readonly Assessment[]): number[] =>
    sessionsOf(verdicts, timeWindow)
      .map(({ members }) => firstAt(members))
      .sort((a, b) => a - b);

  it('has one session for a week, wherever in the week it begins', () => {
    for (const begin of [THURSDAY, THURSDAY + 3 * DAY, THURSDAY + 6 * DAY]) {
      expect(starts(daily(begin, begin + WEEK - 1))).toEqual([begin]);
    }
  });

  it('has a new one where the first epoch week begins that a whole week went before', () => {
    const begin = THURSDAY + 3 * DAY;
    expect(starts(daily(begin, begin + 5 * WEEK))).toEqual([
      begin,
      THURSDAY + 2 * WEEK,
      THURSDAY + 3 * WEEK,
      THURSDAY + 4 * WEEK,
      THURSDAY + 5 * WEEK,
    ]);
    expect(starts(daily(THURSDAY, THURSDAY + 2 * WEEK))).toEqual([
      THURSDAY,
      THURSDAY + WEEK,
      THURSDAY + 2 * WEEK,
    ]);
    expect(starts(daily(THURSDAY + 1, THURSDAY + 1 + 2 * WEEK))).toEqual([
      THURSDAY + 1,
      THURSDAY + 2 * WEEK + 1,
    ]);
  });

  it('begins to count anew after a pause', () => {
    const first = daily(THURSDAY, THURSDAY + 5 * DAY);
    const begin = THURSDAY + 5 * DAY + timeWindow + 1;
    const second = daily(begin, begin + WEEK);
    expect(starts([...first, ...second])).toEqual([THURSDAY, begin]);
  });

  it('is not divided where nobody was told of in the week that begins', () => {
    const run = daily(THURSDAY, THURSDAY + WEEK - 1);
    const [next] = daily(THURSDAY + 2 * WEEK, THURSDAY + 2 * WEEK);
    expect(starts([...run, next as Assessment])).toEqual([THURSDAY, THURSDAY + 2 * WEEK]);
  });
});

describe('sessions of any verdicts', () => {
  const spots = fc.array(
    fc.record({
      hours: fc.oneof(
        fc.nat(24 * 40),
        fc.nat(40).map((days) => days * 24),
      ),
      who: fc.constantFrom('alice@example.com', 'alice@example.com', 'bob@example.com'),
      account: fc.constantFrom(ACCOUNT, ACCOUNT, OTHER_ACCOUNT),
      follows: fc.constantFrom(false, false, true),
      service: fc.constantFrom(autoScaling, fleet),
    }),
    { maxLength: 120 },
  );
  const change = by(THURSDAY - HOUR);
  const verdictsOf = (parts: typeof spots extends fc.Arbitrary<infer T> ? T : never): Assessment[] =>
    parts.map(({ hours, who, account, follows, service }) => {
      const at = THURSDAY + hours * HOUR;
      return follows
        ? followerOf(change, at, { actor: service, account })
        : by(at, { actor: aPerson(who), account });
    });
  const asSet = (verdicts: readonly Assessment[]) =>
    sessionsOf(verdicts, timeWindow)
      .map(({ account, subject, members }) => `${account} ${subject} ${members.map(idOf).join(' ')}`)
      .sort();

  it('are the same whatever the order, hold each verdict once and last less than two weeks', () => {
    fc.assert(
      fc.property(spots, fc.infiniteStream(fc.nat()), (parts, random) => {
        const verdicts = verdictsOf(parts);
        const shuffled = verdicts
          .map((verdict) => ({ verdict, key: random.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ verdict }) => verdict);
        expect(asSet(shuffled)).toEqual(asSet(verdicts));
        const found = sessionsOf(verdicts, timeWindow);
        expect(found.flatMap(({ members }) => members.map(idOf)).sort()).toEqual(ids(...verdicts).sort());
        for (const { members } of found) {
          const times = members.map(({ activity }) => activity.at);
          expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(LONGEST_SESSION);
          for (const [index, at] of times.slice(1).entries()) {
            expect(at - (times[index] ?? 0)).toBeLessThanOrEqual(timeWindow);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are divided by nothing that lies more than a week and a window before the week that begins', () => {
    fc.assert(
      fc.property(spots, fc.nat(25), (parts, days) => {
        const verdicts = verdictsOf(parts).concat(
          // alice every half day, so that there is something to divide
          Array.from({ length: 80 }, (_, index) => by(THURSDAY + index * 12 * HOUR, { actor: aPerson() })),
        );
        const since = THURSDAY + days * DAY;
        const left = verdicts.filter(({ activity }) => activity.at >= since);
        // begins: a session of those that lie behind the first week of which the rule knows all
        const known = since + WEEK + timeWindow;
        const boundary = Math.ceil(known / WEEK) * WEEK;
        const begins = (some: readonly Assessment[]) =>
          sessionsOf(some, timeWindow)
            .map(({ members }) => members[0] as Assessment)
            .filter(({ activity }) => activity.at >= boundary)
            .map(idOf)
            .sort();
        expect(begins(left)).toEqual(begins(verdicts));
      }),
      { numRuns: 300 },
    );
  });
});
