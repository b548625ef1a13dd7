import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const BIOME = resolve('node_modules/.bin/biome');

/** Imports that would turn an arrow round, by the file that makes them. */
const FORBIDDEN: readonly [file: string, from: string][] = [
  ['core/activity/reads-a-file.ts', 'node:fs'],
  ['core/findings/calls-aws.ts', '@aws-sdk/client-dynamodb'],
  ['core/activity/uses-history.ts', '../history/facts.ts'],
  ['core/lineage/uses-a-signal.ts', '../signals/index.ts'],
  ['core/signals/uses-findings.ts', '../findings/assess.ts'],
  ['core/signals/uses-a-port.ts', '../../app/ports.ts'],
  ['core/signals/uses-an-adapter.ts', '../../adapters/sqlite/stores.ts'],
  ['tell/uses-a-port.ts', '../app/ports.ts'],
  ['app/calls-aws.ts', '@aws-sdk/client-sns'],
  ['app/uses-an-adapter.ts', '../adapters/sns/publisher.ts'],
  ['adapters/sns/uses-a-function.ts', '../../lambda/detect.ts'],
  ['lambda/uses-the-desk.ts', '../cli/main.ts'],
  ['cli/uses-a-function.ts', '../lambda/detect.ts'],
  ['lib/uses-an-adapter.ts', '../adapters/sns/publisher.ts'],
  ['simulate/uses-an-adapter.ts', '../adapters/sns/publisher.ts'],
];

const ALLOWED: readonly [file: string, from: string][] = [
  ['core/definition.ts', './findings/assess.ts'],
  ['core/findings/uses-a-signal.ts', '../signals/index.ts'],
  ['core/signals/uses-the-policy.ts', '../policy/policy.ts'],
  ['tell/uses-core.ts', '../core/findings/finding.ts'],
  ['app/uses-core.ts', '../core/policy/policy.ts'],
  ['adapters/sns/uses-a-port.ts', '../../app/ports.ts'],
  ['lambda/uses-an-adapter.ts', '../adapters/sns/publisher.ts'],
  ['cli/uses-an-adapter.ts', '../adapters/sns/publisher.ts'],
  ['lib/uses-the-policy.ts', '../core/policy/policy.ts'],
];

/** The part of Biome's report that is looked at. */
interface Report {
  readonly diagnostics: readonly {
    readonly category: string;
    readonly location: { readonly path: string };
  }[];
}

describe('the rules about who may import whom', () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchtrail-imports-'));
  let rejected: string[] = [];

  beforeAll(() => {
    copyFileSync('biome.json', join(folder, 'biome.json'));
    for (const [file, from] of [...FORBIDDEN, ...ALLOWED]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `import { x } from '${from}';\n\nexport const y = x;\n`);
    }
    const { stdout } = spawnSync(BIOME, ['lint', '--vcs-enabled=false', '--reporter=json', '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const { diagnostics }: Report = JSON.parse(stdout);
    rejected = diagnostics
      .filter(({ category }) => category === 'lint/style/noRestrictedImports')
      .map(({ location }) => location.path);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(FORBIDDEN)('%s may not import %s', (file) => {
    expect(rejected).toContain(file);
  });

  it.each(ALLOWED)('%s may import %s', (file) => {
    expect(rejected).not.toContain(file);
  });
});
