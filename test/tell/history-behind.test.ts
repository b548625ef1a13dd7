import { describe, expect, it } from 'vitest';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { historyBehind, historyText } from '../../tell/history-behind.ts';
import { alertText } from '../../tell/message.ts';
import { toOcsf } from '../../tell/ocsf.ts';
import { ACCOUNT, anActivity, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { aFinding, assessed, evidence } from '../findings.ts';

const DAY = 86_400_000;
const SINCE = NOW - 34 * DAY;

const member = (account: string, at: number, since?: number) => ({
  ...assessed(anActivity({ id: `e-${account}-${at}`, account, at }), [evidence('first-launch', 'it is new')]),
  ...(since !== undefined && { since }),
});

describe('the history behind a finding', () => {
  it('is told of each account from its first record to the first member there', () => {
    const finding = aFinding([
      member(OTHER_ACCOUNT, NOW + DAY, NOW - DAY),
      member(ACCOUNT, NOW + 3 * DAY, SINCE),
      member(ACCOUNT, NOW, SINCE),
    ]);
    expect(historyBehind(finding)).toEqual([
      { account: ACCOUNT, since: SINCE, days: 34 },
      { account: OTHER_ACCOUNT, since: NOW - DAY, days: 2 },
    ]);
    const text = `34 days of history of account ${ACCOUNT}, from ${new Date(SINCE).toISOString().slice(0, 10)}`;
    expect(historyText(finding)).toContain(text);
    expect(alertText(finding, policy).body).toContain(`Judged against ${text}; 2 days of history of`);
    expect(toOcsf(finding, { policy }).unmapped.history).toEqual(historyBehind(finding));
  });

  it('is not guessed where the first member does not say, whatever a later one does', () => {
    const finding = aFinding([member(ACCOUNT, NOW), member(ACCOUNT, NOW + DAY, NOW)]);
    expect(historyText(finding)).toBe('');
    expect(alertText(finding, policy).body).not.toContain('Judged against');
    expect(toOcsf(finding, { policy }).unmapped).not.toHaveProperty('history');
  });

  it('spells out three accounts and counts the rest', () => {
    const accounts = Array.from({ length: 5 }, (_, index) => `11112222333${index}`);
    const text = historyText(aFinding(accounts.map((account) => member(account, NOW, SINCE))));
    expect(text).toMatch(/^34 days .*11112222333\d.*; and of 2 more accounts$/);
    expect(text.match(/days of history/g)).toHaveLength(3);
  });
});
