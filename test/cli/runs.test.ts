import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { launch, launchtrail, publicShare, withFolder } from './desk.ts';

const MAIN = resolve(import.meta.dirname, '../../cli/main.ts');
const json = JSON.stringify;
const day = (number: number): string => `2026-03-${String(number).padStart(2, '0')}T10:00:00Z`;
const CRON = ['--fail-on', 'high', '--quiet', '--country-database', 'none'];

describe('a daily run with --state', () => {
  it('is silent on quiet days and red once on a bad one', async () => {
    await withFolder(async (folder) => {
      const days = [
        [launch('l1', day(1))],
        [launch('l2', day(2))],
        [launch('l3', day(3)), publicShare('s3', day(3))],
        [launch('l4', day(4))],
        // a day that is delivered twice is no news
        [launch('l3', day(3)), publicShare('s3', day(3))],
        [publicShare('s6', day(6))],
      ];
      const state = join(folder, 'state.sqlite');
      const said: [code: number | null, told: string, stderr: string][] = [];
      for (const records of days) {
        const ran = await launchtrail(['replay', '--state', state, ...CRON], { stdin: json(records) });
        said.push([ran.code, /CRITICAL/.exec(ran.stdout)?.[0] ?? ran.stdout, ran.stderr]);
      }
      expect(said).toEqual([
        [0, '', ''],
        [0, '', ''],
        [3, 'CRITICAL', ''],
        [0, '', ''],
        [0, '', ''],
        [3, 'CRITICAL', ''],
      ]);
    });
  });

  it('prints and counts all of it with --all, and says without how much it leaves out', async () => {
    await withFolder(async (folder) => {
      const args = ['replay', '--state', join(folder, 'state.sqlite'), '--fail-on', 'high'];
      await launchtrail(args, { stdin: json([publicShare('s1')]) });
      const quiet = await launchtrail(args, { stdin: json([launch('l2', day(4))]) });
      expect(quiet).toMatchObject({ code: 0, stdout: '' });
      expect(quiet.stderr).toContain('1 more told by an earlier run, and no news of them; --all prints them');
      expect(quiet.stderr).toMatch(/findings +0 critical, 0 high, 0 medium, \d low\n/);
      const all = await launchtrail([...args, '--all'], { stdin: json([launch('l2', day(4))]) });
      expect(all).toMatchObject({ code: 3, stdout: expect.stringContaining('CRITICAL') });
    });
  });

  it('tells again what was not out when the run died', async () => {
    await withFolder(async (folder) => {
      const args = ['replay', '--state', join(folder, 'state.sqlite')];
      const stdin = json([publicShare('s1')]);
      const failed = await launchtrail([...args, '--output', '/dev/full'], { stdin });
      expect(failed).toMatchObject({
        code: 1,
        stderr: 'launchtrail: cannot write /dev/full: the disk is full\n',
      });
      expect((await launchtrail(args, { stdin })).stdout).toContain('CRITICAL');
      expect((await launchtrail(args, { stdin })).stdout).toBe('');
    });
  });
});

describe('--since', () => {
  it('reports what happened from then on, and learns from all before', async () => {
    const records = [
      publicShare('s1', day(1)),
      launch('l1', day(1)),
      launch('l2', day(20)),
      publicShare('s2', day(21)),
    ];
    const whole = await launchtrail(['replay', '--format', 'json'], { stdin: json(records) });
    const late = await launchtrail(
      ['replay', '--format', 'json', '--since', '2026-03-20', '--fail-on', 'low'],
      {
        stdin: json(records),
      },
    );
    const findings: { last: number }[] = JSON.parse(whole.stdout);
    const recent = findings.filter(({ last }) => last >= Date.parse('2026-03-20'));
    expect(findings.length).toBeGreaterThan(recent.length);
    expect(JSON.parse(late.stdout)).toEqual(recent);
    expect(late.code).toBe(3);
    expect(late.stderr).toMatch(/judged +4\n/);
    expect(late.stderr).toContain('1 more ended before --since');
    const quiet = await launchtrail(['replay', '--since', '2026-03-22', '--fail-on', 'low'], {
      stdin: json(records),
    });
    expect(quiet).toMatchObject({ code: 0, stdout: '' });
  });

  it('does not make news of it for the run after', async () => {
    await withFolder(async (folder) => {
      const args = ['replay', '--state', join(folder, 'state.sqlite')];
      const stdin = json([publicShare('s1', day(1))]);
      await launchtrail([...args, '--since', '2026-03-10'], { stdin });
      expect((await launchtrail(args, { stdin })).stdout).toBe('');
    });
  });

  it.each([
    [['--since', '2026-03-02', '--learn-from', '2026-03-03'], '--learn-from is after --since'],
    [['--learn-from', '2026-03-03', '--until', '2026-03-03'], '--learn-from is not before --until'],
  ])('is refused where nothing could come of it: %j', async (args, message) => {
    const ran = await launchtrail(['replay', ...args], { stdin: json([publicShare('s1')]) });
    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) });
  });
});

