import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { launch, launchtrail, publicShare, record, withFolder } from './desk.ts';

const json = JSON.stringify;
const lines = (records: readonly unknown[]): string => records.map((one) => `${json(one)}\n`).join('');

/** Ids and severities of OCSF lines. */
const ocsf = (text: string): { id: string; severity: number }[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .map(({ finding_info, severity_id }) => ({ id: finding_info.uid, severity: severity_id }));

describe('launchtrail replay', () => {
  it('prints findings to standard output and the summary to standard error', async () => {
    const stdin = lines([record('r1'), publicShare('s1')]);
    const { code, stdout, stderr } = await launchtrail(['replay', '-'], { stdin });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').slice(1)).toEqual([
      expect.stringMatching(/^CRITICAL .* user\/alice .* ModifySnapshotAttribute$/),
    ]);
    expect(stderr).toMatch(
      /records +2\njudged +1\nskipped +1\n +1 read-only\ndamaged +0\nfindings +1 critical/,
    );
    expect(stderr).not.toContain('CRITICAL');
  });

  it('prints reasons and ids of findings on request', async () => {
    const stdin = lines([record('r1'), publicShare('s1')]);
    const { stdout } = await launchtrail(['replay', '-', '--details'], { stdin });
    expect(stdout).toMatch(/\+\d+\.\d shared-publicly: user\/alice shared/);
    expect(stdout).toMatch(/^ +finding lt-\d{12}-/m);
  });

  it('prints one OCSF Detection Finding per line, worst first', async () => {
    const stdin = lines([launch('l1', '2026-03-01T10:00:00Z'), publicShare('s1', '2026-03-05T10:00:00Z')]);
    const { stdout } = await launchtrail(['replay', '--format', 'ocsf'], { stdin });
    const findings = ocsf(stdout);
    expect(findings[0]?.severity).toBe(5);
    expect(findings.map(({ severity }) => severity)).toEqual(
      findings.map(({ severity }) => severity).toSorted((x, y) => y - x),
    );
    for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ class_uid: 2004 });
  });

  it('prints a JSON array whose points add up to the score', async () => {
    const { stdout } = await launchtrail(['replay', '--format', 'json'], {
      stdin: lines([publicShare('s1')]),
    });
    const [finding] = JSON.parse(stdout);
    const points = finding.view.parts.reduce((sum: number, part: { points: number }) => sum + part.points, 0);
    expect(points).toBeCloseTo(finding.score, 5);
    expect(finding.view.start).toBe('2026-03-02T10:00:00.000Z');
  });

  it('gives the same bytes whatever the order, repetition and packing of the records', async () => {
    await withFolder(async (folder) => {
      const records = [
        ...Array.from({ length: 6 }, (_, i) => launch(`l${i}`, `2026-03-0${i + 1}T0${i}:00:00Z`)),
        publicShare('s1', '2026-03-03T11:00:00Z'),
      ];
      await mkdir(join(folder, 'a'));
      await writeFile(join(folder, 'a/1.json.gz'), gzipSync(json({ Records: records.slice(3) })));
      await writeFile(join(folder, 'a/2.jsonl'), lines(records.toReversed()));
      const one = await launchtrail(['replay', '--format', 'json', '-'], { stdin: json(records) });
      const other = await launchtrail(['replay', '--format', 'json', '--jobs', '4', folder]);
      expect(one.stdout.length).toBeGreaterThan(100);
      expect(other.stdout).toBe(one.stdout);
    });
  });

  it('ends with the same findings over two runs with a state file as in one run', async () => {
    await withFolder(async (folder) => {
      const records = Array.from({ length: 8 }, (_, i) => launch(`l${i}`, `2026-03-0${i + 1}T10:00:00Z`));
      records.push(publicShare('s1', '2026-03-08T11:00:00Z'));
      const state = join(folder, 'state.sqlite');
      const args = ['replay', '--format', 'json', '--all'];
      const whole = await launchtrail(args, { stdin: lines(records) });
      await launchtrail([...args, '--state', state], { stdin: lines(records.slice(0, 4)) });
      const second = await launchtrail([...args, '--state', state], { stdin: lines(records.slice(4)) });
      expect(second.stdout).toBe(whole.stdout);
    });
  });

  it('looks at records from --learn-from, inclusive, until --until, exclusive', async () => {
    const stdin = lines([1, 2, 3, 4].map((day) => launch(`l${day}`, `2026-03-0${day}T00:00:00Z`)));
    const { stderr } = await launchtrail(
      ['replay', '--learn-from', '2026-03-02', '--until', '2026-03-04T02:00:00+02:00'],
      { stdin },
    );
    expect(stderr).toMatch(/judged +2\n/);
    expect(stderr).toContain('2 outside --learn-from and --until');
  });

  it('leaves LOW out of the table and says so, and leaves out what --min-severity says', async () => {
    const stdin = lines([publicShare('s1')]);
    const policy = { severity: { critical: 99, high: 98, medium: 97, low: 10 } };
    await withFolder(async (folder) => {
      const file = join(folder, 'policy.yaml');
      await writeFile(file, json(policy));
      const low = await launchtrail(['replay', '--policy', file], { stdin });
      expect(low.stdout).toBe('');
      expect(low.stderr).toContain('1 below medium not printed');
      const all = await launchtrail(['replay', '--policy', file, '--min-severity', 'low'], { stdin });
      expect(all.stdout).toContain('LOW');
      const machine = await launchtrail(['replay', '--policy', file, '--format', 'ocsf'], { stdin });
      expect(ocsf(machine.stdout)).toHaveLength(1);
    });
  });

  it('keeps suppressed findings out of the table and of --fail-on, counts them, and marks them for machines', async () => {
    const stdin = lines([publicShare('s1')]);
    const suppressions = [
      { account: '111122223333', reason: 'a drill', owner: 'ops', expires: '2030-01-01' },
    ];
    await withFolder(async (folder) => {
      const file = join(folder, 'policy.yaml');
      await writeFile(file, json({ suppressions }));
      const run = await launchtrail(['replay', '--policy', file, '--fail-on', 'low'], { stdin });
      expect(run).toMatchObject({ code: 0, stdout: '' });
      expect(run.stderr).toContain('1 of them suppressed by the policy');
      const { stdout } = await launchtrail(['replay', '--policy', file, '--format', 'ocsf'], { stdin });
      expect(JSON.parse(stdout)).toMatchObject({ status: 'Suppressed' });
    });
  });

  it('writes findings to a file', async () => {
    await withFolder(async (folder) => {
      const output = join(folder, 'findings.jsonl');
      await writeFile(output, 'old content that is longer than nothing');
      const run = await launchtrail(['replay', '--format', 'ocsf', '--output', output], {
        stdin: lines([publicShare('s1')]),
      });
      expect(run).toMatchObject({ code: 0, stdout: '' });
      expect(ocsf(await readFile(output, 'utf8'))).toHaveLength(1);
    });
  });

  it('shows nothing of a record that could move the cursor', async () => {
    const share = publicShare('s1');
    const hostile = {
      ...share,
      userIdentity: {
        ...Object(share.userIdentity),
        userName: 'al\u001b[2Jice\u202e',
        arn: 'arn:aws:iam::111122223333:user/al\u001b[2Jice',
      },
    };
    const { stdout } = await launchtrail(['replay'], { stdin: lines([hostile]) });
    expect(stdout).toContain('CRITICAL');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('exit codes', () => {
  it.each([
    ['an unknown option', ['replay', '--fromat', 'ocsf'], '--format'],
    ['an unknown severity', ['replay', '--fail-on', 'hihg'], 'low, medium, high, critical'],
    ['a day that does not exist', ['replay', '--since', '2026-02-30'], '2026-01-31'],
    ['a number of jobs', ['replay', '--jobs', '0'], 'from 1 to'],
    ['a missing file', ['replay', 'no/such/file.json'], 'no/such/file.json: no such file or folder'],
    ['a folder without records', ['replay', resolve(import.meta.dirname, '../../lambda')], 'no .json'],
    ['a missing policy', ['replay', '--policy', 'no/such/policy.yaml'], 'no/such/policy.yaml: no such file'],
    ['a missing database', ['replay', '--asn-database', 'no/such.mmdb'], 'no/such.mmdb'],
    ['an output that cannot be written', ['replay', '--output', 'no/such/folder/x'], 'cannot write'],
    ['a state file that cannot be', ['replay', '--state', 'no/such/folder/x'], 'no/such/folder/x'],
  ])('1 for %s, with what is right', async (_, args, message) => {
    const { code, stdout, stderr } = await launchtrail(args, { stdin: '[]' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('1 when all of the input is damaged', async () => {
    expect(await launchtrail(['replay'], { stdin: '{"a":' })).toMatchObject({ code: 1 });
  });

  it('2 when some input is damaged, which is told by path and position; the rest is judged', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'a.jsonl'), `${json(record('r1'))}\n{\n${json(publicShare('s1'))}\n`);
      await writeFile(join(folder, 'b.json.gz'), gzipSync('{"Records":[]}').subarray(0, 20));
      const { code, stdout, stderr } = await launchtrail(['replay', folder, join(folder, 'gone.json')]);
      expect(code).toBe(2);
      expect(stdout).toContain('CRITICAL');
      expect(stderr).toContain(`${join(folder, 'a.jsonl')}: line 2: is not valid JSON`);
      expect(stderr).toContain(`${join(folder, 'b.json.gz')}:`);
      expect(stderr).toContain(`${join(folder, 'gone.json')}: no such file or folder`);
      expect(stderr).toMatch(/damaged +3\n/);
    });
  });

  it('3 when --fail-on is reached, even by a finding that is not printed and with damage', async () => {
    const stdin = `{\n${lines([publicShare('s1')])}`;
    await withFolder(async (folder) => {
      const file = join(folder, 'a.jsonl');
      await writeFile(file, stdin);
      expect(await launchtrail(['replay', file, '--fail-on', 'critical'])).toMatchObject({ code: 3 });
      const policy = join(folder, 'policy.yaml');
      await writeFile(policy, 'severity: { critical: 99 }');
      expect(await launchtrail(['replay', file, '--fail-on', 'critical', '--policy', policy])).toMatchObject({
        code: 2,
      });
      expect(
        await launchtrail([
          'replay',
          file,
          '--fail-on',
          'high',
          '--policy',
          policy,
          '--min-severity',
          'critical',
        ]),
      ).toMatchObject({ code: 3, stdout: '' });
    });
  });

  it('what it would have been, quietly, when the reader of the output goes away', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'many.jsonl');
      const shares = Array.from({ length: 3000 }, (_, i) => {
        const at = new Date(Date.UTC(2020, 0, 1) + i * 40 * 3_600_000).toISOString();
        return publicShare(`s${i}`, at);
      });
      await writeFile(file, lines(shares));
      const main = resolve(import.meta.dirname, '../../cli/main.ts');
      const child = spawn(process.execPath, [main, 'replay', file, '--format', 'ocsf', '--fail-on', 'low']);
      let stderr = '';
      child.stderr.on('data', (bytes: Buffer) => {
        stderr += bytes.toString();
      });
      child.stdout.once('data', () => child.stdout.destroy());
      const [code] = await once(child, 'close');
      expect(code).toBe(3);
      expect(stderr).not.toMatch(/EPIPE|^ +at /m);
    });
  });
});

