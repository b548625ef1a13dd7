import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { type ConvergeDeps, converge, convergeAgain } from '../../app/converge.ts';
import type { HistoryStore } from '../../app/ports.ts';
import type { Reopening } from '../../app/reopening.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import { ACCOUNT, anActivity, aPerson, NOW, OTHER_ACCOUNT } from '../builders.ts';
import {
  anAttachment,
  aRestore,
  aShare,
  aSnapshot,
  SNAPSHOT,
  someoneElse,
} from '../fixtures/signals/cases.ts';
import { activities } from './generated-activities.ts';
import { defined, inTime, openFindings, policy, RUNS } from './orders.ts';

describe('judgements that are put off', () => {
  /** Judges in an order, puts off whatever can be, and does it later as `later` says. */
  async function putOff(
    list: readonly Activity[],
    later: (deps: Required<ConvergeDeps>, take: () => Reopening[]) => Promise<void>,
  ) {
    const queue: string[] = [];
    const take = (): Reopening[] => queue.splice(0).flatMap((message) => JSON.parse(message));
    const deps = {
      history: memoryHistory(),
      verdicts: memoryVerdicts(),
      policy,
      defer: async (waiting: readonly Reopening[]) => void queue.push(JSON.stringify(waiting)),
      isLate: () => true,
    };
    for (const activity of list) await converge(deps, [activity]);
    const waited = queue.length;
    await later(deps, take);
    expect(queue).toEqual([]);
    return { findings: await openFindings(deps.verdicts), waited };
  }

  it('end in what the detector means, whenever the last of them is done', async () => {
    let waited = 0;
    await fc.assert(
      fc.asyncProperty(activities, async (list) => {
        const done = await putOff(inTime(list).toReversed(), async (deps, take) => {
          for (let waiting = take(); waiting.length > 0; waiting = take())
            await convergeAgain({ ...deps, isLate: () => false }, waiting);
        });
        waited += done.waited;
        expect(done.findings).toEqual(defined(list));
      }),
      { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 2) },
    );
    expect(waited).toBeGreaterThan(RUNS.numRuns / 2);
  }, 300_000);

  it('end in it also where there is time for no more than one slice at once', async () => {
    await fc.assert(
      fc.asyncProperty(activities, async (list) => {
        const { findings } = await putOff(inTime(list).toReversed(), async (deps, take) => {
          for (let waiting = take(); waiting.length > 0; waiting = take()) {
            let slices = 0;
            await convergeAgain({ ...deps, isLate: () => slices++ > 0 }, waiting);
          }
        });
        expect(findings).toEqual(defined(list));
      }),
      { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 4) },
    );
  }, 300_000);

  it('are handed over at once, all that wait, the narrowest first', async () => {
    const handed: (readonly Reopening[])[] = [];
    const waiting: Reopening[] = [
      { kind: 'subjects', account: ACCOUNT, prefix: '', from: 0, to: 9 },
      { kind: 'timeline', subject: 'a', from: 0, to: 9, onwards: 1 },
    ];
    const stores = { history: memoryHistory(), verdicts: memoryVerdicts(), policy };
    const defer = async (some: readonly Reopening[]) => void handed.push(some);
    await convergeAgain({ ...stores, defer, isLate: () => true }, waiting);
    expect(handed).toEqual([waiting.toReversed()]);
  });

  it('go on with what is left of each of several that are read together', async () => {
    const names = ['alice', 'bob', 'carol'];
    const list = names.flatMap((name) =>
      Array.from({ length: 150 }, (_, index) =>
        anActivity({ at: NOW + index * 1_000, actor: aPerson(name) }),
      ),
    );
    const stores = { history: memoryHistory(), verdicts: memoryVerdicts(), policy };
    await converge(stores, list);
    const read = new Set<string>();
    const verdicts: typeof stores.verdicts = {
      ...stores.verdicts,
      near: (places, count, within) => {
        for (const { subject, at } of places) read.add(`${subject} ${at}`);
        return stores.verdicts.near(places, count, within);
      },
    };
    const waiting = names.map((name): Reopening => {
      const prefix = subjectKey(aPerson(name));
      return { kind: 'subjects', account: ACCOUNT, prefix, from: NOW, to: NOW + 200_000 };
    });
    await convergeAgain({ ...stores, verdicts }, waiting);
    expect(read.size).toBe(list.length);
  });

  it('go on to what is beyond the nearest: data that was put onto sixty instances', async () => {
    const copied = aSnapshot({ actor: someoneElse });
    const restored = Array.from({ length: 60 }, (_, index) => {
      const [actor, at, id] = [aPerson(`person-${index}`), copied.at + index * 60_000, `vol-${index}`];
      return [
        aRestore({ actor, at: at + 1 }, SNAPSHOT, id),
        anAttachment({ actor, at: at + 2 }, id, `i-${index}`),
      ];
    });
    const list = [...restored.flat(), copied];
    const expected = defined(list);
    expect(expected.flatMap(({ members }) => members).length).toBeGreaterThanOrEqual(60);
    const { findings } = await putOff(list, (deps, take) =>
      convergeAgain({ ...deps, isLate: () => false }, take()),
    );
    expect(findings).toEqual(expected);
  });

  it('are handed over once a record has cost what one may, and go on as long as there is time', async () => {
    const actors = Array.from({ length: 1_000 }, (_, index) =>
      aShare(
        { accounts: [OTHER_ACCOUNT] },
        {
          actor: aPerson(`person-${index}`),
          at: NOW + index,
          links: [{ type: 'snapshot', id: `snap-${index}`, role: 'changed' }],
        },
      ),
    );
    const off = anActivity({ kind: 'guardrail.disable', at: NOW - 1, actor: someoneElse });
    const stores = { history: memoryHistory(), verdicts: memoryVerdicts(), policy };
    await converge(stores, actors);
    let read = 0;
    const history: HistoryStore = {
      ...stores.history,
      stretches: (wanted, asOf) => {
        read += wanted.length;
        return stores.history.stretches(wanted, asOf);
      },
    };
    const queue: (readonly Reopening[])[] = [];
    const defer = async (some: readonly Reopening[]) => void queue.push(some);
    let looks = 0;
    const deps = { ...stores, history, defer, isLate: () => ++looks % 4 === 0 };
    await converge({ ...deps, isLate: () => false }, [off]);
    expect(read).toBeLessThan(1_500);
    let messages = 0;
    for (let waiting = queue.shift(); waiting !== undefined; waiting = queue.shift()) {
      messages += 1;
      await convergeAgain(deps, waiting);
    }
    expect(messages).toBeGreaterThan(1);
    expect(await openFindings(stores.verdicts)).toEqual(defined([off, ...actors]));
  });

  it('end in it also where other records come before they are done', async () => {
    await fc.assert(
      fc.asyncProperty(activities, async (list) => {
        const half = Math.ceil(list.length / 2);
        const order = inTime(list).toReversed();
        const { findings } = await putOff(order.slice(0, half), async (deps, take) => {
          const { defer: _, isLate: __, ...atOnce } = deps;
          for (const activity of order.slice(half)) await converge(atOnce, [activity]);
          await convergeAgain(atOnce, take());
        });
        expect(findings).toEqual(defined(list));
      }),
      { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 4) },
    );
  }, 300_000);
});
