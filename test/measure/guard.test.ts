import { describe, expect, it } from 'vitest';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import type { SignalId } from '../../core/policy/weights.ts';
import { type Figures, figuresOf } from '../../measure/evaluate/measure.ts';
import { runSeed } from '../../measure/evaluate/run-seed.ts';

/** Small organisations that nothing else looks at: seconds, where `npm run evaluate` takes minutes. */
const SEEDS = [21, 22, 23, 24];
const SIZE = { accounts: 4, days: 20 };

/** What the detector did when this was last written down; better figures are to be written down, too. */
const COMMITTED = {
  /** Attacks found as severe as expected. */
  recall: 0.98,
  /** Findings of MEDIUM or worse without an attack per 100 account-days. */
  needless: 5,
};

const figuresWith = async (policy: Policy): Promise<Figures> =>
  figuresOf(await Promise.all(SEEDS.map((seed) => runSeed(seed, SIZE, policy))));

const weighing = (weights: Partial<Record<SignalId, number>>): Policy => ({
  ...defaultPolicy,
  signals: { ...defaultPolicy.signals, weights },
});

const holds = ({ recall, needless }: Figures): boolean =>
  recall >= COMMITTED.recall && needless <= 2 * COMMITTED.needless;

describe('the detector on generated organisations', () => {
  it('finds at least as many attacks as when the figures were written down, with at most twice the noise', async () => {
    const { recall, needless } = await figuresWith(defaultPolicy);
    expect(recall).toBeGreaterThanOrEqual(COMMITTED.recall);
    expect(needless).toBeLessThanOrEqual(2 * COMMITTED.needless);
  });

  it('would be seen to find less without the signals for shares', async () => {
    expect(holds(await figuresWith(weighing({ 'shared-publicly': 0, 'shared-outside': 0 })))).toBe(false);
  });

  it('would be seen to become noisy if MEDIUM began at half the points', async () => {
    const severity = { ...defaultPolicy.severity, low: 10, medium: 20 };
    expect(holds(await figuresWith({ ...defaultPolicy, severity }))).toBe(false);
  });
});
