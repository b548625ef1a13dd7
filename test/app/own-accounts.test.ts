import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import { anActivity, HOUR, NOW, OTHER_ACCOUNT } from '../builders.ts';
import { aShare, PARTNER, someoneElse } from '../fixtures/signals/cases.ts';
import { defined, findingsOf } from './orders.ts';

const share = (to: string): Activity => aShare({ accounts: [to] }, { at: NOW });
const theirs = (at: number): Activity => anActivity({ at, account: OTHER_ACCOUNT, actor: someoneElse });

describe('an account that hands over its records', () => {
  it('is ours where the policy names none, and a share with it is silent', async () => {
    expect(await findingsOf([[theirs(NOW - HOUR)], [share(OTHER_ACCOUNT)]])).toEqual([]);
  });

  it('is ours also where its first record comes after the share was judged', async () => {
    const [later, earlier] = [share(OTHER_ACCOUNT), theirs(NOW - HOUR)];
    expect(await findingsOf([[later], [earlier]])).toEqual(defined([earlier, later]));
    expect(await findingsOf([[later], [earlier]])).toEqual([]);
  });

  it('is a stranger as long as its records are of a later time, and where it has none', async () => {
    expect(await findingsOf([[share(OTHER_ACCOUNT)], [theirs(NOW + HOUR)]])).toHaveLength(1);
    expect(await findingsOf([[theirs(NOW - HOUR)], [share(PARTNER)]])).toHaveLength(1);
  });
});
