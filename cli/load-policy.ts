import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { defaultPolicy, type Policy } from '../core/policy/policy.ts';
import { reasonOf } from './input/damage.ts';
import { BESIDE } from './replay/arguments.ts';

export type ChosenPolicy =
  | {
      readonly ok: true;
      readonly policy: Policy;
      /** Which one it is, in words. */
      readonly from: string;
    }
  /** One line per problem: `file:line:column: where: what`. */
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads a policy file and says of every problem where in the file it is.
 *
 * @param path a file; `none` for the defaults; absent for the file beside us, or the defaults
 */
export async function loadPolicy(path: string | undefined): Promise<ChosenPolicy> {
  const beside = path === undefined && existsSync(BESIDE);
  const file = beside ? BESIDE : path;
  if (file === undefined || file === 'none')
    return { ok: true, policy: defaultPolicy, from: 'built-in defaults' };
  try {
    const text = await readFile(file, 'utf8');
    // only who names a file waits for the YAML parser to load
    const loaded = (await import('./parse-policy.ts')).parsePolicy(file, text);
    return loaded.ok ? { ...loaded, from: beside ? `${file}, found in this folder` : file } : loaded;
  } catch (error) {
    return { ok: false, problems: [`${file}: ${reasonOf(error)}`] };
  }
}
