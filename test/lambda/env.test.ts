import { describe, expect, it } from 'vitest';
import { list, number, optional, parseEnv, text, word } from '../../lambda/env.ts';

describe('the environment of a function', () => {
  it('is read once, each variable by its reader', () => {
    const env = { TABLE: 'history', TIMES: '3', ROLES: 'a,b', MODE: 'tag' };
    expect(
      parseEnv(
        { TABLE: text, TIMES: number, ROLES: list, MODE: word('dry-run', 'tag'), EXTRA: optional },
        env,
      ),
    ).toEqual({ TABLE: 'history', TIMES: 3, ROLES: ['a', 'b'], MODE: 'tag', EXTRA: undefined });
  });

  it.each([
    ['a missing text', { A: text }, {}, 'Environment variable A is missing'],
    ['an empty text', { A: text }, { A: '' }, 'Environment variable A is missing'],
    ['a missing number', { A: number }, {}, 'Environment variable A is missing'],
    [
      'a number that is none',
      { A: number },
      { A: 'ten' },
      "Environment variable A must be a number, not 'ten'",
    ],
    [
      'a wrong word',
      { A: word('dry-run', 'tag') },
      { A: 'of' },
      "Environment variable A must be dry-run or tag, not 'of'",
    ],
  ])('stops the start with the name of the variable for %s', (_, readers, env, message) => {
    expect(() => parseEnv<Record<string, unknown>>(readers, env)).toThrow(message);
  });

  it('takes a missing list for an empty one', () => {
    expect(parseEnv({ A: list, B: list }, { B: 'x,,y' })).toEqual({ A: [], B: ['x', 'y'] });
  });
});
