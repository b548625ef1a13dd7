import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changedKeys, withKey } from '../../../cli/compare/keys.ts';
import { defaultPolicy, type Policy } from '../../../core/policy/policy.ts';

const policies = fc
  .record({
    high: fc.constantFrom(70, 80),
    regions: fc.constantFrom(4, 6),
    weights: fc.dictionary(fc.constantFrom('first-launch', 'root-launch'), fc.constantFrom(0.1, 0.2)),
    off: fc.subarray(['many-regions', 'launch-burst']),
    networks: fc.subarray(['192.0.2.0/24', '203.0.113.0/24']),
  })
  .map(
    ({ high, regions, weights, off, networks }): Policy =>
      ({
        ...defaultPolicy,
        severity: { ...defaultPolicy.severity, high },
        rateThreshold: { ...defaultPolicy.rateThreshold, regions },
        signals: { ...defaultPolicy.signals, weights, off },
        organisation: { ...defaultPolicy.organisation, networks },
      }) as Policy,
  );

it('one policy with all keys in which another differs is the other, in whatever order, and with none of them itself', () => {
  fc.assert(
    fc.property(policies, policies, fc.func(fc.nat()), (before, after, rank) => {
      const keys = changedKeys(before, after).toSorted((a, b) => rank(a) - rank(b));
      expect(keys.reduce((policy, key) => withKey(policy, after, key), before)).toEqual(after);
      for (const key of keys) expect(changedKeys(before, withKey(before, after, key))).toEqual([key]);
    }),
  );
});

it('a list is one key, and a key that one of them lacks is one, too', () => {
  const after = {
    ...defaultPolicy,
    signals: { ...defaultPolicy.signals, off: ['root-launch'], weights: { 'first-launch': 0.1 } },
  } as Policy;
  expect(changedKeys(defaultPolicy, after)).toEqual(['signals.off', 'signals.weights.first-launch']);
  expect(changedKeys(after, defaultPolicy)).toEqual(changedKeys(defaultPolicy, after));
});
