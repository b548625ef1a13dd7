import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../core/activity/activity.ts';
import { subjectKey } from '../../../core/activity/actor.ts';
import type { Assessment } from '../../../core/findings/finding.ts';
import { agrees, followedBy } from '../../../core/findings/follow.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import { anActivity, HOUR, NOW } from '../../builders.ts';
import { assessed, evidence } from '../../findings.ts';

const change = (ago: number) => anActivity({ at: NOW - ago, kind: 'fleet.change' });
const [earlier, later] = [change(2 * HOUR), change(HOUR)];
const launch = assessed(anActivity({ at: NOW }), []);
const launchAfter = (...told: readonly { id: string }[]): Assessment =>
  followedBy(launch, [earlier, later], ({ id }) => told.some((each) => each.id === id), defaultPolicy);
const told = { suspicion: undefined } as const;

describe('a launch by a service', () => {
  it('follows the last change behind it that is told, named so that its finding can be found', () => {
    const { account, id, at, actor } = later;
    expect(launchAfter(later)).toEqual({
      ...launch,
      follows: { account, subject: subjectKey(actor), id, at },
    });
    expect(launchAfter(earlier, later).follows).toMatchObject({ id: later.id, at: later.at });
    expect(launchAfter(earlier).follows).toMatchObject({ id: earlier.id });
    expect(launchAfter().follows).toBeUndefined();
  });

  it('stays among what the service did where it is told by its own evidence', () => {
    const own = assessed(anActivity({ at: NOW }), [evidence('accelerated-launch', 'big')]);
    expect(followedBy(own, [later], () => true, defaultPolicy).follows).toMatchObject({ own: true });
  });

  it('stays there from LOW on, and is a mere consequence below', () => {
    const { low } = defaultPolicy.severity;
    for (const [score, own] of [
      [low, true],
      [low - 0.1, undefined],
    ] as const)
      expect(followedBy({ ...launch, score }, [later], () => true, defaultPolicy).follows?.own).toBe(own);
  });

  it('agrees with the one of two changes of one moment that comes later by its id, and with none that comes earlier', () => {
    const [a, b] = [
      { ...later, id: 'a' },
      { ...later, id: 'b' },
    ] as const;
    const launchOf = (change: Activity) => followedBy(launch, [change], () => true, defaultPolicy);
    expect(agrees(launchOf(b), undefined, a, told)).toBe(true);
    expect(agrees(launchOf(a), undefined, b, told)).toBe(false);
  });

  it('that is told by its own evidence need not be marked as the change is', () => {
    const own = followedBy({ ...launch, score: 50 }, [later], () => true, defaultPolicy);
    expect(agrees(own, undefined, later, { suspicion: 'finding' })).toBe(true);
    expect(agrees(own, 'leaked-key', later, told)).toBe(true);
  });

  it('agrees with a change that it follows, or that a later one hides', () => {
    expect(agrees(launchAfter(later), undefined, later, told)).toBe(true);
    expect(agrees(launchAfter(later), undefined, earlier, told)).toBe(true);
  });

  it('is judged again where a change is told that it does not follow yet', () => {
    expect(agrees(launchAfter(earlier), undefined, later, told)).toBe(false);
    expect(agrees(launch, undefined, later, told)).toBe(false);
    expect(agrees(undefined, undefined, later, told)).toBe(false);
  });

  it('is judged again where the change that it follows is told no more', () => {
    expect(agrees(launchAfter(later), undefined, later, undefined)).toBe(false);
    expect(agrees(launchAfter(earlier), undefined, later, undefined)).toBe(true);
    expect(agrees(undefined, undefined, later, undefined)).toBe(true);
  });

  it('is judged again where it is marked otherwise than the change that it follows', () => {
    expect(agrees(launchAfter(later), 'finding', later, { suspicion: 'finding' })).toBe(true);
    expect(agrees(launchAfter(later), undefined, later, { suspicion: 'finding' })).toBe(false);
    expect(agrees(launchAfter(later), 'finding', later, told)).toBe(false);
  });
});
