import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { safeParse } from 'valibot';
import { describe, expect, it } from 'vitest';
import { FindingsSchema, findingsJsonSchema } from '../../cli/findings/schema.ts';
import { csvLines } from '../../cli/replay/csv.ts';
import { markdown } from '../../cli/replay/markdown.ts';
import { jsonArray } from '../../cli/replay/render.ts';
import { sarif } from '../../cli/replay/sarif.ts';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { anActivity, anActor } from '../builders.ts';
import * as findings from '../findings.ts';
import { launchtrail, publicShare, record } from './desk.ts';

const all = [
  findings.acceleratedLaunch(),
  findings.publicShare(),
  findings.stolenCredentials(),
  findings.rootLaunch(),
  findings.firstLaunch(),
];
const ADMIN = "=cmd|' /C calc'!A0";
const hostile = findings.aFinding([
  findings.assessed(anActivity({ actor: anActor({ label: ADMIN }) }), [
    findings.evidence('root-launch', 'x'),
  ]),
]);
const policy = defaultPolicy;
const joined = (parts: Iterable<string>): string => [...parts].join('');

/** Cells of CSV by RFC 4180. */
function cellsOf(text: string): string[][] {
  return text
    .split('\r\n')
    .filter((line) => line !== '')
    .map((line) =>
      [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = '']) => cell.replaceAll('""', '"')),
    );
}

describe('CSV', () => {
  it('has a line for each finding, as many cells in each, and the same findings as JSON', () => {
    const [head = [], ...rows] = cellsOf(joined(csvLines(all, policy)));
    expect(head.slice(0, 3)).toEqual(['id', 'severity', 'score']);
    expect(rows.map((row) => row.length)).toEqual(all.map(() => head.length));
    expect(rows.map(([id, severity]) => [id, severity])).toEqual(
      all.map(({ id, severity }) => [id, severity]),
    );
  });

  it('runs nothing in a spreadsheet, whatever the records hold', () => {
    fc.assert(
      fc.property(findings.arbitraryFinding, (finding) => {
        const text = joined(csvLines([finding, hostile], policy));
        for (const row of cellsOf(text)) {
          expect(row).toHaveLength(13);
          for (const cell of row) expect(cell).not.toMatch(/^\s*[=+\-@]/);
        }
      }),
    );
    expect(joined(csvLines([hostile], policy))).toContain(`"'${ADMIN}"`);
  });
});

/** A finding by somebody who is called so. */
const doneBy = (label: string) =>
  findings.aFinding([
    findings.assessed(anActivity({ actor: anActor({ label }) }), [findings.evidence('root-launch', 'x')]),
  ]);

describe('a name', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(1)', '＝1', ' =1', 'a"b,c', 'a""b'])(
    'is the text that it is in CSV, and no formula: %s',
    (label) => {
      const [, row = []] = cellsOf(joined(csvLines([doneBy(label)], policy)));
      expect(row).toHaveLength(13);
      expect(row[9]).toBe(/^[a-z]/.test(label) ? label : `'${label.trim()}`);
    },
  );

  it.each(['a|b', '`a`', 'a``b', '@team', '<b>', '[x](http://example.com)'])(
    'is code in Markdown, in one cell: %s',
    (label) => {
      const [, , line = ''] = joined(markdown([doneBy(label)], policy)).split('\n');
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      expect(cells).toHaveLength(10);
      expect(cells[6]?.replaceAll('\\|', '|')).toMatch(/^(`+) ?(.*?) ?\1$/);
      expect(cells[6]?.replaceAll('\\|', '|')).toContain(label);
    },
  );
});

describe('Markdown', () => {
  it('is a table of one line for each finding', () => {
    const lines = joined(markdown(all, policy)).trimEnd().split('\n');
    expect(lines).toHaveLength(all.length + 2);
    for (const line of lines) expect(line).toMatch(/^\|.*\|$/);
    expect(joined(markdown([], policy))).toBe('');
  });

  it('shows what records hold as code alone, where nothing is a link, a mention or markup', () => {
    fc.assert(
      fc.property(findings.arbitraryFinding, (finding) => {
        const [, , line = ''] = joined(markdown([finding], policy))
          .trimEnd()
          .split('\n');
        // what is left without code spans is only our own words
        const outside = line.replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
        expect(outside).toMatch(/^\| (LOW|MEDIUM|HIGH|CRITICAL) \| [\d.]+ \| [\d: -]+ (\| *)+$/);
        expect(line.replaceAll('\\|', '').split('|')).toHaveLength(10);
      }),
    );
  });
});

describe('SARIF', () => {
  it('has a rule, a level, a place and a fingerprint for each finding', () => {
    const { version, runs } = JSON.parse(joined(sarif(all, policy)));
    expect(version).toBe('2.1.0');
    const [{ tool, results }] = runs;
    const rules: string[] = tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(results).toHaveLength(all.length);
    for (const [index, result] of results.entries()) {
      expect(rules[result.ruleIndex]).toBe(result.ruleId);
      expect(['note', 'warning', 'error']).toContain(result.level);
      expect(result.locations.length).toBeGreaterThan(0);
      expect(result.partialFingerprints).toEqual({ 'finding/v1': all[index]?.id });
      expect(result.baselineState).toBeUndefined();
    }
  });

  it('says what is new since the run before', () => {
    const [first, second, third] = all;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('too few findings');
    const events = new Map([
      ['a', 'new'],
      ['b', 'risen'],
    ] as const);
    const named = [
      { ...first, id: 'a' },
      { ...second, id: 'b' },
      { ...third, id: 'c' },
    ];
    const { runs } = JSON.parse(joined(sarif(named, policy, events)));
    expect(runs[0].results.map(({ baselineState }: { baselineState: string }) => baselineState)).toEqual([
      'new',
      'updated',
      'unchanged',
    ]);
  });
});

describe('JSON', () => {
  it('is what its schema promises', () => {
    for (const finding of [...all, hostile, ...fc.sample(findings.arbitraryFinding, 200)]) {
      const parsed = safeParse(FindingsSchema, JSON.parse(joined(jsonArray([finding], policy))));
      expect(
        parsed.issues?.map(({ message, path }) => [message, path?.map(({ key }) => key)]),
      ).toBeUndefined();
    }
  });

  it('has its schema published as the code has it', async () => {
    const file = resolve(import.meta.dirname, '../../docs/findings.schema.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(findingsJsonSchema());
    expect(JSON.parse((await launchtrail(['findings', 'schema'])).stdout)).toEqual(findingsJsonSchema());
  });

  it('breaks the promise where something is missing', () => {
    const [finding] = JSON.parse(joined(jsonArray(all.slice(0, 1), policy)));
    expect(safeParse(FindingsSchema, [{ ...finding, severity: 'huge' }]).success).toBe(false);
    expect(safeParse(FindingsSchema, [{ ...finding, view: undefined }]).success).toBe(false);
  });
});

describe('every format', () => {
  it.each(['table', 'ocsf', 'json', 'csv', 'markdown', 'sarif'])(
    'is printed by replay: %s',
    async (format) => {
      const stdin = JSON.stringify([publicShare('s1'), record('r1')]);
      const { code, stdout } = await launchtrail(['replay', '--details', '--format', format], { stdin });
      expect(code).toBe(0);
      expect(stdout).toMatch(/lt-111122223333-/);
      expect(stdout).toContain('shared snap-0s1 with everyone');
    },
  );
});
