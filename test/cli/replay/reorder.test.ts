import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reorderBuffer } from '../../../cli/replay/reorder.ts';

const link = { type: 'instance', id: 'i-0a', role: 'made' } as const;
const activity = (at: number) => ({ at, links: [link, link] });

describe('the reorder buffer', () => {
  it('gives out every activity once, whatever its limits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(1000))),
        fc.integer({ min: 1, max: 50 }),
        (chunks, maxActivities) => {
          const buffer = reorderBuffer({ maxActivities });
          const out = [...chunks.flatMap((chunk) => buffer.add(chunk.map(activity))), ...buffer.drain()];
          expect(out.map(({ at }) => at).toSorted((a, b) => a - b)).toEqual(
            chunks.flat().toSorted((a, b) => a - b),
          );
        },
      ),
    );
  });

  it('puts activities in order that are late by less than half its size', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 400 }), (delays) => {
        const late = delays
          .map((delay, i) => ({ i, arrives: i + delay }))
          .sort((a, b) => a.arrives - b.arrives);
        const buffer = reorderBuffer({ maxActivities: 100 });
        const out = [...late.flatMap(({ i }) => buffer.add([activity(i)])), ...buffer.drain()];
        expect(out.map(({ at }) => at)).toEqual(delays.map((_, i) => i));
      }),
    );
  });

  it('gives out in order, and before its end, what was delivered within the hour', () => {
    const minute = 60_000;
    fc.assert(
      fc.property(fc.array(fc.nat(59), { minLength: 600, maxLength: 900 }), (delays) => {
        const start = Date.parse('2026-03-01T00:00:00Z');
        const files = delays
          .map((delay, i) => ({ at: start + i * minute, delivered: start + (i + delay) * minute }))
          .sort((a, b) => a.delivered - b.delivered);
        const buffer = reorderBuffer();
        const early = files.flatMap(({ at, delivered }) => buffer.add([activity(at)], delivered));
        const all = [...early, ...buffer.drain()];
        expect(early.length).toBeGreaterThan(delays.length / 3);
        expect(all.map(({ at }) => at)).toEqual(delays.map((_, i) => start + i * minute));
      }),
      { numRuns: 30 },
    );
  });

  it('holds back no more links than it may', () => {
    const buffer = reorderBuffer({ maxLinks: 20 });
    const out = Array.from({ length: 25 }, (_, i) => buffer.add([activity(i)])).flat();
    expect(out.length).toBeGreaterThanOrEqual(25 - 10);
  });
});
