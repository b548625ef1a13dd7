import { describe, expect, it } from 'vitest';
import { timeArgument } from '../../../cli/replay/arguments.ts';

describe('a time on the command line', () => {
  it.each([
    ['2026-03-02', '2026-03-02T00:00:00.000Z'],
    ['2026-03-02T10:30', '2026-03-02T10:30:00.000Z'],
    ['2026-03-02T10:30:15Z', '2026-03-02T10:30:15.000Z'],
    ['2026-03-02T10:30:15+02:00', '2026-03-02T08:30:15.000Z'],
    ['2026-03-02T10:30:15.5Z', '2026-03-02T10:30:15.500Z'],
  ])('%s is %s, on any machine', (text, expected) => {
    expect(new Date(timeArgument(text)).toISOString()).toBe(expected);
  });

  it.each(['yesterday', '2026', '2026-13-01', '2026-02-29', '2026-03-02T25:00', '02/03/2026', ''])(
    'is not %j',
    (text) => {
      expect(() => timeArgument(text)).toThrow('2026-01-31');
    },
  );
});
