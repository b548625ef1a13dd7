import { stat } from 'node:fs/promises';
import { reasonOf } from '../input/damage.ts';
import { openState, openStores, type Stores } from '../replay/stores.ts';

/** Where findings are read from: a state file, a deployment, or nowhere yet. */
export interface Source {
  readonly state?: string;
  readonly stack?: string;
  readonly region?: string;
}

/** Opens what is there, for a mistyped name must not make an empty history. Gives the reason where it cannot. */
export async function openSource({ state, stack, region }: Source): Promise<Stores | string> {
  try {
    if (stack !== undefined) return await (await import('./deployed.ts')).openDeployed({ stack, region });
    if (state === undefined) return openStores(undefined);
    await stat(state);
    return openState(state);
  } catch (error) {
    return troubleOpening(state, error);
  }
}

/** Why a state file or a deployment cannot be opened, and what makes the file. */
export function troubleOpening(state: string | undefined, error: unknown): string {
  const reason = reasonOf(error);
  return state === undefined || reason.startsWith('state file')
    ? reason
    : `state file ${state}: ${reason}; launchtrail replay PATH --state ${state} makes one`;
}

/** What is said where neither or both are named; undefined where it is clear where findings are read from. */
export const unclear = ({ state, stack }: Source): string | undefined =>
  (state === undefined) === (stack === undefined)
    ? 'name the file of replay --state with --state, or a deployment with --stack'
    : undefined;
