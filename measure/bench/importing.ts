import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { defaultPolicy } from '../../core/policy/policy.ts';
import { ALIASES, BUNDLING, policiesFor } from '../../lib/constructs/bundled-function.ts';
import { median } from './statistics.ts';

/** What `detect` cannot do without: the least that its import can take. */
const BARE = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
export const client = DynamoDBDocumentClient.from(new DynamoDBClient());
`;

const ENV = {
  HISTORY_TABLE: 'history',
  FINDINGS_TABLE: 'findings',
  SETTINGS_TABLE: 'settings',
  AWS_REGION: 'eu-west-1',
};

async function bundle(entry: string, out: string): Promise<void> {
  const { target, mainFields, minify, banner, format } = BUNDLING;
  await build({
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    platform: 'node',
    format,
    target,
    mainFields: [...mainFields],
    minify,
    banner: { js: banner },
    alias: ALIASES,
    define: policiesFor(defaultPolicy),
    nodePaths: [join(import.meta.dirname, '../node_modules')],
  });
}

/** ms of processor time that a fresh process takes to import a module: other work on the machine does not lengthen it. */
function importTime(file: string): number {
  const code = `const before = process.cpuUsage(); await import(${JSON.stringify(file)});
    const { user, system } = process.cpuUsage(before); console.log((user + system) / 1000)`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { ...process.env, ...ENV },
  });
  return Number(out.trim().split('\n').at(-1));
}

/** Median ms to import the bundle of `detect`, and a bundle with the DynamoDB client alone, each in turn. */
export async function importTimes(tries: number): Promise<{ detect: number; bare: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'launchtrail-import-'));
  try {
    const [detect, bare, source] = ['detect.mjs', 'bare.mjs', 'bare.ts'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await writeFile(source, BARE);
    await bundle(join(import.meta.dirname, '../../lambda/detect.ts'), detect);
    await bundle(source, bare);
    const times = Array.from({ length: tries }, () => [importTime(detect), importTime(bare)] as const);
    return { detect: median(times.map(([time]) => time)), bare: median(times.map(([, time]) => time)) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
