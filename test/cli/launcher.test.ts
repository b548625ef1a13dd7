import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { withFolder } from './desk.ts';

const LAUNCHER = resolve(import.meta.dirname, '../../cli/launchtrail.cjs');

/** Runs the launcher as if this Node were another. */
async function runAs(version: string, launcher: string, folder: string) {
  const other = join(folder, 'other.cjs');
  await writeFile(
    other,
    `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });
     Object.defineProperty(process, 'version', { value: 'v${version}' });`,
  );
  return spawnSync(process.execPath, ['--require', other, launcher, '--version'], { encoding: 'utf8' });
}

describe('the launcher', () => {
  it('is written so that any Node can read it', async () => {
    const source = await readFile(LAUNCHER, 'utf8');
    await expect(transform(source, { target: 'es5' })).resolves.toBeDefined();
    await expect(transform('const x = 1;', { target: 'es5', logLevel: 'silent' })).rejects.toThrow();
  });

  it('starts the program', async () => {
    const ran = spawnSync(process.execPath, [LAUNCHER, '--version'], { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it.each(['0.12.18', '8.17.0', '20.20.2', '22.21.0'])(
    'says in a checkout on Node %s that it needs 24',
    async (version) => {
      await withFolder(async (folder) => {
        const { status, stdout, stderr } = await runAs(version, LAUNCHER, folder);
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
        expect(stderr).toMatch(
          /^launchtrail: it needs Node 24\.0 or newer and runs on v[\d.]+; .*`npm ci`.*\n$/,
        );
      });
    },
  );

  it.each([
    ['20.20.2', 1],
    ['22.15.1', 1],
    ['22.16.0', 0],
    ['26.0.0', 0],
  ])('asks in a package, here for %s, for Node 22.16', async (version, status) => {
    await withFolder(async (folder) => {
      for (const name of ['launchtrail.cjs', 'start.cjs'])
        await cp(resolve(LAUNCHER, '..', name), join(folder, name));
      await writeFile(join(folder, 'main.mjs'), '');
      const ran = await runAs(version, join(folder, 'launchtrail.cjs'), folder);
      const sentence = `launchtrail: it needs Node 22.16 or newer and runs on v${version}; install a newer Node\n`;
      expect(ran).toMatchObject({ status, stderr: status === 0 ? '' : sentence });
    });
  });

  it('says in a checkout without modules what to run', async () => {
    await withFolder(async (folder) => {
      await mkdir(join(folder, 'cli'));
      for (const name of ['launchtrail.cjs', 'start.cjs'])
        await cp(resolve(LAUNCHER, '..', name), join(folder, 'cli', name));
      await writeFile(join(folder, 'cli/main.ts'), "import 'commander';");
      const ran = spawnSync(process.execPath, [join(folder, 'cli/launchtrail.cjs')], { encoding: 'utf8' });
      expect(ran).toMatchObject({
        status: 1,
        stderr: 'launchtrail: its modules are not installed; run `npm ci` first\n',
      });
    });
  });
});
