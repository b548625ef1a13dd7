import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The part of a CloudFormation resource that the tests look at. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** What `cdk synth` made: the template and the folder with the bundles. */
export interface Synthesised {
  readonly template: Template;
  readonly folder: string;
  remove(): void;
}

/** Runs the real `cdk synth`, with all its checks, into a folder of its own. */
export function synth(context: Readonly<Record<string, string>>): Synthesised {
  const folder = mkdtempSync(join(tmpdir(), 'launchtrail-synth-'));
  const choices = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  try {
    execFileSync(join('node_modules', '.bin', 'cdk'), ['synth', '--quiet', '--output', folder, ...choices], {
      stdio: 'pipe',
    });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const template: Template = JSON.parse(readFileSync(join(folder, 'Launchtrail.template.json'), 'utf8'));
  return { template, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
