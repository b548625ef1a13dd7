import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { aPerson, HOUR, NOW } from '../builders.ts';
import {
  alice,
  anAttachment,
  anOpening,
  aRestore,
  aSnapshot,
  someoneElse,
  started,
} from '../fixtures/signals/cases.ts';
import { defined, findingsOf, interleaved, oneByOne } from './orders.ts';

const CHAIN: Readonly<Record<string, Activity>> = {
  launch: started({}, { actor: aPerson('bob@example.com'), at: NOW - 5 * HOUR }),
  snapshot: aSnapshot({ actor: alice, at: NOW - 4 * HOUR }),
  volume: aRestore({ actor: someoneElse, at: NOW - 3 * HOUR }),
  attachment: anAttachment({ actor: aPerson('bob@example.com'), at: NOW - 2 * HOUR }),
  opening: anOpening({ actor: someoneElse, at: NOW - HOUR }),
};

const names = Object.keys(CHAIN);
const recordOf = (name: string): Activity => CHAIN[name] as Activity;
const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other] as const));
const INTERLEAVINGS = 150;

describe('two records of one chain, judged at the same time by two workers after all the others', () => {
  it.each(pairs)('%s and %s end the same in any interleaving of reads and writes', async (...pair) => {
    const expected = defined(Object.values(CHAIN));
    expect(expected.some(({ members }) => members.length > 1)).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const history = memoryHistory();
        const verdicts = memoryVerdicts();
        const before = names.filter((each) => !pair.includes(each));
        await findingsOf(oneByOne(before.map(recordOf)), history, verdicts);
        const queues = oneByOne(pair.map(recordOf));
        expect(await interleaved(queues, scheduler, history, verdicts)).toEqual(expected);
      }),
      { numRuns: INTERLEAVINGS },
    );
  });
});
