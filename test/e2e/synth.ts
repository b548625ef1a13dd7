import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The part of a CloudFormation resource that the tests look at. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** What `cdk synth` made: the template and the folder with the bundles. */
export interface Synthesised {
  readonly template: Template;
  /** The template of the member stacks, where there is an organisation. */
  readonly member?: Template;
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
  const read = (stack: string): Template =>
    JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8'));
  return {
    template: read('Launchtrail'),
    ...(context.organisation !== undefined && { member: read('LaunchtrailMember') }),
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
