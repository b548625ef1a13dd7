import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesIn, headOf, shortName } from '../../../core/activity/size.ts';

const bytes = (text: string): number => new TextEncoder().encode(text).length;
const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string());
const room = fc.nat({ max: 40 });

describe('the beginning of a text', () => {
  it('fits into as many bytes as are allowed, in whole characters, and one more would not', () => {
    fc.assert(
      fc.property(texts, room, (text, most) => {
        const head = headOf(text, most);
        expect(text.startsWith(head)).toBe(true);
        expect(bytes(head)).toBeLessThanOrEqual(most);
        const [next = ''] = text.slice(head.length);
        if (next !== '') expect(bytes(head + next)).toBeGreaterThan(most);
      }),
    );
  });
});

describe('a short name', () => {
  it('has at most so many bytes, and is the name itself where that has no more', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 20, max: 60 }), (name, most) => {
        const short = shortName(name, most);
        expect(bytes(short)).toBeLessThanOrEqual(most);
        if (bytesIn(name) <= most) expect(short).toBe(name);
      }),
    );
  });
});

describe('bytes of a text', () => {
  it('are those of UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(bytesIn(text)).toBe(bytes(text));
      }),
    );
  });
});
