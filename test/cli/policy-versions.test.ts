import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launchtrail, publicShare, withFolder } from './desk.ts';

/** A folder with a policy file and a state file, and commands on them. */
const desk = <T>(
  work: (on: {
    readonly at: (name: string) => string;
    readonly write: (text: string, name?: string) => Promise<void>;
    readonly policy: (...args: string[]) => ReturnType<typeof launchtrail>;
    readonly push: (text: string, why?: string) => ReturnType<typeof launchtrail>;
  }) => Promise<T>,
): Promise<T> =>
  withFolder((folder) => {
    const at = (name: string) => join(folder, name);
    const write = (text: string, name = 'policy.yaml') => writeFile(at(name), text);
    const policy = (...args: string[]) => launchtrail(['policy', ...args, '--state', at('s.sqlite')]);
    return work({
      ...{ at, write, policy },
      async push(text, why = 'a test') {
        await write(text);
        return policy('push', at('policy.yaml'), '--why', why, '--yes');
      },
    });
  });

describe('launchtrail policy, with versions in a state file', () => {
  it('push shows what changes and what is unwise, and log who did it and why', () =>
    desk(async ({ push, policy }) => {
      const first = await push('timeWindow: 30m\n', 'a drill');
      expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/version 1 is in force\n$/) });
      expect(first.stderr).toContain('timeWindow: 1d → 30m');
      expect(first.stderr).toContain('warning: timeWindow: in less than an hour');
      expect((await push('timeWindow: 12h\n')).stderr).toContain('what is different from version 1');
      const { stdout } = await policy('log', '--format', 'json');
      expect(JSON.parse(stdout)).toEqual([
        expect.objectContaining({ version: 2, base: 1, why: 'a test' }),
        expect.objectContaining({
          version: 1,
          base: 0,
          why: 'a drill',
          by: expect.stringContaining('not verified'),
        }),
      ]);
    }));

  it('push does not put in force what is wrong, too large, nothing new, or not agreed to', () =>
    desk(async ({ push, policy, write, at }) => {
      await push('timeWindow: 12h\n');
      const problem = await push('timeWindw: 1h\n');
      expect(problem.code).toBe(1);
      expect(problem.stderr).toContain('policy.yaml:1:1: timeWindw: unknown key; did you mean `timeWindow`?');
      expect((await push(`# ${'x'.repeat(400_000)}\ntimeWindow: 2h\n`)).stderr).toContain('too large');
      expect((await push('# the same\ntimeWindow: 720m\n')).stdout).toContain('judges the same');
      await write('timeWindow: 1h\n');
      const asked = await policy('push', at('policy.yaml'), '--why', 'x');
      expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('--yes pushes without asking')]);
      expect((await policy('push', at('policy.yaml'), '--why', ' ', '--yes')).stderr).toContain(
        'say with --why',
      );
      expect((await policy('log')).stdout.match(/^version/gm)).toHaveLength(1);
    }));

  it('pull gives the file back as it was written, and push knows what it is based on', () =>
    desk(async ({ push, policy, at, write }) => {
      const text = '# ours, with a remark\ntimeWindow: 12h\n';
      await push(text);
      await policy('pull', '--output', at('pulled.yaml'));
      const pulled = await readFile(at('pulled.yaml'), 'utf8');
      expect(pulled.split('\n').slice(1).join('\n')).toBe(text);
      await push('timeWindow: 6h\n', 'somebody else');

      await write(pulled.replace('12h', '3h'), 'pulled.yaml');
      const stale = await policy('push', at('pulled.yaml'), '--why', 'mine', '--yes');
      expect(stale.code).toBe(1);
      expect(stale.stderr).toMatch(/based on version 1, and version 2 by .* \(somebody else\) is in force/);
      const over = await policy('push', at('pulled.yaml'), '--why', 'mine', '--yes', '--over', '2');
      expect(over.stdout).toContain('version 3 is in force');
      const again = await policy('pull', '--output', '-');
      expect(again.stdout).toMatch(
        /^# launchtrail policy version 3, sha256 [0-9a-f]{64}\n# ours, with a remark\n/,
      );
      expect((again.stdout.match(/# launchtrail/g) ?? []).length).toBe(1);

      const kept = await policy('pull', '--output', at('policy.yaml'));
      expect([kept.code, kept.stderr]).toEqual([1, expect.stringContaining('says something else')]);
      expect((await policy('pull', '--output', at('policy.yaml'), '--force')).code).toBe(0);
    }));

  it('diff and rollback take versions, files and the defaults', () =>
    desk(async ({ push, policy, at }) => {
      await push('severity: { high: 80 }\n');
      await push('severity: { high: 75 }\n');
      expect((await policy('diff', '1', 'current')).stdout).toBe('severity.high: 80 → 75\n');
      expect((await policy('diff', 'none', at('policy.yaml'))).stdout).toBe('severity.high: 70 → 75\n');
      expect((await policy('diff', '2', '2')).stdout).toBe('they judge the same\n');
      expect((await policy('diff', '1', '9')).stderr).toContain('there is no version 9');
      expect((await policy('rollback', '2', '--why', 'x', '--yes')).stderr).toContain('in force already');
      expect((await policy('rollback', '9', '--why', 'x', '--yes')).stderr).toContain(
        'there is no version 9',
      );
      expect((await policy('rollback', '1', '--why', 'too quiet', '--yes')).stdout).toContain('version 3');
      expect((await policy('log')).stdout).toMatch(/^version 3 \(in force, goes back to 1\)/);
    }));

  it('explain says what a key does, what it is, and since when', () =>
    desk(async ({ push, policy, at }) => {
      await push('rateThreshold: { instances: 80 }\n', 'the load test');
      await push('rateThreshold: { instances: 80 }\ntimeWindow: 12h\n', 'another thing');
      const { stdout } = await policy('explain', 'rateThreshold.instances');
      expect(stdout).toMatch(/value {4}80 {2}\(since version 1 of \S+, by .*: the load test\)/);
      expect(stdout).toContain('default  40');
      expect(stdout).toContain('read by  accelerated-launch, launch-burst');
      const file = await launchtrail(['policy', 'explain', 'timeWindow', '--policy', at('policy.yaml')]);
      expect(file.stdout).toMatch(/value {4}12h {2}\(\S+policy\.yaml, line 2\)/);
      expect((await policy('explain', 'timeWindw')).stderr).toContain('did you mean timeWindow?');
      expect((await policy('explain', 'suppressions')).code).toBe(0);
    }));

  it('says where nothing was pushed, and makes no file for a mistyped name', () =>
    desk(async ({ at }) => {
      const { code, stderr } = await launchtrail(['policy', 'log', '--state', at('typo.sqlite')]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/typo\.sqlite/);
      await expect(readFile(at('typo.sqlite'))).rejects.toThrow(/ENOENT/);
      expect((await launchtrail(['policy', 'log'])).stderr).toContain('--stack');
    }));

  it('is what a replay over this state judges by, unless a file is named', () =>
    desk(async ({ push, at, write }) => {
      await write(JSON.stringify(publicShare('share-1', '2026-03-01T10:00:00Z')), 'records.jsonl');
      await push('severity: { critical: 99 }\n');
      const replay = (...more: string[]) =>
        launchtrail([
          'replay',
          at('records.jsonl'),
          '--state',
          at('s.sqlite'),
          '--all',
          '--format',
          'ocsf',
          ...more,
        ]);
      const own = await replay();
      expect(own.stderr).toContain('policy     version 1, which was pushed');
      expect(JSON.parse(own.stdout)).toMatchObject({
        severity: 'High',
        unmapped: { policy: { version: '1' } },
      });
      const named = await replay('--policy', 'none');
      const { severity, unmapped } = JSON.parse(named.stdout);
      expect([severity, unmapped.policy]).toEqual(['Critical', { uid: expect.any(String) }]);
    }));
});

describe('launchtrail policy lint', () => {
  it('ends with 3 where something is unwise, and with 0 where nothing is', () =>
    desk(async ({ write, at }) => {
      await write('organisation: { networks: [0.0.0.0/0] }\n');
      const unwise = await launchtrail(['policy', 'lint', at('policy.yaml')]);
      expect([unwise.code, unwise.stdout]).toEqual([3, expect.stringContaining('every address there is')]);
      await write('timeWindow: 12h\n');
      expect(await launchtrail(['policy', 'lint', at('policy.yaml')])).toMatchObject({ code: 0 });
    }));
});
