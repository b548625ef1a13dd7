import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agenda } from '../../simulate/agenda.ts';

describe('an agenda', () => {
  it('hands out the earliest first, and what is due together in the order it was put in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const due = agenda<{ at: number; nth: number }>();
        times.forEach((at, nth) => {
          due.put(at, { at, nth });
        });
        const taken = times.map(() => due.take());

        expect(taken).toEqual(
          times.map((at, nth) => ({ at, nth })).toSorted((a, b) => a.at - b.at || a.nth - b.nth),
        );
        expect(due.take()).toBeUndefined();
      }),
    );
  });

  it('takes what is put in between', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }), (waits) => {
        // each thing taken puts in the next one some time later, as a day puts in the day after it
        const due = agenda<number>();
        due.put(0, 0);
        due.put(2.5, -1);
        const taken: number[] = [];
        let step = 0;
        for (let next = due.take(); next !== undefined; next = due.take()) {
          taken.push(next === -1 ? 2.5 : next);
          const wait = waits[step++];
          if (wait !== undefined && next !== -1) due.put(next + wait, next + wait);
        }

        expect(taken).toEqual(taken.toSorted((a, b) => a - b));
        expect(taken).toContain(2.5);
      }),
    );
  });
});
