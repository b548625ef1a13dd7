import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import {
  accountScope,
  actorScope,
  DAY,
  type FactSheet,
  MAX_VALUES,
  subjectScope,
} from '../../../core/history/facts.ts';
import { type Familiarity, RECENT_LIMIT } from '../../../core/history/habits.ts';
import { looksBack } from '../../../core/history/looking-back.ts';
import { recentBefore } from '../../../core/history/recent.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import { memoryOf } from '../../../core/signals/memory.ts';
import {
  ACCOUNT,
  anActivity,
  anActor,
  anOrigin,
  aPerson,
  HOUR,
  memoryAfter,
  NOW,
  onDaysBefore,
} from '../../builders.ts';
import { inARow, MINUTE, policyOf } from '../../fixtures/signals/cases.ts';

const activity = anActivity();
const SCOPE = subjectScope(activity);
const ALL = accountScope(activity);
const { settle, quarantine, keyQuarantine } = defaultPolicy.learning;

const regionAfter = (others: readonly Activity[], suspect: readonly Activity[] = []): Familiarity =>
  memoryAfter(others, activity, { suspect }).familiarity(SCOPE, 'region', 'eu-west-1');

describe('familiarity', () => {
  it.each<[string, number, Familiarity]>([
    ['exactly the settling time ago', settle, 'familiar'],
    ['a moment later than that', settle - 1, 'new'],
    ['just now', 0, 'new'],
    ['only afterwards', -HOUR, 'new'],
  ])('of a value first seen %s', (_, ago, expected) => {
    expect(regionAfter([anActivity({ at: NOW - ago })])).toBe(expected);
  });

  it.each<[string, number, Familiarity]>([
    ['until the quarantine is over', quarantine - 1, 'suspect'],
    ['exactly when it is over', quarantine, 'familiar'],
    ['but it is new before it is suspect', settle - 1, 'new'],
  ])('of a value first seen in a finding: %s', (_, ago, expected) => {
    const earlier = anActivity({ at: NOW - ago });
    expect(regionAfter([earlier], [earlier])).toBe(expected);
  });

  it.each<[string, number, Familiarity]>([
    ['until its own quarantine is over', keyQuarantine - 1, 'suspect'],
    ['exactly when it is over', keyQuarantine, 'familiar'],
  ])('of a value that a leaked key showed: %s', (_, ago, expected) => {
    const earlier = anActivity({ at: NOW - ago });
    const memory = memoryAfter([earlier], activity, { suspect: [earlier], suspicion: 'leaked-key' });
    expect(memory.familiarity(SCOPE, 'region', 'eu-west-1')).toBe(expected);
  });

  it.each<[string, string, number, Familiarity]>([
    ['to the account, until its own quarantine is over', ALL, keyQuarantine - 1, 'suspect'],
    ['to the account, when it is over', ALL, keyQuarantine, 'familiar'],
    ['of the one who acted, until the ordinary quarantine is over', SCOPE, quarantine - 1, 'suspect'],
    ['of the one who acted, when it is over', SCOPE, quarantine, 'familiar'],
  ])('of a value that a CRITICAL finding showed %s', (_, scope, ago, expected) => {
    const earlier = anActivity({ at: NOW - ago });
    const memory = memoryAfter([earlier], activity, { suspect: [earlier], suspicion: 'critical' });
    expect(memory.familiarity(scope, 'region', 'eu-west-1')).toBe(expected);
  });

  it('of a value that a leaked key showed is never sooner than of another', () => {
    const policy = policyOf({ learning: { quarantine: '9d', keyQuarantine: '2d' } });
    const earlier = anActivity({ at: NOW - 8 * DAY });
    const memory = memoryAfter([earlier], activity, { policy, suspect: [earlier], suspicion: 'leaked-key' });
    expect(memory.familiarity(SCOPE, 'region', 'eu-west-1')).toBe('suspect');
  });

  it('is not taken away by a finding that used a known value', () => {
    const later = anActivity({ at: NOW - 2 * DAY });
    expect(regionAfter([anActivity({ at: NOW - 5 * DAY }), later], [later])).toBe('familiar');
  });

  it('is unknown where so many values are known that none can be called new', () => {
    const networks = Array.from({ length: MAX_VALUES.network }, (_, index) =>
      anActivity({
        at: NOW - 3 * DAY,
        origin: { prefix: `192.0.${index}.0/24`, agent: 'other', console: false },
      }),
    );
    const answer = (others: readonly Activity[]) =>
      memoryAfter(others, activity).familiarity(SCOPE, 'network', '203.0.113.0/24');
    expect(answer(networks)).toBe('unknown');
    expect(answer(networks.slice(1))).toBe('new');
    expect(memoryAfter(networks, activity).familiarity(SCOPE, 'network', '192.0.7.0/24')).toBe('familiar');
  });

  it('is not unknown because of values seen too late to have settled', () => {
    const networks = Array.from({ length: MAX_VALUES.network }, (_, index) =>
      anActivity({
        at: NOW - HOUR,
        origin: { prefix: `192.0.${index}.0/24`, agent: 'other', console: false },
      }),
    );
    expect(memoryAfter(networks, activity).familiarity(SCOPE, 'network', '203.0.113.0/24')).toBe('new');
  });

  it('of a scope that nothing is known of is new', () => {
    const nothing = memoryOf(activity, new Map<string, FactSheet>(), [], defaultPolicy);
    expect(nothing.familiarity(SCOPE, 'region', 'eu-west-1')).toBe('new');
    expect(nothing.known(SCOPE, 'region')).toEqual([]);
  });

  it('of a scope that the activity proves nothing about may not be asked', () => {
    const memory = memoryAfter([], activity);
    const strange = actorScope(ACCOUNT, 'nobody');
    expect(() => memory.familiarity(strange, 'region', 'eu-west-1')).toThrow(/may not ask/);
    expect(() => memory.known(strange, 'region')).toThrow(/may not ask/);
    expect(() => memory.firstSeen(strange, 'created', '')).toThrow(/may not ask/);
  });
});

