import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomOf } from '../../simulate/random.ts';

const draws = (seed: number, ...names: string[]): number[] => {
  const random = randomOf(seed, ...names);
  return Array.from({ length: 20 }, () => random.next());
};

describe('the source of chance', () => {
  it('repeats itself for the same seed and name, and only then', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string(), fc.string(), (seed, other, name, another) => {
        expect(draws(seed, name)).toEqual(draws(seed, name));
        if (seed !== other) expect(draws(seed, name)).not.toEqual(draws(other, name));
        if (name !== another) expect(draws(seed, name)).not.toEqual(draws(seed, another));
      }),
    );
  });

  it('stays within the bounds it is given', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: -50, max: 50 }), fc.nat({ max: 50 }), (seed, from, span) => {
        const random = randomOf(seed);
        for (let i = 0; i < 50; i++) {
          const value = random.int(from, from + span);
          expect(value).toBeGreaterThanOrEqual(from);
          expect(value).toBeLessThanOrEqual(from + span);
        }
      }),
    );
  });

  it('is even enough to be called chance', () => {
    const random = randomOf(11, 'evenness');
    const buckets = new Map<number, number>();
    for (let i = 0; i < 100_000; i++) {
      const value = random.int(0, 9);
      buckets.set(value, (buckets.get(value) ?? 0) + 1);
    }

    for (const count of buckets.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('writes ids the way AWS does', () => {
    const random = randomOf(3);

    expect(random.guid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(random.hex(17)).toMatch(/^[0-9a-f]{17}$/);
    expect(random.letters(17)).toMatch(/^[A-Z2-7]{17}$/);
  });

  it('refuses to pick from nothing', () => {
    expect(() => randomOf(1).pick([])).toThrow(RangeError);
  });
});
