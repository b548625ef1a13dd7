import type { Decision } from '../../core/findings/decision.ts';
import { openSource } from '../explain/source.ts';
import { reasonOf } from '../input/damage.ts';
import { type ChosenPolicy, loadPolicyOf } from '../load-policy.ts';
import { awsTrouble } from '../redrive/stack.ts';
import { decisionsIn, decisionsInFile } from '../triage/decisions.ts';

/** Where decisions are: a file that `findings export` wrote, a state file, or a deployment. */
export interface DecisionSource {
  readonly decisions?: string;
  readonly state?: string;
  readonly stack?: string;
  readonly region?: string;
}

export type Decided =
  | { readonly ok: true; readonly decisions: readonly Decision[]; readonly chosen: ChosenPolicy }
  /** One line for each thing that is wrong. */
  | { readonly ok: false; readonly problems: readonly string[] };

const no = (...problems: readonly string[]): Decided => ({ ok: false, problems });

/**
 * Decisions of people, and the policy to tune: the file that is named, else the one that was pushed where the decisions are, else the file
 * beside us or the defaults.
 */
export async function decidedIn(source: DecisionSource, policy: string | undefined): Promise<Decided> {
  const { decisions: file, state, stack } = source;
  if ([file, state, stack].filter((each) => each !== undefined).length !== 1)
    return no('name one place with decisions: --decisions FILE, --state FILE or --stack NAME');
  if (file !== undefined) {
    const read = await decisionsInFile(file);
    return read.ok ? { ...read, chosen: await loadPolicyOf(policy, {}) } : read;
  }
  const stores = await openSource(source);
  if (typeof stores === 'string') return no(stores);
  try {
    const decisions = stores.decisions === undefined ? [] : await decisionsIn(stores.decisions);
    const name = stack === undefined ? `state file ${state}` : `stack ${stack}`;
    return decisions.length === 0
      ? no(`${name}: nothing was decided yet; launchtrail findings close says what a finding was`)
      : { ok: true, decisions, chosen: await loadPolicyOf(policy, stores) };
  } catch (error) {
    return no(stack === undefined ? reasonOf(error) : awsTrouble(error, stack));
  } finally {
    stores.close();
  }
}
