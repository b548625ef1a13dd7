import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPolicy } from '../../../core/policy/canonical.ts';
import { completedPolicy } from '../../../core/policy/completed.ts';
import { policyDifference } from '../../../core/policy/difference.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import { policyOf } from '../../fixtures/signals/cases.ts';

describe('what two policies say differently', () => {
  it('is nothing where both are written differently and judge alike', () => {
    const one = policyOf({ signals: { weights: { 'root-launch': 0.7, 'launch-burst': 0.3 } } });
    const other = policyOf({
      timeWindow: '1440m',
      signals: { weights: { 'launch-burst': 0.3, 'root-launch': 0.7 } },
    });
    expect(policyDifference(one, other)).toEqual([]);
    expect(canonicalPolicy(one)).toBe(canonicalPolicy(other));
  });

  it('names keys, what was added to a list and what was taken away', () => {
    const before = policyOf({
      organisation: { accounts: ['111122223333', '444455556666'] },
      severity: { high: 75 },
    });
    const after = policyOf({
      organisation: { accounts: ['444455556666', '777788889999'] },
      timeWindow: '12h',
      signals: { weights: { 'root-launch': 0.7 } },
    });
    expect(policyDifference(before, after)).toEqual([
      { key: 'organisation.accounts', before: '"111122223333"' },
      { key: 'organisation.accounts', after: '"777788889999"' },
      { key: 'timeWindow', before: '86400000', after: '43200000' },
      { key: 'signals.weights.root-launch', after: '0.7' },
      { key: 'severity.high', before: '75', after: '70' },
    ]);
  });

  it('leaves out which version each is', () => {
    const version = { ...defaultPolicy, identity: { version: 7, sha256: 'x' } };
    expect(policyDifference(defaultPolicy, version)).toEqual([]);
    expect(canonicalPolicy(version)).toBe(canonicalPolicy(defaultPolicy));
  });
});

describe('a policy that was stored', () => {
  it('comes back as it was, whatever it holds', () => {
    const anyPolicy = fc
      .record({
        instances: fc.integer({ min: 1, max: 1000 }),
        accounts: fc.array(fc.stringMatching(/^\d{12}$/), { maxLength: 3 }),
        tags: fc.dictionary(fc.string(), fc.array(fc.string(), { maxLength: 2 }), { noNullPrototype: true }),
        weight: fc.double({ min: 0, max: 1, noNaN: true }),
        reason: fc.string({ minLength: 1 }),
      })
      .map(({ instances, accounts, tags, weight, reason }) =>
        policyOf({
          ...{ organisation: { accounts }, rateThreshold: { instances }, volumeSensitivity: { tags } },
          signals: { weights: { 'root-launch': weight } },
          suppressions: [{ actor: 'x', reason, owner: 'ops', expires: '2026-12-31' }],
        }),
      );
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const stored: unknown = JSON.parse(canonicalPolicy(policy));
        const read = completedPolicy(stored, defaultPolicy);
        expect(read.ok && canonicalPolicy(read.policy)).toBe(canonicalPolicy(policy));
      }),
    );
  });
});
