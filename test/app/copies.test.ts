import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { type Activity, counts } from '../../core/activity/activity.ts';
import { DAY } from '../../core/history/facts.ts';
import { anActivity, HOUR, NOW } from '../builders.ts';
import { alice, anAttachment, aRestore, aShare, aSnapshot, someoneElse } from '../fixtures/signals/cases.ts';
import { activities } from './generated-activities.ts';
import { convergeUntilDone, defined, dying, findingsOf, openFindings, policy, RUNS } from './orders.ts';

/** Records of which some come again under the same id: with another time, of another subject, or both. */
const withCopies: fc.Arbitrary<Activity[]> = fc
  .tuple(
    activities,
    fc.array(
      fc.record({
        of: fc.nat(39),
        later: fc.constantFrom(0, 1000, HOUR, -HOUR, 20 * HOUR, 3 * DAY, 12 * DAY),
        by: fc.option(fc.nat(39)),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  )
  .map(([list, copies]) => [
    ...list,
    ...copies.map(({ of, later, by }): Activity => {
      const original = list[of % list.length] as Activity;
      const other = by === null ? original : (list[by % list.length] as Activity);
      return { ...original, at: original.at + later, actor: other.actor };
    }),
  ]);

const shuffled = (list: readonly Activity[], random: fc.Stream<number>): Activity[] =>
  list
    .map((activity) => ({ activity, key: random.next().value ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ activity }) => activity);

describe('copies of a record with another time or of another subject', () => {
  it('end in the same findings in any order and any batches, each record in one of them at most', async () => {
    let doubled = 0;
    await fc.assert(
      fc.asyncProperty(
        withCopies,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 7 }),
        async (list, random, size) => {
          const order = shuffled(list, random);
          const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, index) =>
            order.slice(index * size, (index + 1) * size),
          );
          const verdicts = memoryVerdicts();
          const found = await findingsOf(batches, memoryHistory(), verdicts);
          expect(found).toEqual(defined(list));
          const ids = found.flatMap(({ members }) =>
            members.map(({ activity: { account, id } }) => account + id),
          );
          expect(new Set(ids).size).toBe(ids.length);
          let told = 0;
          for await (const verdict of verdicts.all()) told += verdict.score >= policy.severity.low ? 1 : 0;
          if (told > ids.length) doubled += 1;
        },
      ),
      RUNS,
    );
    expect(doubled).toBeGreaterThan(RUNS.numRuns / 10);
  }, 300_000);

  it('do so also where workers die between two writes', async () => {
    await fc.assert(
      fc.asyncProperty(
        withCopies,
        fc.array(fc.nat(30), { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        async (list, lives, random) => {
          const dice = { lives: [...lives] };
          const history = dying(memoryHistory(), dice);
          const verdicts = dying(memoryVerdicts(), dice);
          for (const activity of shuffled(list, random))
            await convergeUntilDone({ history, verdicts, policy }, [activity]);
          expect(await openFindings(verdicts)).toEqual(defined(list));
        },
      ),
      RUNS,
    );
  }, 300_000);
});

describe('a step of a theft that is corrected', () => {
  const theft = [
    aSnapshot({ actor: alice, at: NOW - 5 * HOUR }),
    aRestore({ actor: alice, at: NOW - 3 * HOUR }),
    anAttachment({ actor: alice, at: NOW - 2 * HOUR }),
  ];
  const share = aShare(
    { accounts: ['555566667777'], organisations: [], public: false },
    { actor: alice, at: NOW - 4 * HOUR },
  );

  it.each([
    ['with another time', { at: NOW - 4 * HOUR + 1000 }],
    ['of another subject', { actor: someoneElse }],
    ['with another time and of another subject', { at: NOW - HOUR, actor: someoneElse }],
  ])('%s stands in the finding once, as it was corrected, whichever came first', async (_, change) => {
    const corrected = anActivity({ ...share, ...change });
    for (const order of [
      [...theft, share, corrected],
      [corrected, share, ...theft],
      [share, ...theft, corrected],
      [corrected, ...theft, share],
    ]) {
      const found = await findingsOf(order.map((each) => [each]));
      expect(found).toEqual(defined(order));
      const told = found.flatMap(({ members }) => members).filter(({ activity }) => activity.id === share.id);
      expect(told.map(({ activity }) => activity)).toEqual([counts(share, corrected) ? share : corrected]);
    }
  });
});