describe('known values', () => {
  it('are the familiar ones, sorted, and of just that dimension', () => {
    const strange = anActivity({ at: NOW - 2 * DAY, region: 'sa-east-1' });
    const memory = memoryAfter(
      [
        anActivity({ at: NOW - 3 * DAY, region: 'us-east-1' }),
        anActivity({ at: NOW - 4 * DAY, region: 'eu-west-1' }),
        anActivity({ at: NOW - HOUR, region: 'ap-south-1' }),
        strange,
      ],
      activity,
      { suspect: [strange] },
    );
    expect(memory.known(SCOPE, 'region')).toEqual(['eu-west-1', 'us-east-1']);
  });
});

describe('the days a subject was active', () => {
  it('do not count today, nor what comes afterwards', () => {
    expect(
      memoryAfter([anActivity({ at: NOW - HOUR }), anActivity({ at: NOW + DAY })], activity).activeDays,
    ).toBe(0);
  });

  it('count each day once, whatever the outcome, up to ten', () => {
    expect(memoryAfter(onDaysBefore([1, 1, 2, 3], { outcome: 'denied' }), activity).activeDays).toBe(3);
    expect(memoryAfter(onDaysBefore([...Array(30).keys()].map((day) => day + 1)), activity).activeDays).toBe(
      10,
    );
  });

  it('of a role are those of all the people behind it', () => {
    const alice = anActivity({ actor: aPerson('alice@example.com') });
    const memory = memoryAfter(onDaysBefore([3, 2, 1], { actor: aPerson('bob@example.com') }), alice);
    expect(memory.activeDays).toBe(0);
    expect(memory.roleActiveDays).toBe(3);
  });
});

describe('learning', () => {
  it.each<[string, number, boolean]>([
    ['lasts until just before the period is over', defaultPolicy.learning.period - 1, true],
    ['is over with the period', defaultPolicy.learning.period, false],
  ])('%s', (_, ago, expected) => {
    expect(memoryAfter([anActivity({ at: NOW - ago, actor: aPerson() })], activity).learning).toBe(expected);
  });

  it('begins with the first record of the account, not of the actor', () => {
    const other = anActivity({ at: NOW - 20 * DAY, actor: aPerson() });
    expect(memoryAfter([other], activity).learning).toBe(false);
    expect(memoryAfter([{ ...other, account: '444455556666' }], activity).learning).toBe(true);
  });

  it('follows the policy', () => {
    const policy = policyOf({ learning: { period: '30d' } });
    expect(memoryAfter(onDaysBefore([20]), activity, { policy }).learning).toBe(true);
  });
});

describe('a first sighting', () => {
  it('is told as it was, also when it is too young to be familiar, but not from the future', () => {
    const memory = memoryAfter([anActivity({ at: NOW - HOUR })], activity);
    expect(memory.firstSeen(SCOPE, 'region', 'eu-west-1')).toBe(NOW - HOUR);
    expect(memory.firstSeen(SCOPE, 'region', 'sa-east-1')).toBeUndefined();
    const later = memoryAfter([anActivity({ at: NOW + HOUR, region: 'sa-east-1' })], activity);
    expect(later.firstSeen(SCOPE, 'region', 'sa-east-1')).toBeUndefined();
  });
});

describe('recent activities', () => {
  const window = defaultPolicy.timeWindow;

  it('are those before the activity and within the window, oldest first', () => {
    const inside = anActivity({ at: NOW - window + 1 });
    const outside = anActivity({ at: NOW - window });
    const before = anActivity({ at: NOW - MINUTE });
    const after = anActivity({ at: NOW + MINUTE });
    expect(recentBefore([outside, inside, before, activity, after], activity, window)).toEqual([
      inside,
      before,
    ]);
  });

  it('break a tie within a second by id', () => {
    const twin = { ...activity, id: `${activity.id.slice(0, -1)}!` };
    expect(recentBefore([twin, activity], activity, window)).toEqual([twin]);
    expect(recentBefore([twin, activity], twin, window)).toEqual([]);
  });

  it('are at most fifty, the latest', () => {
    const many = inARow(80, () => anActivity());
    const recent = recentBefore([...many, activity], activity, window);
    expect(recent).toEqual(many.slice(-RECENT_LIMIT));
  });
});

describe('what came before', () => {
  it.each([
    'instance.start',
    'instance.stop',
    'instance.terminate',
    'volume.attach',
    'volume.detach',
    'volume.delete',
    'ingress.open',
    'instance.modify',
  ] as const)('may not be asked for by a judgement of %s, whose subject is not read', (kind) => {
    const memory = memoryAfter([anActivity({ at: NOW - HOUR })], anActivity({ kind }));
    expect(() => memory.recent).toThrow(`a judgement of ${kind} may not ask for what came before`);
  });

  it('is read where somebody deletes a snapshot, and not where a service rotates its backups', () => {
    const service = 'backup.amazonaws.com';
    const backup = {
      actor: anActor({ class: 'workload', invokedBy: service }),
      origin: anOrigin({ service }),
    };
    expect(looksBack(anActivity({ kind: 'snapshot.delete' }))).toBe(true);
    expect(looksBack(anActivity({ kind: 'snapshot.delete', ...backup }))).toBe(false);
    expect(looksBack(anActivity({ kind: 'snapshot.unshare', ...backup }))).toBe(true);
  });
});
