import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import type { Assessment } from '../../../core/findings/finding.ts';
import { REACH, suspicionOf } from '../../../core/findings/suspicion.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import type { SignalId } from '../../../core/policy/weights.ts';
import { anActivity, HOUR, NOW } from '../../builders.ts';
import { assessed, evidence } from '../../findings.ts';
import { keyHolder } from '../../fixtures/signals/cases.ts';

const { timeWindow, learning } = defaultPolicy;

const at = (ago: number, signal: SignalId = 'root-launch', overrides: Partial<Activity> = {}): Assessment =>
  assessed(anActivity({ at: NOW - ago, ...overrides }), [evidence(signal, `because of ${signal}`)]);
const byKey = (ago: number, signal?: SignalId): Assessment => at(ago, signal, { actor: keyHolder });
/** How suspect the first of some verdicts of one subject is. */
const suspicion = (asked: Assessment, ...others: Assessment[]) =>
  suspicionOf(
    asked,
    [asked, ...others].toSorted(
      (a, b) => a.activity.at - b.activity.at || (a.activity.id < b.activity.id ? -1 : 1),
    ),
    defaultPolicy,
  );

describe('what must not be learnt', () => {
  it('is nothing where all is LOW', () => {
    expect(suspicion(at(HOUR, 'first-launch'))).toBeUndefined();
  });

  it('is what is MEDIUM by itself', () => {
    expect(suspicion(at(0))).toBe('finding');
  });

  it('is what came within the window after something MEDIUM, and nothing later', () => {
    expect(suspicion(at(0, 'first-launch'), at(timeWindow))).toBe('finding');
    expect(suspicion(at(0, 'first-launch'), at(timeWindow + 1))).toBeUndefined();
  });

  it('is what had not settled when something MEDIUM came: what is learnt never depends on what it is used for', () => {
    expect(suspicion(at(learning.settle - 1, 'first-launch'), at(0))).toBe('finding');
    expect(suspicion(at(learning.settle, 'first-launch'), at(0))).toBeUndefined();
  });

  it('is what two LOW halves make MEDIUM together', () => {
    expect(suspicion(at(HOUR, 'first-launch'), at(0, 'unfamiliar-snapshotter'))).toBe('finding');
  });

  it('is not made by more verdicts between than are looked at, on either side', () => {
    const between = (count: number, step: number) =>
      Array.from({ length: count }, (_, index) => at(HOUR + (index + 1) * step, 'first-launch'));
    for (const step of [1, -1]) {
      const asked = at(HOUR, 'first-launch');
      const medium = at(HOUR + (step * HOUR) / 2);
      expect(suspicion(asked, medium, ...between(REACH - 1, step))).toBe('finding');
      expect(suspicion(asked, medium, ...between(REACH, step))).toBeUndefined();
    }
  });

  it('is decided in one moment by the ids of what came then', () => {
    const at0 = (id: string, signal: SignalId = 'first-launch') => at(0, signal, { id });
    const others = Array.from({ length: REACH }, (_, index) => at0(`b${String(index).padStart(2, '0')}`));
    const medium = at0('c', 'root-launch');
    expect(suspicion(at0('b00'), medium, ...others.slice(1))).toBe('finding');
    expect(suspicion(at0('a'), medium, ...others)).toBeUndefined();
    expect(suspicion(at0('d'), medium, ...others, at0('b99'))).toBe('finding');
  });

  it('takes exactly what makes MEDIUM, and HIGH while the account is learnt', () => {
    const exactly = (strength: number): Assessment =>
      assessed(anActivity({ at: NOW }), [evidence('shared-publicly', 'because', { strength })]);
    const { medium, high } = defaultPolicy.severity;
    const verdicts = [medium, high].map((points) => ({ ...exactly(points / 92), points }));
    for (const { points, ...verdict } of verdicts) {
      expect(verdict.score).toBe(points);
      const learnt: Assessment = { ...verdict, learning: true };
      expect(suspicion(verdict)).toBe('finding');
      expect(suspicion(learnt)).toBe(points === high ? 'finding' : undefined);
    }
  });

  it('is not made by what a service launched because of somebody else', () => {
    const follows = { account: 'x', subject: 'x', id: 'x', at: NOW };
    expect(suspicion(at(0, 'first-launch'), { ...at(HOUR), follows })).toBeUndefined();
    expect(suspicion(at(0, 'first-launch'), { ...at(HOUR), follows: { ...follows, own: true } })).toBe(
      'finding',
    );
  });

  it('is, while the account is learnt, what HIGH showed, not what MEDIUM did', () => {
    const learnt = (verdict: Assessment): Assessment => ({ ...verdict, learning: true });
    const medium = learnt(at(HOUR, 'accelerated-launch'));
    expect(suspicion(medium)).toBeUndefined();
    expect(suspicion(medium, learnt(at(0, 'shared-outside')))).toBe('critical');
  });
});

describe('what a long-lived key showed', () => {
  it('is suspect for longer where it is CRITICAL around it', () => {
    expect(suspicion(byKey(HOUR, 'first-launch'), byKey(0, 'shared-publicly'))).toBe('leaked-key');
  });

  it('is suspect for as long as the rest where it is only HIGH', () => {
    expect(suspicion(byKey(0, 'shared-outside'))).toBe('finding');
  });

  it('is suspect for as long as the rest where it had settled before it was CRITICAL', () => {
    const critical = byKey(0, 'shared-publicly');
    expect(suspicion(byKey(learning.settle - 1), critical)).toBe('leaked-key');
    expect(suspicion(byKey(learning.settle), critical)).toBe('finding');
    expect(suspicion(byKey(0, 'first-launch'), byKey(timeWindow, 'shared-publicly'))).toBe('leaked-key');
    expect(suspicion(byKey(0), byKey(timeWindow + 1, 'shared-publicly'))).toBe('finding');
  });

  it('is suspect for longer only of a key; of others that which belongs to the house', () => {
    expect(suspicion(at(0, 'shared-publicly'))).toBe('critical');
    expect(suspicion(at(0, 'shared-outside'))).toBe('finding');
  });
});
