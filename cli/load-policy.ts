import { readFile } from 'node:fs/promises';
import { defaultPolicy, type Policy } from '../lambda/core/policy.ts';
import { reasonOf } from './input/damage.ts';

export type LoadedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  /** One line per problem: `file:line:column: where: what`. */
  | { readonly ok: false; readonly problems: readonly string[] };

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