describe('the summary', () => {
  const other = { recipientAccountId: '444455556666', awsRegion: 'us-east-1' };

  it('says when and where, who is still being learnt until when, and by which policy', async () => {
    const records = [launch('l1', day(1)), launch('l2', day(15)), { ...launch('l3', day(16)), ...other }];
    const { stderr } = await launchtrail(['replay', '--policy', 'none'], { stdin: json(records) });
    for (const line of [
      'first      2026-03-01 10:00:00Z of what was judged',
      'last       2026-03-16 10:00:00Z',
      'accounts   2 (111122223333, 444455556666)',
      'Regions    2 (eu-west-1, us-east-1)',
      'learning   1 (444455556666 until 2026-03-26 10:00:00Z)',
      '           until then what is merely new stays LOW there',
      'policy     built-in defaults',
    ]) {
      expect(stderr).toContain(`\n${line}\n`);
    }
  });

  it('counts the learning of earlier runs with --state', async () => {
    await withFolder(async (folder) => {
      const args = ['replay', '--state', join(folder, 'state.sqlite')];
      await launchtrail(args, { stdin: json([launch('l1', day(1))]) });
      const first = await launchtrail(args, { stdin: json([launch('l2', day(5))]) });
      expect(first.stderr).toContain('learning   1 (111122223333 until 2026-03-11 10:00:00Z)');
      const second = await launchtrail(args, { stdin: json([launch('l3', day(15))]) });
      expect(second.stderr).not.toContain('learning');
    });
  });

  it('names a few accounts, with --verbose all, with --quiet none', async () => {
    const records = Array.from({ length: 12 }, (_, i) => ({
      ...launch(`l${i}`, day(1)),
      recipientAccountId: `1111222233${String(i).padStart(2, '0')}`,
    }));
    const said = async (...args: string[]) =>
      (await launchtrail(['replay', ...args], { stdin: json(records) })).stderr;
    expect(await said()).toContain(
      'accounts   12 (111122223300, 111122223301, 111122223302, 111122223303, 111122223304, and 7 more',
    );
    expect(await said('--verbose')).toContain('111122223311 1 judged\n');
    expect(await said('--quiet')).toBe('');
  });
});

