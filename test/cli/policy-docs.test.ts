import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../cli/parse-policy.ts';
import { policyJsonSchema } from '../../cli/policy/check.ts';
import { POLICY_KEYS } from '../../cli/policy/keys.ts';
import { signalsOfKeys } from '../core/policy/signals-of-keys.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/policy.md'), 'utf8');

/** What of a JSON Schema this test looks at. */
interface Part {
  readonly default?: unknown;
  readonly anyOf?: readonly Part[];
  readonly properties?: Readonly<Record<string, Part>>;
  readonly items?: Part;
  readonly required?: readonly string[];
}

/** A section may be null, so its schema is one of two. */
const inner = (part: Part): Part => part.anyOf?.[0] ?? part;

/** Every section with its keys and what the page must say of their defaults. */
const sections = Object.entries((policyJsonSchema() as Part).properties ?? {}).map(([name, part]) => {
  const { items, properties, required } = inner(part);
  if (items !== undefined) {
    const keys = Object.keys(items.properties ?? {});
    return [name, keys.map((key) => [key, items.required?.includes(key) ? 'required' : 'any'])] as const;
  }
  const keys = Object.entries(properties ?? { [name]: part });
  expect(required ?? []).toEqual([]);
  return [name, keys.map(([key, value]) => [key, `\`${JSON.stringify(value.default)}\``])] as const;
});

describe('docs/policy.md', () => {
  it.each(sections)('has a section on %s with every key and its default', (name, keys) => {
    const text = page.split(/^## /m).find((section) => section.startsWith(`\`${name}\`\n`)) ?? '';
    const rows = [...text.matchAll(/^\| `(\w+)` +\| (.+?) +\|/gm)].map(([, key, value]) => [key, value]);
    expect(rows).toEqual(keys);
  });

  it('says of every key what policy explain says', () => {
    const rows = sections.flatMap(([name]) => {
      const text = page.split(/^## /m).find((section) => section.startsWith(`\`${name}\`\n`)) ?? '';
      return [...text.matchAll(/^\| `(\w+)` +\| .+? +\| (.*?) *\| `[^|]*` +\|$/gm)].map(
        ([, key = '', does]) => [key === name ? key : `${name}.${key}`, does],
      );
    });
    expect(rows).toEqual(Object.entries(POLICY_KEYS).map(([key, { does }]) => [key, does]));
  });

  it('names in policy explain the signals that look at each key', async () => {
    const readers = await signalsOfKeys();
    const found = Object.keys(POLICY_KEYS).map((key) => {
      const own = [...(readers.get(key) ?? [])].sort();
      return [key, own.length > 13 ? 'many' : own];
    });
    expect(found).toEqual(Object.entries(POLICY_KEYS).map(([key, { signals = [] }]) => [key, signals]));
    expect(readers.get('rateThreshold.instances')?.size).toBeGreaterThan(0);
  });

  it('shows examples that are right', () => {
    const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
    expect(examples).not.toEqual([]);
    for (const text of examples) expect(parsePolicy('docs/policy.md', text)).toMatchObject({ ok: true });
  });

  it('shows every key in the first example, in the order of the schema', () => {
    const [, text = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const example: Record<string, unknown> = parse(text);
    expect(Object.keys(example)).toEqual(sections.map(([name]) => name));
    for (const [name, keys] of sections) {
      const value = Array.isArray(example[name]) ? example[name][0] : example[name];
      if (typeof value === 'object') expect(Object.keys(value)).toEqual(keys.map(([key]) => key));
    }
  });

  it('gives in every row an example that is right', () => {
    const rows = [...page.matchAll(/^## `(\w+)`\n(.*?)(?=^## |$(?![\s\S]))/gms)].flatMap(
      ([, section = '', text = '']) =>
        [...text.matchAll(/^\| `(\w+)` +\|.*\| `([^|]*)` +\|$/gm)].map(([, key = '', example = '']) => ({
          section,
          key,
          example,
        })),
    );
    expect(rows.length).toBe(sections.reduce((sum, [, keys]) => sum + keys.length, 0));
    const identity = { person: 'x', ids: ['x'] };
    const suppression = { account: '111122223333', reason: 'x', owner: 'x', expires: '2026-12-31' };
    for (const { section, key, example } of rows) {
      const value: unknown = parse(example);
      const policy =
        section === key
          ? { [key]: value }
          : section === 'suppressions'
            ? { suppressions: [{ ...suppression, [key]: value }] }
            : section === 'identities'
              ? { identities: [{ ...identity, [key]: value }] }
              : { [section]: { [key]: value } };
      expect(parsePolicy(`${section}.${key}`, JSON.stringify(policy))).toMatchObject({ ok: true });
    }
  });
});
