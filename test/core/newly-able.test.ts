import { expect, it } from 'vitest';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { freshIdentity } from '../../core/signals/fresh-identity.ts';
import type { Memory } from '../../core/signals/memory.ts';
import { anActivity, HOUR, NOW } from '../builders.ts';

/** Evidence of a launch by somebody whom audits found able: when each did, and when the rights had been given. */
const told = (...gains: readonly (readonly [found: number, given: number])[]) => {
  const memory = {
    firstSeen: () => undefined,
    allSeen: () => new Map(gains.map(([found, given]) => [String(found), given])),
    lineage: { births: [] },
  } as unknown as Memory;
  return freshIdentity.evaluate(anActivity({ at: NOW }), memory, defaultPolicy);
};

it('who is newly able by two audits at once is told the same, whichever was learnt first', () => {
  const earlier = [NOW - HOUR, NOW - 3 * HOUR] as const;
  const later = [NOW + HOUR, NOW - HOUR] as const;
  expect(told(earlier, later)).toEqual(told(later, earlier));
  expect(told(earlier, later)?.reason).toMatch(/ became able .* before, as an audit found later$/);
  expect(told(earlier)?.reason).toMatch(/^An audit found .* before$/);
});
