import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqliteStores } from '../../adapters/sqlite/stores.ts';
import { verdictsIn } from '../../app/findings-in.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import { findingId } from '../../core/findings/stories.ts';
import { launch, launchtrail, publicShare, record, withFolder } from './desk.ts';
import { expectInertMermaid, expectInertSvg } from './inert.ts';

const ACCOUNT = '111122223333';
const lines = (records: readonly unknown[]): string =>
  records.map((one) => `${JSON.stringify(one)}\n`).join('');

/** A finding by its id in the output of replay. */
interface Replayed {
  readonly id: string;
  readonly severity: string;
  readonly score: number;
  readonly members: readonly {
    readonly activity: { readonly id: string; readonly at: number };
    readonly evidence: readonly { readonly refs?: readonly string[] }[];
  }[];
}

describe('launchtrail explain, over a generated theft of a disk', () => {
  let folder = '';
  let state = '';
  let trail = '';
  let worst: Replayed;
  let told = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'launchtrail-explain-'));
    trail = join(folder, 'trail');
    state = join(folder, 'history.sqlite');
    await launchtrail(['simulate', '--seed', '3', '--attacks', 'snapshot-heist', '--out', trail]);
    const replayed = await launchtrail(['replay', trail, '--state', state, '--format', 'json']);
    const [first]: Replayed[] = JSON.parse(replayed.stdout);
    if (first === undefined) throw new Error(`no finding: ${replayed.stderr}`);
    worst = first;
    told = (await launchtrail(['explain', worst.id, '--state', state])).stdout;
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('tells severity, score, subject, the steps in order, the way of the data and every part of the score', () => {
    expect(told).toMatch(new RegExp(`^CRITICAL ${worst.score.toFixed(1)} of 100: `));
    expect(told).toContain(`finding ${worst.id}`);
    const order = [
      '\nWHO\n',
      '\nWHAT HAPPENED',
      'CreateSnapshot',
      'RunInstances 1 x m7i.large',
      '\nWHERE THE DATA CAME FROM AND WENT',
      '<- volume vol-',
      '\nWHY IT SCORES',
      'What to do: docs/runbook.md#',
    ].map((part) => told.indexOf(part));
    expect(told).toMatch(/\n {6}why: [a-z-]+/);
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const times = [...told.matchAll(/^[ .] (\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ) {2}\S+ {2}[A-Z]/gm)].map(
      ([, time]) => time,
    );
    expect(times.length).toBeGreaterThan(3);
    expect(times).toEqual(times.toSorted());
    expect(Math.max(...told.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('gives parts that add up to the score, each with weight and strength, and every member once', async () => {
    const { stdout } = await launchtrail(['explain', worst.id, '--state', state, '--format', 'json']);
    const telling = JSON.parse(stdout);
    const points: number[] = telling.signals.map((part: { points: number }) => part.points);
    expect(points.reduce((sum, each) => sum + each, 0)).toBeCloseTo(worst.score, 5);
    for (const { weight, strength, reason } of telling.signals) {
      expect(weight * strength).toBeGreaterThan(0);
      expect(reason).not.toBe('');
    }
    const ids = telling.timeline
      .filter(({ standing }: { standing: string }) => standing === 'finding')
      .flatMap(({ eventIds }: { eventIds: string[] }) => eventIds);
    expect(ids.toSorted()).toEqual(worst.members.map(({ activity }) => activity.id).toSorted());
    expect(told).toContain(
      `(${telling.signals[0].family}; ${telling.signals[0].weight.toFixed(2)} x ${telling.signals[0].strength.toFixed(2)}`,
    );
  });

  it('follows the data from the copied volume to the instance', async () => {
    const { stdout } = await launchtrail(['explain', worst.id, '--state', state, '--format', 'json']);
    const steps: { to: string; from: string; at: string }[] = JSON.parse(stdout).data;
    expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).toSorted());
    const reached = new Set(steps.filter(({ from }) => from.startsWith('volume ')).map(({ from }) => from));
    for (const { from, to } of steps) if (reached.has(from)) reached.add(to);
    expect([...reached].some((each) => each.startsWith('snapshot '))).toBe(true);
    expect([...reached].some((each) => each.startsWith('instance '))).toBe(true);
  });

  it('finds the finding by a unique beginning, by a member, and by a record that its evidence refers to', async () => {
    const rest = told.slice(told.indexOf('\nWHO\n'));
    const member = worst.members.at(-1)?.activity.id ?? '';
    const members = new Set(worst.members.map(({ activity }) => activity.id));
    const ref = worst.members
      .flatMap(({ evidence }) => evidence.flatMap(({ refs }) => refs ?? []))
      .find((id) => !members.has(id));
    expect(ref).toBeDefined();
    for (const [id, note] of [
      [worst.id.slice(0, -20), undefined],
      [member, `! record ${member} stands in this finding`],
      [ref ?? '', `! record ${ref} is not part of this finding; its evidence refers to it`],
    ] as const) {
      const { code, stdout } = await launchtrail(['explain', id, '--state', state]);
      expect(code).toBe(0);
      expect(stdout.slice(stdout.indexOf('\nWHO\n'))).toBe(rest);
      if (note !== undefined) expect(stdout).toContain(note);
    }
  });

  it('tells the same over the records themselves as over the state of a replay', async () => {
    const { code, stdout } = await launchtrail(['explain', worst.id, trail]);
    expect(code).toBe(0);
    expect(stdout).toBe(told);
  });

  it('draws the lineage as SVG and as Mermaid', async () => {
    const picture = join(folder, 'lineage.svg');
    const text = join(folder, 'lineage.mmd');
    for (const file of [picture, text]) {
      const { code, stdout } = await launchtrail(['explain', worst.id, '--state', state, '--graph', file]);
      expect(code).toBe(0);
      expect(stdout).toBe(told);
    }
    const svg = await readFile(picture, 'utf8');
    expectInertSvg(svg);
    expect(svg).toContain(`<title>CRITICAL ${worst.score.toFixed(1)}: `);
    expect(svg).toContain('the internet (0.0.0.0/0)');
    const mermaid = await readFile(text, 'utf8');
    expect(mermaid).toContain('volume vol-');
    expectInertMermaid(mermaid, {
      nodes: mermaid.match(/^ {2}n\d+[^ ]/gm)?.length ?? 0,
      edges: mermaid.match(/\|"Step /g)?.length ?? 0,
    });
  });

  it('names the nearest ids when there is no such finding', async () => {
    const typo = `${worst.id.slice(0, -2)}zz`;
    const { code, stdout, stderr } = await launchtrail(['explain', typo, '--state', state]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^launchtrail: there is no finding lt-/);
    expect(stderr).toContain(`  ${worst.id}\n`);
  });

  it('asks for more of a beginning that several ids share', async () => {
    const { code, stderr } = await launchtrail(['explain', `lt-${ACCOUNT}`, '--state', state]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/is the beginning of \d+ ids; give more of it/);
  });
});

describe('launchtrail explain', () => {
  it('says where a merged finding went, and tells that one', async () => {
    await withFolder(async (folder) => {
      const state = join(folder, 'state.sqlite');
      const shares = ['2026-03-02T10:00:00Z', '2026-03-04T02:00:00Z', '2026-03-03T06:00:00Z'].map(
        (time, index) => publicShare(`share-no-${index}`, time),
      );
      await launchtrail(['replay', '--state', state], { stdin: lines(shares.slice(0, 2)) });
      const before = await launchtrail(['explain', `lt-${ACCOUNT}-share-no-1`, '--state', state]);
      expect(before.stdout).toContain(`finding lt-${ACCOUNT}-share-no-1\n`);
      await launchtrail(['replay', '--state', state], { stdin: lines(shares.slice(2)) });
      const { code, stdout } = await launchtrail(['explain', `lt-${ACCOUNT}-share-no-1`, '--state', state]);
      expect(code).toBe(0);
      expect(stdout.replace(/\n +/g, ' ')).toContain(
        `! finding lt-${ACCOUNT}-share-no-1 was merged into lt-${ACCOUNT}-share-no-0`,
      );
      expect(stdout).toContain(`\nfinding lt-${ACCOUNT}-share-no-0\n`);
      expect(stdout).toContain('3 records');
    });
  });

  it('says that a finding was withdrawn', async () => {
    await withFolder(async (folder) => {
      const state = join(folder, 'state.sqlite');
      await launchtrail(['replay', '--state', state], { stdin: lines([publicShare('share-s1')]) });
      const { verdicts, close } = sqliteStores(state);
      const [verdict] = await verdictsIn(verdicts);
      if (verdict === undefined) throw new Error('no verdict');
      // as when a record arrives later that explains it
      const { account, actor, at, id } = verdict.activity;
      const [stored] = await verdicts.at([{ account, subject: subjectKey(actor), at, id }]);
      expect(await verdicts.save({ ...verdict, evidence: [], score: 0 }, stored?.version ?? 0)).toBe(true);
      const finding = { id: findingId(verdict.activity) };
      close();
      const { code, stdout } = await launchtrail(['explain', finding.id, '--state', state]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^WITHDRAWN/);
      expect(stdout).not.toContain('WHAT HAPPENED');
      expect(stdout).toContain('was withdrawn: later records explained it away');
    });
  });

  it('says what holds a score down and what silences a finding', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'policy.yaml');
      const input = join(folder, 'records.jsonl');
      await writeFile(input, lines([publicShare('share-s1')]));
      const suppressions = [{ account: ACCOUNT, reason: 'a drill', owner: 'ops', expires: '2030-01-01' }];
      await writeFile(file, JSON.stringify({ suppressions }));
      const { stdout } = await launchtrail(['explain', 'share-s1', input, '--policy', file]);
      expect(stdout).toContain('! suppressed by the policy until 2030-01-01 (a drill; ops)');
      expect(stdout).toContain('! learning: ');
    });
  });

  it('says so when the policy given is not the one that the records were judged with', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'policy.yaml');
      const state = join(folder, 'state.sqlite');
      await launchtrail(['replay', '--state', state], { stdin: lines([publicShare('share-s1')]) });
      await writeFile(file, JSON.stringify({ signals: { weights: { 'shared-publicly': 0.1 } } }));
      const same = await launchtrail(['explain', `lt-${ACCOUNT}-share-s1`, '--state', state]);
      const other = await launchtrail([
        'explain',
        `lt-${ACCOUNT}-share-s1`,
        '--state',
        state,
        '--policy',
        file,
      ]);
      expect(same.stdout).not.toContain('when it was judged');
      expect(other.stdout).toMatch(/! record share-s1 was scored \d+\.\d when it was judged/);
    });
  });

  it('says of a record that was judged and came to nothing what it was', async () => {
    const days = Array.from({ length: 20 }, (_, day) =>
      launch(`launch-${day}`, `2026-03-${String(day + 1).padStart(2, '0')}T10:00:00Z`),
    );
    const stdin = lines([...days, publicShare('share-s1', '2026-03-25T10:00:00Z')]);
    const { code, stderr } = await launchtrail(['explain', 'launch-19', '-'], { stdin });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'record launch-19 was judged and is in no finding: what spoke against it stayed below LOW',
    );
    expect(stderr).toContain('2026-03-20 10:00:00Z  eu-west-1  RunInstances 1 x t3.micro');
  });

  it('draws what a record smuggles into names without letting it act', async () => {
    const evil = '"]</text><script>alert(1)</script>\n  n9["x"]';
    await withFolder(async (folder) => {
      const input = join(folder, 'records.jsonl');
      const share = publicShare('share-s1');
      await writeFile(
        input,
        lines([
          {
            ...share,
            requestParameters: {
              snapshotId: `snap-${evil}`,
              attributeType: 'CREATE_VOLUME_PERMISSION',
              createVolumePermission: { add: { items: [{ group: 'all' }, { userId: evil }] } },
            },
            userIdentity: {
              ...(record('x').userIdentity as object),
              userName: evil,
              arn: `arn:aws:iam::${ACCOUNT}:user/${evil}`,
            },
          },
        ]),
      );
      for (const name of ['evil.svg', 'evil.mmd']) {
        const { code } = await launchtrail([
          'explain',
          `lt-${ACCOUNT}-share-s1`,
          input,
          '--graph',
          join(folder, name),
        ]);
        expect(code).toBe(0);
      }
      const svg = await readFile(join(folder, 'evil.svg'), 'utf8');
      expectInertSvg(svg);
      expect(svg).toContain('snap-&quot;]&lt;/text');
      expectInertMermaid(await readFile(join(folder, 'evil.mmd'), 'utf8'), { nodes: 3, edges: 2 });
    });
  });

  it('refuses what cannot work, with a remedy, and leaves no file behind', async () => {
    await withFolder(async (folder) => {
      const state = join(folder, 'none.sqlite');
      const input = join(folder, 'records.jsonl');
      await writeFile(input, lines([publicShare('share-s1')]));
      const cases: readonly (readonly [readonly string[], string])[] = [
        [['x'], 'name the file of replay --state with --state, a deployment with --stack, or the records'],
        [['x', input, '--state', input], 'give either --state, --stack or paths to replay'],
        [
          ['x', '--state', state],
          `state file ${state}: no such file or folder; launchtrail replay PATH --state`,
        ],
        [['x', '--state', input], 'name another file, it is not a SQLite database'],
        [['x', input, '--graph', join(folder, 'g.png')], 'Expected a file that ends in .svg or .mmd'],
        [['x', input, '--graph', join(folder, 'no/g.svg')], 'cannot write'],
        [['x', join(folder, 'nothing')], 'nothing could be read'],
        [['x', input, '--graph', join(folder, 'g.svg')], 'there is no finding x'],
      ];
      for (const [args, message] of cases) {
        const { code, stdout, stderr } = await launchtrail(['explain', ...args]);
        expect(stderr).toContain(message);
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      }
      expect(existsSync(state)).toBe(false);
      expect(existsSync(join(folder, 'g.svg'))).toBe(false);
    });
  });

  it('tells what it can of damaged input and ends with 2', async () => {
    await withFolder(async (folder) => {
      const input = join(folder, 'records.jsonl');
      await writeFile(input, `${lines([publicShare('share-s1')])}{"eventVersion": nonsense\n`);
      const { code, stdout, stderr } = await launchtrail(['explain', `lt-${ACCOUNT}-share-s1`, input]);
      expect(code).toBe(2);
      expect(stdout).toContain('CRITICAL');
      expect(stderr).toContain('records.jsonl: line 2');
    });
  });
});
