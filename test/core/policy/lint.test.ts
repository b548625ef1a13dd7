import { describe, expect, it } from 'vitest';
import { lintPolicy } from '../../../core/policy/lint.ts';
import type { Policy } from '../../../core/policy/policy.ts';
import { policyOf } from '../../fixtures/signals/cases.ts';

type Suppression = Policy['suppressions'][number];

const TODAY = '2026-11-29';
const warnings = (policy: Policy) =>
  lintPolicy(policy, TODAY).map(({ key, message }) => `${key}: ${message}`);

const exception = {
  ...{ signal: 'launch-burst' as const, account: '444455556666', actor: 'role/LoadTest' },
  ...{ subject: 'AROAEXAMPLELOADTEST01', networks: ['203.0.113.0/24'] },
  ...{ reason: 'weekly load test', owner: 'performance team', expires: '2027-02-28' },
};
const suppressing = (...some: Partial<Suppression>[]) =>
  policyOf({ suppressions: some.map((each) => ({ ...exception, ...each })) });
const without = (...names: (keyof Suppression)[]) => {
  const kept = Object.entries(exception).filter(([name]) => !names.some((each) => each === name));
  return policyOf({ suppressions: [Object.fromEntries(kept) as typeof exception] });
};

describe('the linter of policies', () => {
  it('warns of a role of any account, which an intruder may make', () => {
    expect(warnings(without('account', 'subject'))).toEqual([
      expect.stringContaining('names no account'),
      expect.stringContaining('names no subject'),
    ]);
  });

  it.each<[string, Policy]>([
    ['the defaults', policyOf({})],
    ['a narrow exception', suppressing({})],
    ['two exceptions for two actors', suppressing({}, { actor: 'role/Other' })],
    ['the same from another network', suppressing({}, { networks: ['203.0.114.0/24'] })],
    ['the same in one Region', suppressing({ regions: ['eu-west-1'] }, { regions: ['eu-central-1'] })],
    ['one held to what a service does', suppressing({ networks: ['autoscaling.amazonaws.com'] })],
    [
      'an office and a data centre',
      policyOf({ organisation: { networks: ['203.0.113.0/24', '2001:db8::/32', '10.0.0.0/8'] } }),
    ],
    ['a signal of little weight that is off', policyOf({ signals: { off: ['unusual-hour'] } })],
  ])('has nothing to say about %s', (_, policy) => {
    expect(warnings(policy)).toEqual([]);
  });

  it.each<[string, Policy, RegExp]>([
    [
      'every address',
      policyOf({ organisation: { networks: ['0.0.0.0/0'] } }),
      /networks\[0\]: .*every address/,
    ],
    ['every address of IPv6', policyOf({ organisation: { networks: ['::/0'] } }), /every address/],
    ['half of all addresses', policyOf({ organisation: { networks: ['128.0.0.0/1'] } }), /wider than any/],
    [
      'people who must call from nowhere',
      policyOf({ geoLocation: { onlyFromNetworks: true } }),
      /there are none/,
    ],
    [
      'a partner that is ours',
      policyOf({ organisation: { accounts: ['111122223333'], partners: ['111122223333'] } }),
      /partners: "111122223333"/,
    ],
    [
      'a sensitive account that is not ours',
      policyOf({ organisation: { accounts: ['111122223333'], sensitiveAccounts: ['444455556666'] } }),
      /sensitiveAccounts/,
    ],
    ['a window of minutes', policyOf({ timeWindow: '30m' }), /timeWindow: in less than an hour/],
    ['a window of a month', policyOf({ timeWindow: '30d' }), /timeWindow: beyond a week/],
    ['data followed for less than a story', policyOf({ lineageWindow: '2h' }), /lineageWindow/],
    ['no learning', policyOf({ learning: { period: '0d' } }), /learning\.period/],
    ['nothing that settles', policyOf({ learning: { settle: '0h' } }), /learning\.settle/],
    ['no quarantine', policyOf({ learning: { quarantine: '1h' } }), /learning\.quarantine/],
    [
      'a change window of a minute',
      policyOf({ changeWindow: { days: ['mon'], from: '08:00', to: '08:00' } }),
      /changeWindow/,
    ],
    [
      'a strong signal that is off',
      policyOf({ signals: { off: ['shared-publicly'] } }),
      /signals\.off: shared-publicly alone/,
    ],
    [
      'a strong signal made weak',
      policyOf({ signals: { weights: { 'shared-publicly': 0.2 } } }),
      /weights\.shared-publicly: from 0\.92 to 0\.2/,
    ],
    [
      'a weight of what is off',
      policyOf({ signals: { off: ['unusual-hour'], weights: { 'unusual-hour': 0.2 } } }),
      /its weight counts for nothing/,
    ],
    ['an expired exception', suppressing({ expires: '2026-11-28' }), /expired on 2026-11-28/],
    ['one that lasts for years', suppressing({ expires: '2029-01-01' }), /beyond half a year/],
    ['one that is about to expire', suppressing({ expires: '2026-12-05' }), /in 6 days/],
    ['one without a signal', without('signal'), /names no signal/],
    ['one without an actor', without('actor', 'subject'), /names no actor/],
    ['a label that others may hold', without('subject'), /names no subject: "role\/LoadTest"/],
    ['one that holds anywhere', without('networks'), /names no network, resource or peer/],
    [
      'a network that is everything',
      suppressing({ networks: ['0.0.0.0/0'] }),
      /\[0\]: 0\.0\.0\.0\/0 is every/,
    ],
    [
      'one within another, by its network',
      suppressing({}, { networks: ['203.0.113.128/25'], regions: ['eu-west-1'] }),
      /suppressions\[1\]: suppressions\[0\] hides all/,
    ],
    ['a part of every label', suppressing({ actor: 'role/' }), /part of nearly every label/],
    [
      'an account of somebody else',
      policyOf({ organisation: { accounts: ['111122223333'] }, suppressions: [exception] }),
      /"444455556666" is not among/,
    ],
    [
      'one within another',
      suppressing({}, { actor: 'role/LoadTest/nightly' }),
      /suppressions\[1\]: suppressions\[0\] hides all/,
    ],
    ['the same twice', suppressing({}, {}), /suppressions\[1\]: suppressions\[0\] hides all/],
  ])('warns of %s', (_, policy, warning) => {
    expect(warnings(policy)).toEqual([expect.stringMatching(warning)]);
  });
});
