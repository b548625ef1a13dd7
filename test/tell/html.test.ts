import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageScript } from '../../cli/report/script.ts';
import { pageOf } from '../../cli/report/write.ts';
import { fromColumns, toColumns } from '../../tell/html/columns.ts';
import { embedded } from '../../tell/html/embed.ts';
import { sortOut } from '../../tell/html/facets.ts';
import { closingsOf, marksOf, VERDICTS } from '../../tell/html/marks.ts';
import type { Details, Entry, Report } from '../../tell/html/model.ts';
import { rulings } from '../../tell/html/scale.ts';
import { matches, termsOf } from '../../tell/html/search.ts';
import { hashOf, START, viewOf } from '../../tell/html/state.ts';

const anEntry = (over: Partial<Entry> = {}): Entry => ({
  id: 'lt-111122223333-1',
  severity: 'high',
  score: 80,
  status: 'open',
  type: 'public-share',
  first: '2026-03-02T10:00:00.000Z',
  last: '2026-03-02T10:00:00.000Z',
  account: '111122223333',
  regions: ['eu-west-1'],
  who: 'user/alice',
  what: 'user/alice shared a snapshot with everyone',
  signals: ['shared-publicly'],
  families: ['share'],
  records: 1,
  ...over,
});

const details = (text: string): Details => ({
  facts: [[text, text]],
  lanes: [{ label: text, sort: 'who' }],
  story: [
    {
      at: '2026-03-02T10:00:00.000Z',
      times: 1,
      account: text,
      region: text,
      who: text,
      from: text,
      what: text,
      signals: [text],
      standing: 'finding',
      eventIds: [text],
      done: true,
      lanes: [0],
      phase: 'move',
    },
  ],
  untold: 0,
  reasons: [
    {
      signal: text,
      family: text,
      points: 1,
      weight: 1,
      strength: 1,
      reason: text,
      novelty: true,
      times: 1,
      rank: 0,
    },
  ],
  habits: [{ what: text, now: [text], fresh: [text], usual: [text] }],
  days: 3,
  drawing: {
    nodes: [{ type: 'volume', lines: [text], width: 50, tone: 'plain', gone: false, alike: 0 }],
    edges: [{ from: 0, to: 0, lines: [text, text, text], width: 50, tone: 'calm', step: 1 }],
  },
  notes: [text],
  still: [text],
  steps: [text],
  runbook: text,
  containment: [{ why: text, account: text, lines: [text] }],
  commands: [{ why: text, lines: [text] }],
});

const aReport = (entries: readonly Entry[], text = 'text'): Report => ({
  summary: {
    product: 'Launchtrail',
    made: '2026-03-03T00:00:00.000Z',
    command: text,
    policy: { from: text, sha256: '0' },
    inputs: [text],
    totals: { low: 0, medium: 0, high: entries.length, critical: 0 },
    suppressed: 0,
    suppressions: [{ covers: text, reason: text, owner: text, expires: '2026-03-10', hits: 0 }],
    bare: 0,
    source: '--state FILE',
  },
  entries,
  actors: [],
  details: entries.map(() => details(text)),
});

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "javascript:alert(1)//'",
  '\u2028\u2029\u202e=HYPERLINK("x")',
  '&lt;b&gt;',
  ']]>',
];

