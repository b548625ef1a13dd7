import { describe, expect, it } from 'vitest';
import { accountLines } from '../../../cli/replay/own-accounts.ts';
import type { Activity } from '../../../core/activity/activity.ts';
import type { FindingRecord } from '../../../core/findings/finding.ts';
import { defaultPolicy, type Policy } from '../../../core/policy/policy.ts';
import { ACCOUNT, OTHER_ACCOUNT } from '../../builders.ts';
import { aShare, PARTNER } from '../../fixtures/signals/cases.ts';

const naming = (...accounts: string[]): Policy => ({
  ...defaultPolicy,
  organisation: { ...defaultPolicy.organisation, accounts },
});
const told = (activity: Activity): FindingRecord =>
  ({
    members: [{ activity, evidence: [{ signal: 'shared-outside', strength: 1, reason: '' }], score: 75 }],
  }) as unknown as FindingRecord;
const inside = told(aShare({ accounts: [OTHER_ACCOUNT] }));
const outside = told(aShare({ accounts: [PARTNER] }));

describe('what the summary says of accounts', () => {
  it('counts those that the policy names, and says nothing more where all are named', () => {
    const lines = accountLines(new Set([ACCOUNT, OTHER_ACCOUNT]), [outside], naming(ACCOUNT, OTHER_ACCOUNT));
    expect(lines).toEqual(['2 with records of their own, 2 of them named as ours']);
  });

  it('names those that the policy leaves out, and how many findings take one for a stranger', () => {
    const lines = accountLines(new Set([ACCOUNT, OTHER_ACCOUNT]), [inside, outside], naming(ACCOUNT));
    expect(lines).toContain(`not named: ${OTHER_ACCOUNT}`);
    expect(lines.at(-1)).toMatch(/^1 finding takes an account with records here for an outsider's/);
  });

  it('says which are named without a record', () => {
    const [line] = accountLines(new Set([ACCOUNT]), [], naming(ACCOUNT, PARTNER));
    expect(line).toBe('1 with records of their own, 1 of them named as ours; 1 named without a record');
  });

  it('says that those seen are ours where the policy names none', () => {
    const [line] = accountLines(new Set([ACCOUNT, OTHER_ACCOUNT]), [], naming());
    expect(line).toMatch(/as the policy names none, each is ours from its first record on$/);
  });

  it('says of one account alone no more than that it is there', () => {
    expect(accountLines(new Set([ACCOUNT]), [outside], naming())).toHaveLength(1);
  });
});
