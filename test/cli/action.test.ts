import { spawnSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { launch, publicShare, withFolder } from './desk.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const { inputs, runs } = parse(await readFile(join(ROOT, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { default?: string }>;
  runs: { steps: { name: string; run: string; env: Record<string, string> }[] };
};
const step = runs.steps[1] ?? { name: '', run: '', env: {} };

/** Runs the step as the runner does: inputs as variables, `bash -e`, nothing on standard input. */
async function judge(folder: string, given: Record<string, string>) {
  const command = join(folder, 'launchtrail');
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'cli/main.ts')}' "$@"\n`);
  await chmod(command, 0o755);
  const env = Object.fromEntries(
    Object.entries(step.env).map(([name, from]) => {
      const input = /inputs\.([\w-]+)/.exec(from)?.[1] ?? '';
      return [name, given[input] ?? inputs[input]?.default ?? ''];
    }),
  );
  return spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
    cwd: folder,
    env: { ...env, HOME: folder, PATH: `${folder}:${process.env.PATH}` },
    encoding: 'utf8',
  });
}

describe('the GitHub Action', () => {
  it('writes no input into a script', () => {
    for (const { run } of runs.steps) expect(run).not.toContain('${{');
  });

  it('fails a job on a HIGH finding, and passes without one', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'bad day.json'), JSON.stringify([publicShare('s1')]));
      await writeFile(join(folder, 'quiet.json'), JSON.stringify([launch('l1')]));
      expect(await judge(folder, { path: 'quiet.json\nbad day.json\n' })).toMatchObject({ status: 3 });
      expect(await judge(folder, { path: 'quiet.json' })).toMatchObject({ status: 0 });
      expect(await judge(folder, { path: 'bad day.json', 'fail-on': 'none' })).toMatchObject({ status: 0 });
    });
  });

  it('fails a job that has nothing to read', async () => {
    await withFolder(async (folder) => {
      expect(await judge(folder, { path: 'gone' })).toMatchObject({ status: 1 });
      expect(await judge(folder, { path: '' })).toMatchObject({ status: 1 });
      await writeFile(join(folder, 'empty.json'), '[]');
      const ran = await judge(folder, { path: 'empty.json' });
      expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining('no record in 1 file') });
    });
  });

  it('takes an input for what it is, whatever stands in it', async () => {
    await withFolder(async (folder) => {
      const path = '$(touch owned)\n--format=json; touch owned';
      const ran = await judge(folder, { path });
      expect(ran).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('$(touch owned): no such file'),
      });
      expect(spawnSync('ls', { cwd: folder, encoding: 'utf8' }).stdout).not.toContain('owned');
    });
  });
});