/** Any text, with markup in it more often than not. */
const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.array(fc.constantFrom(...HOSTILE, ...'<>&"\'/!-='), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Elements of a page, by what opens them: text that became markup would add to these. */
const tagsOf = (page: string): string[] =>
  (page.match(/<[a-z!/][^\s>]*/gi) ?? []).map((tag) => tag.toLowerCase());

describe('the page of a report', () => {
  it('has the same elements whatever stands in its texts', () => {
    const calm = tagsOf(pageOf(aReport([anEntry()], 'calm'), 'script').text);
    fc.assert(
      fc.property(hostile, (text) => {
        const entry = anEntry({
          what: text,
          who: text,
          account: text,
          regions: [text],
          type: text,
          id: text,
        });
        const { text: page } = pageOf(aReport([entry], text), 'script');
        expect(tagsOf(page)).toEqual(calm);
        expect(page).not.toMatch(/\son[a-z]+=(?=[^<>]*>)(?<=<[^>"]*)/i);
      }),
      { numRuns: 300 },
    );
  });

  it('embeds what it is given, so that nothing in it ends the element', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.json()), (text) => {
        const json = embedded({ text });
        expect(JSON.parse(json)).toEqual({ text });
        expect(json).not.toMatch(/[<\u2028\u2029]/);
      }),
    );
  });

  it('reads its data back as it was', () => {
    const report = aReport([anEntry(), anEntry({ actor: 0, id: 'lt-2' })], 'text');
    for (const part of [report.entries, report.details, report.actors])
      expect(fromColumns(JSON.parse(embedded(toColumns(part))))).toEqual(part);
    const plain = fc
      .jsonValue({ noUnicodeString: false })
      .filter((value) => !JSON.stringify(value).includes('null') && !JSON.stringify(value).includes('"|"'));
    fc.assert(fc.property(plain, (value) => void expect(fromColumns(toColumns(value))).toEqual(value)));
  });

  it('takes at most 200 kB where it holds no data', async () => {
    expect(Buffer.byteLength(pageOf(aReport([]), await pageScript()).text)).toBeLessThan(200_000);
  });

  it('allows one script and one style by their hashes, and no request', () => {
    const { text } = pageOf(aReport([anEntry()]), 'let x = 1');
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+';/);
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(text).not.toMatch(/ style="|<link|src=|url\((?!#)/);
  });

  it('says that there is nothing where there are no findings', () => {
    expect(pageOf(aReport([]), '').text).toContain('No findings');
  });

  it('leaves out the details of the least severe where it would be too large, and counts them', () => {
    const report = aReport(
      Array.from({ length: 200 }, (_, index) => anEntry({ id: `lt-${index}` })),
      'x'.repeat(300),
    );
    const whole = pageOf(report, '', { plain: Number.POSITIVE_INFINITY });
    const largest = Math.round(whole.text.length * 0.7);
    const cut = pageOf(report, '', { plain: Number.POSITIVE_INFINITY, largest });
    expect(cut.text.length).toBeLessThanOrEqual(largest);
    expect(whole.bare).toBe(0);
    expect(cut.bare).toBeGreaterThan(0);
    expect(cut.bare % 50).toBe(0);
    expect(cut.text).toContain(`"bare":${cut.bare}`);
    expect(pageOf(report, '', { plain: Number.POSITIVE_INFINITY, largest, full: true })).toEqual(whole);
  });
});

describe('the scale of a count', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [4, [0, 2, 4]],
    [7, [0, 5, 10]],
    [230, [0, 100, 200, 300]],
  ])('rules up to %i at %j', (most, rules) => {
    expect(rulings(most)).toEqual(rules);
  });
});

describe('the search of a report', () => {
  const found = (query: string, entry: Entry): boolean => matches(entry, termsOf(query));

  it.each([
    ['alice', true],
    ['ALICE everyone', true],
    ['sev:high region:eu', true],
    ['sev:low', false],
    ['!sev:low', true],
    ['!actor:alice', false],
    ['"with everyone"', true],
    ['what:ever', false],
    ['actor:"user/al', true],
    ['', true],
  ])('`%s` → %s', (query, expected) => {
    expect(found(query, anEntry())).toBe(expected);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (query) => void found(query, anEntry())));
  });
});

describe('the facets of a report', () => {
  const entries = [
    anEntry({ severity: 'critical', account: 'a' }),
    anEntry({ severity: 'high', account: 'a' }),
    anEntry({ severity: 'high', account: 'b' }),
  ];

  it('count what each value would show, given what is chosen of the others', () => {
    const { count, counts, shown } = sortOut(entries, { severity: ['high'] }, () => true);
    expect({ count, shown }).toEqual({ count: 2, shown: [false, true, true] });
    expect(Object.fromEntries(counts.severity)).toEqual({ critical: 1, high: 2 });
    expect(Object.fromEntries(counts.account)).toEqual({ a: 1, b: 1 });
  });
});

describe('the address of a report', () => {
  it('holds all that is chosen', () => {
    const view = {
      page: 'finding',
      what: 'lt-1&x=#',
      query: 'sev:high "a b"',
      chosen: { severity: ['high', 'low'], actor: ['user/a & b'] },
      from: '2026-03-02',
      to: '2026-03-04',
    } as const;
    expect(viewOf(hashOf(view))).toEqual(view);
    expect(viewOf('#nonsense&from=yesterday')).toEqual(START);
  });
});

describe('the marks of a report', () => {
  it('become commands in which nothing but the command is run', () => {
    const marks = new Map([
      ['lt-1', { as: 'false', note: "it's\n$(x)\u202e" }],
      ['lt-2;id', { as: 'benign', note: '' }],
    ] as const);
    expect(closingsOf(marks, '--state history.sqlite')).toEqual([
      "launchtrail findings close lt-1 --as false --note 'it'\\''s $(x)' --state history.sqlite",
      "launchtrail findings close 'lt-2;id' --as benign --note 'marked in the report' --state history.sqlite",
    ]);
  });

  it('are read back, and whatever else is stored is passed over', () => {
    for (const as of VERDICTS)
      expect(marksOf(JSON.stringify([['lt-1', as, 'n']]))).toEqual(new Map([['lt-1', { as, note: 'n' }]]));
    for (const text of ['', '{', '7', '[[1,2]]', '[null]', '[["a","b","c"]]'])
      expect(marksOf(text)).toEqual(new Map());
  });
});
