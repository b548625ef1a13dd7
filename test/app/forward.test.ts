import { describe, expect, it } from 'vitest';
import { type Notice, type SendOn, sendLatest, tryAll } from '../../app/forward.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { toOcsf } from '../../tell/ocsf.ts';
import { NOW } from '../builders.ts';
import { acceleratedLaunch, publicShare } from '../findings.ts';

const [launch, share] = [acceleratedLaunch(), { ...publicShare(), id: 'lt-share' }].map((record) =>
  toOcsf(record, { policy }),
) as [Notice['finding'], Notice['finding']];
const notice = (id: string, finding: Notice['finding'], at = NOW): Notice => ({ id, finding, at });

describe('findings that are sent on', () => {
  it('go in their latest state, once for a batch', async () => {
    const sent: string[] = [];
    const send: SendOn = async (notices) => {
      sent.push(...notices.map(({ id }) => id));
      return new Map();
    };
    const failed = await sendLatest(
      [notice('late', launch, NOW + 2), notice('early', launch, NOW + 1), notice('other', share)],
      send,
    );
    expect(sent.toSorted()).toEqual(['late', 'other']);
    expect(failed.size).toBe(0);
  });

  it('come again with all that stood for them, where their latest state was refused', async () => {
    const failed = await sendLatest(
      [notice('late', launch, NOW + 2), notice('early', launch, NOW + 1), notice('other', share)],
      async () => new Map([['late', 'InternalFailure']]),
    );
    expect([...failed.keys()].toSorted()).toEqual(['early', 'late']);
  });

  it('all come again where the call itself failed', async () => {
    const failed = await tryAll([notice('a', launch), notice('b', share)], async () => {
      throw new Error('Security Hub is off');
    });
    expect([...failed]).toEqual([
      ['a', 'Error: Security Hub is off'],
      ['b', 'Error: Security Hub is off'],
    ]);
  });

  it('are not asked for where there are none', async () => {
    expect((await tryAll([], () => Promise.reject(new Error('no call')))).size).toBe(0);
  });
});