describe('memory', () => {
  /** Far below the input, well above what Node, the country database and the buffers take. */
  const BOUND_MB = 450;
  const INPUT_MB = 150;

  it(`stays below ${BOUND_MB} MB for ${INPUT_MB} MB of records`, async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'large.jsonl');
      await writeLarge(file, INPUT_MB * 1_000_000);
      const script = `
        const { runProgram } = await import(${json(resolve(import.meta.dirname, '../../cli/program.ts'))});
        await runProgram(['node', 'launchtrail', 'replay', ${json(file)}]);
        console.error('peak', Math.round(process.resourceUsage().maxRSS / 1024));
      `;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
      let stderr = '';
      child.stderr.on('data', (bytes: Buffer) => {
        stderr += bytes.toString();
      });
      child.stdout.resume();
      const [code] = await once(child, 'close');
      expect(code).toBe(0);
      expect(stderr).toMatch(/damaged +0\n/);
      const peak = Number(/peak (\d+)/.exec(stderr)?.[1]);
      expect(peak).toBeGreaterThan(50);
      expect(peak).toBeLessThan(BOUND_MB);
    });
  });
});

/** JSON lines of calls by few actors, one in twenty of them a launch, until the file is large enough. */
async function writeLarge(path: string, bytes: number): Promise<void> {
  const stream = createWriteStream(path);
  const filler = { requestParameters: { filterSet: { items: [{ name: 'x'.repeat(900) }] } } };
  for (let written = 0, i = 0; written < bytes; i++) {
    const eventTime = new Date(Date.UTC(2026, 0, 1) + i * 5000).toISOString();
    const line = `${json(i % 20 === 0 ? launch(`l${i}`, eventTime) : record(`r${i}`, { eventTime, ...filler }))}\n`;
    written += line.length;
    if (!stream.write(line)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}
