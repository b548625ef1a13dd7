import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = readFileSync('docs/threat-model.md', 'utf8');
const sections = page.split(/\n## /).slice(1);

/** Tests that a section names: file and title. */
const named = (section: string): [file: string, title: string][] =>
  [...section.matchAll(/^- `(test\/\S+\.test\.ts)`: (.+)$/gm)].map(([, file = '', title = '']) => [
    file,
    title,
  ]);

describe('the threat model', () => {
  it('has a section for each way that was thought of', () => {
    expect(sections.map((section) => section.split('\n')[0])).toEqual([
      'Forged bus events',
      'Poisoned records',
      'Flooding',
      'Tag removal',
      'Baseline poisoning',
      'A compromised member account',
      'Our own role',
      'Changing the policy',
      'Switching it off',
    ]);
  });

  it.each(sections.map((section) => [section.split('\n')[0], section] as const))(
    'names tests of %s that exist, at least two',
    (_, section) => {
      const tests = named(section);
      expect(tests.length).toBeGreaterThanOrEqual(2);
      for (const [file, title] of tests) {
        expect([file, existsSync(file)]).toEqual([file, true]);
        expect([file, title, readFileSync(file, 'utf8').includes(`'${title}',`)]).toEqual([
          file,
          title,
          true,
        ]);
      }
    },
  );
});
