import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { activities } from './generated-activities.ts';
import {
  convergeUntilDone,
  defined,
  dying,
  findingsOf,
  inTime,
  interleaved,
  openFindings,
  policy,
  RUNS,
  slowed,
} from './orders.ts';

describe('the order of arrival', () => {
  it('does not change the findings, whatever the permutation, the repetitions and the batches', async () => {
    await fc.assert(
      fc.asyncProperty(
        activities,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 7 }),
        async (list, random, size) => {
          const expected = defined(list);
          const rank = [...list, ...list.slice(0, 5)].map((activity) => ({
            activity,
            key: random.next().value ?? 0,
          }));
          const shuffled = rank.sort((a, b) => a.key - b.key).map(({ activity }) => activity);
          const batches = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, index) =>
            shuffled.slice(index * size, (index + 1) * size),
          );
          expect(await findingsOf(batches)).toEqual(expected);
        },
      ),
      RUNS,
    );
  }, 300_000);

  it('does not matter either when workers handle records at the same time, step by step in any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(
        activities,
        fc.infiniteStream(fc.nat(2)),
        fc.scheduler(),
        async (list, random, scheduler) => {
          const expected = defined(list);
          const queues: Activity[][] = [[], [], []];
          for (const activity of list) queues[random.next().value ?? 0]?.push(activity);
          expect(await interleaved(queues, scheduler)).toEqual(expected);
        },
      ),
      RUNS,
    );
  }, 300_000);

  it('does not matter either when workers die between two writes and the record comes again', async () => {
    await fc.assert(
      fc.asyncProperty(
        activities,
        fc.array(fc.nat(30), { maxLength: 12 }),
        fc.infiniteStream(fc.nat()),
        async (list, lives, random) => {
          const dice = { lives: [...lives] };
          const expected = defined(list);
          const history = dying(memoryHistory(), dice);
          const verdicts = dying(memoryVerdicts(), dice);
          const shuffled = list
            .map((activity) => ({ activity, key: random.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key);
          for (const { activity } of shuffled)
            await convergeUntilDone({ history, verdicts, policy }, [activity]);
          expect(await openFindings(verdicts)).toEqual(expected);
        },
      ),
      RUNS,
    );
  }, 300_000);

  it('does not matter either when workers at work at the same time die over batches and begin these again', async () => {
    await fc.assert(
      fc.asyncProperty(
        activities,
        fc.array(fc.nat(60), { maxLength: 12 }),
        fc.infiniteStream(fc.nat(5)),
        fc.scheduler(),
        async (list, lives, random, scheduler) => {
          const dice = { lives: [...lives] };
          const expected = defined(list);
          const history = dying(slowed(memoryHistory(), scheduler), dice);
          const verdicts = dying(slowed(memoryVerdicts(), scheduler), dice);
          const queues: Activity[][][] = [[], [], []];
          for (const activity of list) {
            const draw = random.next().value ?? 0;
            const queue = queues[draw % 3];
            const last = queue?.at(-1);
            if (draw < 3 || last === undefined) queue?.push([activity]);
            else last.push(activity);
          }
          const workers = queues.map(async (queue) => {
            for (const batch of queue) await convergeUntilDone({ history, verdicts, policy }, batch);
          });
          await scheduler.waitFor(Promise.all(workers));
          expect(await openFindings(verdicts)).toEqual(expected);
        },
      ),
      RUNS,
    );
  }, 300_000);

  it('finds something in most generated cases, so that the property is not empty', async () => {
    let found = 0;
    let followed = 0;
    for (const list of fc.sample(activities, { numRuns: 200, seed: 7 })) {
      const findings = await findingsOf([inTime(list)]);
      found += findings.length > 0 ? 1 : 0;
      followed += findings.some(({ members }) => members.some(({ follows }) => follows !== undefined))
        ? 1
        : 0;
    }
    expect(found).toBeGreaterThan(120);
    expect(followed).toBeGreaterThan(10);
  });
});
