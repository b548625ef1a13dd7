import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Attack } from '../../simulate/attacks/attack.ts';
import { ATTACKS } from '../../simulate/attacks/catalogue.ts';

describe('docs/simulate.md', () => {
  it('has a row for every attack that says of it what the catalogue says', async () => {
    const text = await readFile(new URL('../../docs/simulate.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| ([a-z-]+) \| ([A-Z]+) \| ([a-z, ]+) \| ([a-z, ]+) \| .+ \|$/gm)];

    expect(rows.map(([, ...cells]) => cells)).toEqual(
      Object.entries<Attack>(ATTACKS).map(([name, { expected, days = 1, care, families }]) => [
        name,
        expected.toUpperCase(),
        `${days > 1 ? 'slow' : 'fast'}, ${care}`,
        families.join(', '),
      ]),
    );
  });
});
