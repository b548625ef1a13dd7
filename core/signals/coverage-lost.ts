import type { Signal } from './signal.ts';

/** Launchtrail does not see a part of what it should: what happens there in the meantime makes no finding. */
export const coverageLost: Signal = {
  id: 'coverage-lost',
  family: 'coverage',
  description: 'A Region, or the people who are to be told, out of reach of Launchtrail',
  appliesTo: ['coverage.lose'],

  evaluate({ detail, account, region }) {
    return {
      strength: 1,
      reason: `Launchtrail has lost account ${account} in ${region}: ${detail ?? 'no reason known'}`,
    };
  },
};
