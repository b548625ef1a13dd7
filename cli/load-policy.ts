import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { policyOf } from '../app/policy-in-force.ts';
import type { PolicyVersion, Settings } from '../app/settings.ts';
import { canonicalPolicy } from '../core/policy/canonical.ts';
import { defaultPolicy, type Policy } from '../core/policy/policy.ts';
import { reasonOf } from './input/damage.ts';
import { BESIDE } from './replay/arguments.ts';

export type ChosenPolicy =
  | {
      readonly ok: true;
      readonly policy: Policy;
      /** Which one it is, in words. */
      readonly from: string;
      /** The file as it is written; absent where it is none. */
      readonly text?: string;
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
    return { ok: true, policy: identified(defaultPolicy), from: 'built-in defaults' };
  try {
    const text = await readFile(file, 'utf8');
    // only who names a file waits for the YAML parser to load
    const loaded = (await import('./parse-policy.ts')).parsePolicy(file, text);
    if (!loaded.ok) return loaded;
    const policy = identified(loaded.policy, text);
    return { ok: true, policy, text, from: beside ? `${file}, found in this folder` : file };
  } catch (error) {
    return { ok: false, problems: [`${file}: ${reasonOf(error)}`] };
  }
}

/**
 * The policy to judge by where findings come from a state file or a deployment: the file that is named, else the one that was pushed
 * there, else the file beside us or the defaults.
 */
export async function loadPolicyOf(
  path: string | undefined,
  { settings }: { readonly settings?: Settings },
): Promise<ChosenPolicy> {
  const pointer = path === undefined ? await settings?.pointer() : undefined;
  if (settings === undefined || pointer === undefined) return loadPolicy(path);
  const read = policyOf(await settings.version(pointer.version), pointer, {
    defaults: defaultPolicy,
    sha256,
  });
  if (!read.ok)
    return { ok: false, problems: [`policy: ${read.reason}; push it anew, or name a file with --policy`] };
  return { ok: true, policy: read.policy, from: `version ${pointer.version}, which was pushed` };
}

/** The first line of a pulled file: which version it is. */
const HEADER = /^# launchtrail policy version (\d{1,9}), sha256 ([0-9a-f]{64})\r?\n/;

/** The text of a version as a file that says which one it is. */
export const withHeader = ({ version, sha256, text }: PolicyVersion): string =>
  `# launchtrail policy version ${version}, sha256 ${sha256}\n${text}`;

/** The version that a pulled file was based on, and the file without the line that says so. */
export function withoutHeader(text: string): { readonly base?: number; readonly text: string } {
  const [line = '', version] = HEADER.exec(text) ?? [];
  return { ...(version !== undefined && { base: Number(version) }), text: text.slice(line.length) };
}

/**
 * A policy with its hash, by which findings name it.
 *
 * @param text the file that it was read from: one that was pulled and not changed says which version it is
 */
export function identified(policy: Policy, text = ''): Policy {
  const own = sha256(canonicalPolicy(policy));
  const [, version, pulled] = HEADER.exec(text) ?? [];
  return { ...policy, identity: { sha256: own, ...(pulled === own && { version: Number(version) }) } };
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
