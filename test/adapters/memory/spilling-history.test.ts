import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { memoryHistory } from '../../../adapters/memory/history.ts';
import { spillingHistory } from '../../../adapters/memory/spilling-history.ts';
import { sqliteStores } from '../../../adapters/sqlite/stores.ts';
import type { HistoryStore, Stretch } from '../../../app/ports.ts';
import type { Entry } from '../../../core/lineage/timelines.ts';
import { ACCOUNT, activityOf, NOW, ownEntry, resourceEntry } from '../../contract/documents.ts';

const HOUR = 3_600_000;
const OTHER = '444455556666';

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const stores of opened.splice(0)) stores.close();
});

function spilling(spare: number): { history: HistoryStore; opened(): number } {
  let times = 0;
  const history = spillingHistory({
    spare,
    retainMs: 2 * HOUR,
    open() {
      times += 1;
      const stores = sqliteStores('');
      opened.push(stores);
      return stores.history;
    },
    tell: (reason) => expect.unreachable(reason),
  });
  return { history, opened: () => times };
}

const entriesOf = (account: string, hour: number, turn: number): Entry[] => {
  const activity = activityOf({ id: `e${turn % 40}-${hour}`, account, at: NOW + hour * HOUR });
  return [ownEntry(activity), resourceEntry('snap-1', activity)];
};

const stretch: fc.Arbitrary<Stretch> = fc
  .record({
    where: fc.constantFrom(
      { account: ACCOUNT, subject: 'AROAEXAMPLE' },
      { account: OTHER, subject: 'AROAEXAMPLE' },
      { account: '~', subject: 'snap-1' },
      { account: '~', subject: 'snap-2' },
    ),
    from: fc.integer({ min: -1, max: 41 }),
    hours: fc.nat(42),
    limit: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
    newestFirst: fc.boolean(),
  })
  .map(({ where, from, hours, limit, newestFirst }) => ({
    ...where,
    from: NOW + from * HOUR,
    to: NOW + (from + hours) * HOUR,
    newestFirst,
    ...(limit !== undefined && { limit }),
  }));

describe('history in memory and on disk', () => {
  it('gives what memory alone would give, in whatever order the activities came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(ACCOUNT, OTHER), fc.nat(40)), { minLength: 300, maxLength: 700 }),
        fc.array(stretch, { minLength: 1, maxLength: 8 }),
        async (arrivals, stretches) => {
          const [both, memory] = [spilling(20), memoryHistory()];
          for (const [turn, [account, hour]] of arrivals.entries()) {
            const entries = entriesOf(account, hour, turn);
            await both.history.remember(entries);
            await memory.remember(entries);
          }
          const expected = await memory.stretches(stretches, NOW);
          expect(await both.history.stretches(stretches, NOW)).toEqual(expected);
          expect((await both.history.around([], stretches, NOW)).timelines).toEqual(expected);
          expect(both.opened()).toBe(1);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('does not go to disk as long as it has room', async () => {
    const { history, opened } = spilling(100);
    for (let hour = 0; hour < 100; hour += 1) await history.remember(entriesOf(ACCOUNT, hour, hour));
    expect(opened()).toBe(0);
  });

  it('keeps in memory what the disk would not take, says so, and tries again when it has doubled', async () => {
    const told: string[] = [];
    const history = spillingHistory({
      spare: 10,
      retainMs: HOUR,
      open: () => {
        throw new Error('disk full');
      },
      tell: (reason) => told.push(reason),
    });
    for (let hour = 0; hour < 40; hour += 1) await history.remember(entriesOf(ACCOUNT, hour, hour));
    const all = { account: ACCOUNT, subject: 'AROAEXAMPLE', from: 0, to: NOW + 100 * HOUR };
    expect((await history.stretches([all], NOW))[0]).toHaveLength(40);
    expect(told).toEqual(['disk full', 'disk full']);
  });
});
