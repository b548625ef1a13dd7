import type { Signal } from './signal.ts';

/** What a test is told with: LOW, so that it goes the whole way and wakes nobody. */
const TEST = 0.25;

/** What is not so any more, or never was, by what found it. */
const LOST: Readonly<Record<string, string>> = {
  'launchtrail:region': 'Launchtrail does not watch',
  'launchtrail:subscriber': 'Alerts reach nobody from',
};

/** Launchtrail does not see a part of what it should: what happens there in the meantime makes no finding. */
export const coverageLost: Signal = {
  id: 'coverage-lost',
  family: 'coverage',
  description: 'A Region, or the people who are to be told, out of reach of Launchtrail',
  appliesTo: ['coverage.lose'],

  evaluate({ action, detail, account, region }) {
    if (action === 'launchtrail:verify')
      return { strength: TEST, reason: `Nothing is lost in ${region}: this is ${detail ?? 'a test'}` };
    return {
      strength: 1,
      reason: `${LOST[action] ?? 'Launchtrail has lost'} account ${account} in ${region}: ${detail ?? 'no reason known'}`,
    };
  },
};
