import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../lambda/adapters/memory-history.ts';
import { DAY } from '../../lambda/core/facts.ts';
import { ACCOUNT, activityOf, NOW } from '../contract/documents.ts';

describe('memory history with a retention', () => {
  it('drops activities that far behind the newest of their account, and only those', async () => {
    const history = memoryHistory({ retainMs: 10 * DAY });
    for (let hour = 0; hour < 2400; hour += 1) {
      await history.remember([activityOf({ id: `e${hour}`, at: NOW + hour * 3_600_000 })]);
    }
    const newest = NOW + 2399 * 3_600_000;
    const stretch = { account: ACCOUNT, subject: 'AROAEXAMPLE', from: 0, to: newest };
    const [all = []] = await history.stretches([stretch], newest);
    expect(all.filter(({ at }) => at >= newest - 10 * DAY)).toHaveLength(241);
    expect(all.length).toBeLessThan(241 + 300);
  });
});
