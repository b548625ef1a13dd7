import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The packed file and where it is installed. */
export interface Installed {
  readonly file: string;
  /** The command as npm puts it on the path. */
  readonly command: string;
  /** The folder that npm makes of the package. */
  readonly folder: string;
  /** An environment with a home in which there is nothing, and npm kept from asking a registry. */
  readonly env: NodeJS.ProcessEnv;
}

/** Packs the checkout and installs the file as a user does who has no registry, in an empty home. */
export async function install(into: string): Promise<Installed> {
  const [home, prefix] = [join(into, 'home'), join(into, 'prefix')];
  await mkdir(home);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: home,
    npm_config_prefix: prefix,
    npm_config_offline: 'true',
    npm_config_omit: 'optional',
    npm_config_update_notifier: 'false',
  };
  await run(process.execPath, ['pack/main.ts'], { cwd: ROOT });
  await run('npm', ['pack', './dist', '--pack-destination', into], { cwd: ROOT, env });
  const [name = ''] = (await readdir(into)).filter((each) => each.endsWith('.tgz'));
  const file = join(into, name);
  await run('npm', ['install', '--global', file], { cwd: home, env });
  return {
    file,
    command: join(prefix, 'bin/launchtrail'),
    folder: join(prefix, 'lib/node_modules/launchtrail'),
    env,
  };
}

/** Node 22, which `.ci/run` fetches where it can. */
const NODE_22 = resolve(ROOT, process.env.LAUNCHTRAIL_NODE_22 ?? '.venv/node-22/node_modules/.bin/node');

/** Every Node that the package is tried on, by its version. */
export const NODES: readonly (readonly [version: string, path: string])[] = [
  process.execPath,
  ...(existsSync(NODE_22) ? [NODE_22] : []),
].map((path) => [spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim(), path]);

/** What the suite says in its name where Node 22 is not there. */
export const NODES_HINT = NODES.length > 1 ? '' : ' (Node 22 could not be fetched; not tried)';
