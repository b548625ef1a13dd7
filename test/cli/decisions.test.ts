import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryDecisions } from '../../adapters/memory/decisions.ts';
import { memoryHistory } from '../../adapters/memory/history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { converge } from '../../app/converge.ts';
import { takeOver } from '../../cli/replay/decided.ts';
import { decisionLine, readDecisions } from '../../cli/triage/decisions.ts';
import { definition } from '../../core/definition.ts';
import type { Decision } from '../../core/findings/decision.ts';
import { activities } from '../app/generated-activities.ts';
import { decisionsAbout, drawing, random } from '../app/generated-decisions.ts';
import { inTime, openFindings, policy, RUNS } from '../app/orders.ts';
import { launchtrail, publicShare, record, withFolder } from './desk.ts';

const decision: Decision = {
  ...{ id: 'd-1', at: 1_780_000_000_000, as: 'benign', finding: 'lt-1', severity: 'high' },
  records: [{ account: '111122223333', subject: 'AIDAEXAMPLEALICE', at: 1_770_000_000_000, id: 'a' }],
  by: { name: 'arn:aws:iam::111122223333:user/ann' },
  note: 'the load test',
  policy: { version: 3, sha256: 'abc' },
};
const written = (over: object): string => `${JSON.stringify({ ...decision, ...over })}\n`;

const byId = <T extends { readonly id: string }>(all: readonly T[]): T[] =>
  all.toSorted((a, b) => (a.id < b.id ? -1 : 1));

describe('decisions in a file', () => {
  it('are read as they were written, but for who is vouched for by nobody but the file', () => {
    const verified: Decision = { ...decision, id: 'd-2', by: { ...decision.by, verified: true } };
    const text = [decision, verified].map(decisionLine).join('');
    expect(readDecisions('d.jsonl', `\n${text}`)).toEqual({
      ok: true,
      decisions: [decision, { ...decision, id: 'd-2' }],
    });
  });

  it('are none where a line is wrong, which is named', () => {
    const wrong = 'is no decision as launchtrail findings export writes it';
    const lines = [
      'no\n',
      written({ as: 'begin' }),
      written({}),
      written({ records: [] }),
      written({ at: 0.5 }),
    ];
    expect(readDecisions('d.jsonl', lines.join(''))).toEqual({
      ok: false,
      problems: [
        'd.jsonl:1: is not JSON',
        expect.stringContaining(`d.jsonl:2: ${wrong}: as: `),
        expect.stringContaining(`d.jsonl:4: ${wrong}: records: `),
        expect.stringContaining(`d.jsonl:5: ${wrong}: at: `),
      ],
    });
    expect(readDecisions('d.jsonl', '\n')).toMatchObject({ ok: false });
  });

  it('are cleaned, for they are printed', () => {
    const read = readDecisions('d.jsonl', written({ note: '\u001b[31mred', by: { name: 'a\u202Eb' } }));
    expect(read).toMatchObject({ ok: true, decisions: [{ note: '[31mred', by: { name: 'ab' } }] });
  });
});

describe('a replay that takes decisions', () => {
  it('ends in what the definition says of records and decisions, in whatever order their lines stand and however often', async () => {
    await fc.assert(
      fc.asyncProperty(activities, random, async (list, stream) => {
        const draw = drawing(stream);
        const decisions = decisionsAbout(list, draw);
        const lines = [...decisions, ...decisions.slice(0, draw() % 3)].map((each) => ({
          line: decisionLine(each),
          key: draw(),
        }));
        const text = lines.sort((a, b) => a.key - b.key).map(({ line }) => line);
        const read = readDecisions('d.jsonl', text.join(''));
        if (!read.ok) throw new Error(read.problems.join());
        const deps = {
          ...{ history: memoryHistory(), verdicts: memoryVerdicts(), decisions: memoryDecisions(), policy },
        };
        const records = inTime(list);
        const before = draw() % (records.length + 1);
        // a state file holds some of the records already
        await converge(deps, records.slice(0, before));
        await takeOver(deps, read.decisions);
        await converge(deps, records.slice(before));
        expect(await openFindings(deps.verdicts)).toEqual(byId(definition(list, policy, decisions)));
      }),
      { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 4) },
    );
  }, 120_000);

  it('finds what live said, and keeps it in another state file', async () => {
    await withFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      const records = [
        publicShare('share-a'),
        publicShare('share-b', '2026-03-20T11:00:00Z'),
        record('other'),
      ];
      await writeFile(at('records.json'), JSON.stringify(records));
      const replay = (...args: string[]) =>
        launchtrail(['replay', at('records.json'), '--policy', 'none', '--format', 'json', ...args]);
      const list = async (state: string) =>
        JSON.parse(
          (await launchtrail(['findings', 'list', '--state', at(state), '--format', 'json'])).stdout,
        );
      await replay('--state', at('live.sqlite'));
      const close = ['findings', 'close', 'share-a', '--as', 'test', '--note', 'our own drill', '--yes'];
      expect(await launchtrail([...close, '--state', at('live.sqlite')])).toMatchObject({ code: 0 });
      const live = await list('live.sqlite');
      expect(live.map(({ triage }: { triage?: { state: string } }) => triage?.state).sort()).toEqual([
        'closed',
        undefined,
      ]);

      const file = at('decisions.jsonl');
      const exported = ['findings', 'export', '--state', at('live.sqlite'), '--output', file];
      expect(await launchtrail(exported)).toMatchObject({ code: 0, stdout: '' });
      const [line = ''] = (await readFile(file, 'utf8')).split('\n');
      await writeFile(file, `${line}\n${line}\n${written({ id: 'about another' })}`);
      const again = await replay('--decisions', file);
      expect(byId(JSON.parse(again.stdout))).toEqual(byId(live));
      expect(again.stderr).toContain('decisions  3 read; 1 about no finding of these records');
      await replay('--decisions', file, '--state', at('copy.sqlite'));
      expect(byId(await list('copy.sqlite'))).toEqual(byId(live));

      await writeFile(file, 'benign\n');
      expect(await replay('--decisions', file)).toMatchObject({
        ...{ code: 1, stdout: '' },
        stderr: expect.stringContaining('decisions.jsonl:1: is not JSON'),
      });
    });
  }, 60_000);
});

