import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { parts } from './generated-parts.ts';
import {
  convergeUntilDone,
  defined,
  dying,
  findingsOf,
  interleaved,
  openFindings,
  policy,
  RUNS,
  slowed,
} from './orders.ts';

describe('acts that are told in several records', () => {
  it('are found the same whatever the order of the parts, the repetitions, the batches and what is missing', async () => {
    await fc.assert(
      fc.asyncProperty(
        parts,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 7 }),
        async (list, random, size) => {
          const expected = defined(list);
          const shuffled = [...list, ...list.slice(0, 5)]
            .map((activity) => ({ activity, key: random.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ activity }) => activity);
          const batches = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, index) =>
            shuffled.slice(index * size, (index + 1) * size),
          );
          expect(await findingsOf(batches)).toEqual(expected);
        },
      ),
      RUNS,
    );
  }, 600_000);

  it('are found the same when workers handle the parts at the same time, step by step in any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(
        parts,
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
  }, 600_000);

  it('are found the same when workers at work at the same time die and begin again', async () => {
    await fc.assert(
      fc.asyncProperty(
        parts,
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
  }, 600_000);
});
