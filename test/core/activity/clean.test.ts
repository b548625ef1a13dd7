import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean } from '../../../core/activity/clean.ts';

describe('clean', () => {
  it.each([
    ['leaves plain text alone', 'role/Deploy-2 (eu)', 'role/Deploy-2 (eu)'],
    ['leaves letters of other scripts alone', 'Zoë 東京 😀', 'Zoë 東京 😀'],
    ['removes terminal escapes', '\u001b[31mred\u001b[0m', '[31mred[0m'],
    ['removes C1 controls', 'a\u0085b\u009bc', 'abc'],
    ['removes bidirectional overrides and isolates', 'user/\u202ecil\u2066a', 'user/cila'],
    ['removes zero-width characters and the byte order mark', '\ufeffad\u200bmin\u200d', 'admin'],
    ['collapses white space of every sort', '  a\t\n b\u2028c\u00a0 ', 'a b c'],
    ['removes half a surrogate pair', 'a\ud83db', 'ab'],
    ['leaves one blank where a control stood between two', 'a \u0001 b', 'a b'],
  ])('%s', (_, text, expected) => {
    expect(clean(text, 100)).toBe(expected);
  });

  it('cuts by code point and says so', () => {
    expect(clean('abcdef', 4)).toBe('abc…');
    expect(clean('😀😀😀', 2)).toBe('😀…');
    expect(clean('abcd', 4)).toBe('abcd');
  });

  it.each([[undefined], [null], [7], [{}], [['a']]])('makes nothing of %j', (value) => {
    expect(clean(value, 10)).toBe('');
  });

  it('is bounded, safe and stable for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        (text, max) => {
          const once = clean(text, max);
          expect(Array.from(once).length).toBeLessThanOrEqual(max);
          expect(once).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
          expect(clean(once, max)).toBe(once);
        },
      ),
    );
  });
});
