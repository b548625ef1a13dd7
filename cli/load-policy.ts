import { readFile } from 'node:fs/promises';
import { defaultPolicy } from '../core/policy/policy.ts';
import { reasonOf } from './input/damage.ts';
import type { LoadedPolicy } from './parse-policy.ts';

/** Reads `policy.yaml` and says of every problem where in the file it is; without a path, the defaults. */
export async function loadPolicy(path: string | undefined): Promise<LoadedPolicy> {
  if (path === undefined) return { ok: true, policy: defaultPolicy };
  try {
    const text = await readFile(path, 'utf8');
    // only who names a file waits for the YAML parser to load
    return (await import('./parse-policy.ts')).parsePolicy(path, text);
  } catch (error) {
    return { ok: false, problems: [`${path}: ${reasonOf(error)}`] };
  }
}