describe('a decision in a file', () => {
  const RECORDS = [publicShare('share-a'), publicShare('share-b', '2026-03-20T11:00:00Z')];

  /** Runs in a folder with records and the decision that closed the first finding, as it was exported. */
  const withDecision = (work: (at: (name: string) => string) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      await writeFile(at('records.json'), JSON.stringify(RECORDS));
      const covered = {
        account: '111122223333',
        subject: 'AIDAEXAMPLEALICE',
        at: Date.parse('2026-03-02T10:00:00Z'),
        id: 'share-a',
      };
      const closed = { finding: 'lt-111122223333-share-a', severity: 'critical', records: [covered] };
      await writeFile(at('d.jsonl'), written({ ...closed, as: 'test', note: 'our own drill' }));
      await writeFile(at('raised.yaml'), 'signals: { weights: { shared-publicly: 0.7 } }\n');
      await work(at);
    });

  it(
    'is told by explain',
    () =>
      withDecision(async (at) => {
        const explained = ['explain', 'share-a', at('records.json'), '--policy', 'none'];
        const { code, stdout } = await launchtrail([...explained, '--decisions', at('d.jsonl')]);
        expect([code, stdout]).toEqual([0, expect.stringMatching(/closed as test .*our own drill/)]);
        expect((await launchtrail(explained)).stdout).not.toContain('our own drill');
        const both = [...explained.slice(0, 2), '--state', at('s.sqlite'), '--decisions', at('d.jsonl')];
        expect(await launchtrail(both)).toMatchObject({
          code: 1,
          stderr: expect.stringContaining("'--decisions <file>' cannot be used with option '--state <file>'"),
        });
      }),
    60_000,
  );

  it(
    'is told by report',
    () =>
      withDecision(async (at) => {
        const report = async (...args: string[]): Promise<string> => {
          const page = at('report.html');
          const asked = ['report', at('records.json'), '--policy', 'none', '--output', page, ...args];
          expect(await launchtrail(asked)).toMatchObject({ code: 0 });
          return readFile(page, 'utf8');
        };
        expect((await report('--decisions', at('d.jsonl'))).includes('Closed as test')).toBe(true);
        expect((await report()).includes('Closed as test')).toBe(false);
      }),
    60_000,
  );

  it(
    'counts for both policies of replay --compare, and what another reopens is a difference',
    () =>
      withDecision(async (at) => {
        const compared = async (...args: string[]) => {
          const policies = ['none', at('raised.yaml'), at('records.json'), '--format', 'json', ...args];
          const { stdout } = await launchtrail(['replay', '--compare', ...policies]);
          return JSON.parse(stdout).moves.map(({ from, to, finding }: Moved) => [finding.id, from, to]);
        };
        const other = ['lt-111122223333-share-b', 'critical', 'high'];
        expect(await compared()).toEqual([['lt-111122223333-share-a', 'critical', 'high'], other]);
        expect(await compared('--decisions', at('d.jsonl'))).toEqual([other]);
      }),
    60_000,
  );
});

interface Moved {
  readonly from: string;
  readonly to: string;
  readonly finding: { readonly id: string };
}
