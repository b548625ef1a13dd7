import { type Completed, completedPolicy } from '../core/policy/completed.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { PolicyPointer, PolicyVersion, Settings } from './settings.ts';

export interface PolicyInForceDeps {
  readonly settings: Settings;
  /** What is judged by until a policy is pushed. */
  readonly bundled: Policy;
  /** What a key gets that the version that pushed did not know. */
  readonly defaults: Policy;
  readonly sha256: (text: string) => string;
  /** Time, ms. */
  readonly now: () => number;
  /** Is told why a policy that was pushed is not the one that is judged by. */
  readonly onRejected: (reason: string) => void;
}

/** How old a look may be, ms: with the quarter of a minute that a batch may take, a policy judges within a minute. */
export const LOOK_EVERY_MS = 45_000;
/** How soon it is looked again after a look that gave no policy, ms. */
const AGAIN_MS = 5_000;

/**
 * Gives the policy to judge by. It looks when the last look is too old, and costs nothing in between. The call itself is the look: begun
 * beside a first write it takes no time of its own.
 *
 * What cannot be read, is not what was pushed, or is gone leaves the one before in its place, which `onRejected` hears.
 */
export function policyInForce(deps: PolicyInForceDeps): () => Promise<Policy> {
  let policy = deps.bundled;
  let nextLook = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<Policy> => {
    const began = deps.now();
    nextLook = began + LOOK_EVERY_MS;
    try {
      policy = await lookedUp(deps, policy);
    } catch (error) {
      nextLook = began + AGAIN_MS;
      deps.onRejected(error instanceof Error ? error.message : String(error));
    }
    return policy;
  };
  let looking: Promise<Policy> | undefined;
  return () => {
    if (looking === undefined && deps.now() < nextLook) return Promise.resolve(policy);
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
}

async function lookedUp(deps: PolicyInForceDeps, known: Policy): Promise<Policy> {
  const pointer = await deps.settings.pointer();
  if (pointer === undefined) {
    const { version } = known.identity ?? {};
    if (version !== undefined) throw new Error(`version ${version} was in force and nothing is any more`);
    return known;
  }
  const isKnown = pointer.version === known.identity?.version && pointer.sha256 === known.identity.sha256;
  if (isKnown) return known;
  const read = policyOf(await deps.settings.version(pointer.version), pointer, deps);
  if (!read.ok) throw new Error(read.reason);
  return read.policy;
}

/** The policy of a version that a pointer names, or why it is not the one that was pushed. */
export function policyOf(
  stored: PolicyVersion | undefined,
  { version, sha256 }: PolicyPointer,
  deps: Pick<PolicyInForceDeps, 'defaults' | 'sha256'>,
): Completed {
  const no = (why: string): Completed => ({ ok: false, reason: `version ${version} ${why}` });
  if (stored === undefined) return no('is in force and is not there');
  if (deps.sha256(stored.json) !== sha256) return no('is not what was pushed: its hash is another');
  let content: unknown;
  try {
    content = JSON.parse(stored.json);
  } catch {
    return no('is no policy: it is not JSON');
  }
  const read = completedPolicy(content, deps.defaults);
  if (!read.ok) return no(`is no policy: ${read.reason}`);
  return { ok: true, policy: { ...read.policy, identity: { version, sha256 } } };
}
