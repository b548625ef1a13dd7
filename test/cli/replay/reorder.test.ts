import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reorderBuffer, type Waiting } from '../../../cli/replay/reorder.ts';

const waiting = (at: number): Waiting => ({ record: at, at, bytes: 100 });

describe('the reorder buffer', () => {
  it('gives out every record once, whatever its limits', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(1000))), fc.integer({ min: 1, max: 50 }), (chunks, maxRecords) => {
        const buffer = reorderBuffer({ maxRecords });
        const out = [...chunks.flatMap((chunk) => buffer.add(chunk.map(waiting))), ...buffer.drain()];
        expect(out.map(({ at }) => at).toSorted((a, b) => a - b)).toEqual(
          chunks.flat().toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it('puts records in order that are late by less than half its size', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 400 }), (delays) => {
        const late = delays
          .map((delay, i) => ({ i, arrives: i + delay }))
          .sort((a, b) => a.arrives - b.arrives);
        const buffer = reorderBuffer({ maxRecords: 100 });
        const out = [...late.flatMap(({ i }) => buffer.add([waiting(i)])), ...buffer.drain()];
        expect(out.map(({ at }) => at)).toEqual(delays.map((_, i) => i));
      }),
    );
  });

  it('holds back no more bytes than it may', () => {
    const buffer = reorderBuffer({ maxBytes: 1000 });
    const out = Array.from({ length: 25 }, (_, i) => buffer.add([waiting(i)])).flat();
    expect(out.length).toBeGreaterThanOrEqual(25 - 10);
  });
});
