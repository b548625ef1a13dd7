import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { boxes } from '../../../cli/replay/boxes.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '-', '名', 'é'), maxLength: 60 });

describe('boxes', () => {
  it('draw lines of one width and lose nothing, however long the words', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text, text), { maxLength: 4 }), (rows) => {
        const drawn = boxes(
          ['one', 'two'],
          rows.map(([a, b, below]) => ({ cells: [a, b], below })),
          { columns: [6, 9], colours: false },
        );
        const lines = drawn.trimEnd().split('\n');
        expect(new Set(lines.map((line) => stringWidth(line)))).toEqual(new Set([22]));
        const count = (shown: string): number => shown.replaceAll(/[^ab名é-]/g, '').length;
        expect(count(drawn.slice(drawn.indexOf('├') < 0 ? drawn.length : drawn.indexOf('├')))).toBe(
          count(rows.flat().join('')),
        );
      }),
    );
  });

  it('colour borders only when asked', () => {
    const block = { cells: ['x'], below: 'y' };
    expect(boxes(['h'], [block], { columns: [5], colours: false })).toBe(
      '┌───────┐\n│ h     │\n├───────┤\n│ x     │\n├───────┤\n│ y     │\n└───────┘\n',
    );
    expect(boxes(['h'], [block], { columns: [5], colours: true })).toContain('\u001b[90m│\u001b[39m h     ');
  });
});
