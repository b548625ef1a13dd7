import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryDecisions } from '../../adapters/memory/decisions.ts';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { converge, convergeAgain } from '../../app/converge.ts';
import type { DecisionStore, HistoryStore, VerdictStore } from '../../app/ports.ts';
import { decide } from '../../app/triage.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { definition } from '../../core/definition.ts';
import type { Decision } from '../../core/findings/decision.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { activities } from './generated-activities.ts';
import { decisionsAbout, drawing, random } from './generated-decisions.ts';
import { dying, openFindings, policy, RUNS, slowed, untilDone } from './orders.ts';

type Input = { readonly activities: readonly Activity[] } | { readonly decision: Decision };

interface Stores {
  readonly history: HistoryStore;
  readonly verdicts: VerdictStore;
  readonly decisions: DecisionStore;
}

const inMemory = (): Stores => ({
  history: memoryHistory(),
  verdicts: memoryVerdicts(),
  decisions: memoryDecisions(),
});

const take = ({ decisions, ...stores }: Stores, input: Input): Promise<void> => {
  const deps = { ...stores, policy };
  return 'decision' in input
    ? decide({ ...stores, decisions, judgeAgain: (waiting) => convergeAgain(deps, waiting) }, input.decision)
    : converge(deps, input.activities);
};

const byId = (records: readonly FindingRecord[]): FindingRecord[] =>
  records.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Activities in batches and decisions among them, some of both twice, in any order. */
function shuffled(list: readonly Activity[], decisions: readonly Decision[], draw: () => number): Input[] {
  const size = 1 + (draw() % 5);
  const again = [...list, ...list.slice(0, 5)].map((activity) => ({ activity, key: draw() }));
  const all = again.sort((a, b) => a.key - b.key).map(({ activity }) => activity);
  const batches = Array.from({ length: Math.ceil(all.length / size) }, (_, index) => ({
    activities: all.slice(index * size, (index + 1) * size),
  }));
  const inputs: Input[] = [...batches, ...[...decisions, ...decisions].map((decision) => ({ decision }))];
  return inputs
    .map((input) => ({ input, key: draw() }))
    .sort((a, b) => a.key - b.key)
    .map(({ input }) => input);
}

describe('the order in which records and decisions arrive', () => {
  it('does not change the findings, whatever is repeated', async () => {
    await fc.assert(
      fc.asyncProperty(activities, random, async (list, stream) => {
        const draw = drawing(stream);
        const decisions = decisionsAbout(list, draw);
        const stores = inMemory();
        for (const input of shuffled(list, decisions, draw)) await take(stores, input);
        expect(await openFindings(stores.verdicts)).toEqual(byId(definition(list, policy, decisions)));
      }),
      RUNS,
    );
  }, 300_000);

  it('does not matter either when workers and people are at it at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(activities, random, fc.scheduler(), async (list, stream, scheduler) => {
        const draw = drawing(stream);
        const decisions = decisionsAbout(list, draw);
        const stores = inMemory();
        const slow = {
          ...stores,
          history: slowed(stores.history, scheduler),
          verdicts: slowed(stores.verdicts, scheduler),
        };
        const queues: Input[][] = [[], [], []];
        for (const input of shuffled(list, decisions, draw)) queues[draw() % 3]?.push(input);
        const workers = queues.map(async (queue) => {
          for (const input of queue) await take(slow, input);
        });
        await scheduler.waitFor(Promise.all(workers));
        expect(await openFindings(stores.verdicts)).toEqual(byId(definition(list, policy, decisions)));
      }),
      RUNS,
    );
  }, 300_000);

  it('does not matter either when whoever is at it dies at any call and begins again', async () => {
    await fc.assert(
      fc.asyncProperty(
        activities,
        random,
        fc.array(fc.nat(40), { maxLength: 12 }),
        async (list, stream, lives) => {
          const draw = drawing(stream);
          const dice = { lives: [...lives] };
          const decisions = decisionsAbout(list, draw);
          const stores = inMemory();
          const mortal = {
            history: dying(stores.history, dice),
            verdicts: dying(stores.verdicts, dice),
            decisions: dying(stores.decisions, dice),
          };
          for (const input of shuffled(list, decisions, draw)) await untilDone(() => take(mortal, input));
          expect(await openFindings(stores.verdicts)).toEqual(byId(definition(list, policy, decisions)));
        },
      ),
      RUNS,
    );
  }, 300_000);

  it('matters to what is found, so that the property is not empty', () => {
    let other = 0;
    for (const [list, stream] of fc.sample(fc.tuple(activities, random), { numRuns: 200, seed: 7 })) {
      const decisions = decisionsAbout(list, drawing(stream));
      const verdictsOf = (found: readonly FindingRecord[]): unknown =>
        byId(found).map(({ id, score, members }) => [id, score, members.map((each) => each.score)]);
      const [without, withThem] = [definition(list, policy), definition(list, policy, decisions)];
      if (JSON.stringify(verdictsOf(without)) !== JSON.stringify(verdictsOf(withThem))) other += 1;
    }
    expect(other).toBeGreaterThan(10);
  });
});