describe('a state that takes nothing', () => {
  /** Root may write anywhere, so it tries as nobody. */
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const asNobody = async (args: readonly string[], cwd: string) => {
    const child = spawn(process.execPath, [MAIN, ...args], { ...nobody, cwd });
    const ended = once(child, 'close');
    return { ...(await saidBy(child)), code: (await ended)[0] };
  };

  it.each([
    ['it and its folder are', 0o555],
    ['it alone is', 0o777],
  ])(
    'for %s read-only ends with 1 and words before anything is judged; explain reads it',
    async (_, mode) => {
      await withFolder(async (folder) => {
        const state = join(folder, 'shut/state.sqlite');
        const records = join(folder, 'records.json');
        await mkdir(join(folder, 'shut'));
        await writeFile(records, json([publicShare('s1')]));
        const { stdout } = await launchtrail(['replay', records, '--state', state, '--format', 'ocsf']);
        const id: string = JSON.parse(stdout).finding_info.uid;
        for (const [path, rights] of [
          [state, 0o444],
          [join(folder, 'shut'), mode],
          [folder, 0o755],
        ] as const)
          await chmod(path, rights);
        const ran = await asNobody(['replay', records, '--state', state], folder);
        expect(ran).toMatchObject({ code: 1, stdout: '' });
        expect(ran.stderr).toMatch(
          /^launchtrail: state file .*: attempt to write a readonly database; copy it to .*\n$/,
        );
        const told = await asNobody(['explain', id, '--state', state], folder);
        expect(told).toMatchObject({ code: 0, stderr: '' });
        expect(told.stdout).toContain('user/alice');
        await chmod(join(folder, 'shut'), 0o755);
      });
    },
  );

  it('for the disk is full ends with 1 and one line, and goes on from there when there is space', async () => {
    await withFolder(async (folder) => {
      const [state, records] = [join(folder, 'state.sqlite'), join(folder, 'records.json')];
      const many = Array.from({ length: 500 }, (_, i) =>
        launch(`l${i}`, new Date(Date.parse(day(1)) + i * 60_000).toISOString().replace('.000', '')),
      );
      await writeFile(records, json(many));
      const args = ['replay', records, '--state', state, '--country-database', 'none'];
      const command = `ulimit -f 300; exec '${process.execPath}' '${MAIN}' ${args.join(' ')}`;
      const child = spawn('bash', ['-c', command]);
      const ended = once(child, 'close');
      const { stdout, stderr } = await saidBy(child);
      expect({ code: (await ended)[0], stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /^launchtrail: .*state\.sqlite: (disk I\/O error|database or disk is full); free some space and run again.*\n$/,
      );
      const again = await launchtrail(args);
      expect(again).toMatchObject({ code: 0 });
      expect(again.stderr).toMatch(/judged +500\n/);
    });
  });
});

describe('an output that does not fit on the disk', () => {
  it('leaves what was there, and nothing beside it', async () => {
    await withFolder(async (folder) => {
      const [output, records] = [join(folder, 'out.jsonl'), join(folder, 'records.json')];
      await writeFile(output, 'what was there');
      await writeFile(records, json(Array.from({ length: 20 }, (_, i) => publicShare(`s${i}`, day(i + 1)))));
      const args = `replay '${records}' --country-database none --format json --output '${output}'`;
      const child = spawn('bash', ['-c', `ulimit -f 4; exec '${process.execPath}' '${MAIN}' ${args}`]);
      const ended = once(child, 'close');
      const { stdout, stderr } = await saidBy(child);
      expect({ code: (await ended)[0], stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toBe(`launchtrail: cannot write ${output}: the file would be larger than allowed\n`);
      expect(await readFile(output, 'utf8')).toBe('what was there');
      expect((await readdir(folder)).sort()).toEqual(['out.jsonl', 'records.json']);
    });
  });
});

describe('an interrupt', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s ends with words, without a trace and without half a file', async (signal, code) => {
    await withFolder(async (folder) => {
      const [state, output] = [join(folder, 'state.sqlite'), join(folder, 'out.json')];
      await writeFile(output, 'what was there');
      const args = ['replay', '-', '--state', state, '--output', output, '--format', 'json'];
      const child = spawn(process.execPath, [MAIN, ...args]);
      child.stdin.write(`${json(publicShare('s1'))}\n`);
      while (!(await stat(state).catch(() => undefined))) await setTimeout(20);
      const ended = once(child, 'close');
      const said = saidBy(child);
      await setTimeout(100);
      child.kill(signal);
      expect((await ended)[0]).toBe(code);
      const { stdout, stderr } = await said;
      expect(stdout).toBe('');
      expect(stderr).toMatch(
        /^launchtrail: interrupted after \d+ records were judged, .*state\.sqlite keeps what they taught\n$/,
      );
      expect((await readdir(folder)).sort()).toEqual(['out.json', 'state.sqlite']);
      expect(await readFile(output, 'utf8')).toBe('what was there');
      const again = await launchtrail(args, { stdin: json([publicShare('s1')]) });
      expect(again).toMatchObject({ code: 0, stdout: '' });
      expect(JSON.parse(await readFile(output, 'utf8'))).toHaveLength(1);
    });
  });
});

describe('the policy beside you', () => {
  it('is taken and said; none and another file are taken instead', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'policy.yaml'), 'severity: { critical: 99 }');
      await copyFile(join(folder, 'policy.yaml'), join(folder, 'other.yaml'));
      await writeFile(join(folder, 'records.json'), json([publicShare('s1')]));
      const said = async (...args: string[]) => {
        const child = spawn(process.execPath, [MAIN, 'replay', 'records.json', ...args], { cwd: folder });
        const { stderr } = await saidBy(child);
        return [/findings +(\d) critical/.exec(stderr)?.[1], /^policy +(.*)/m.exec(stderr)?.[1]];
      };
      expect(await said()).toEqual(['0', 'policy.yaml, found in this folder']);
      expect(await said('--policy', 'none')).toEqual(['1', 'built-in defaults']);
      expect(await said('--policy', 'other.yaml')).toEqual(['0', 'other.yaml']);
    });
  });
});

/** All that a process says. */
async function saidBy(child: ChildProcess): Promise<{ stdout: string; stderr: string }> {
  const text = async (stream: AsyncIterable<Buffer> | null): Promise<string> => {
    const parts: Buffer[] = [];
    for await (const part of stream ?? []) parts.push(part);
    return Buffer.concat(parts).toString();
  };
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}
