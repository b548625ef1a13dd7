import type { AccountState } from '../account-state.ts';
import { type Estate, HOUR, type Purpose } from '../estate.ts';
import type { Daily, Routine } from '../routine.ts';
import { autoScaling } from './auto-scaling.ts';
import { backup, lifecycle, selfSnapshots } from './backup.ts';
import { karpenter } from './karpenter.ts';
import { imagePipeline, nightlyKey, terraform } from './pipelines.ts';
import { newRegion } from './rollout.ts';

type Make = (estate: Estate, state: AccountState) => Routine;

/** What goes on in an account by itself: a name, the hour its day begins, and the purposes of accounts that have it. */
const ROUTINES: readonly (readonly [string, number, readonly Purpose[], Make])[] = [
  ['auto-scaling', 0, ['production', 'development'], autoScaling],
  ['karpenter', 0, ['production'], karpenter],
  ['lifecycle', 1, ['production'], lifecycle],
  ['self-snapshots', 2, ['production'], selfSnapshots],
  ['backup', 3, ['production', 'data'], backup],
  ['packer', 4, ['tooling'], imagePipeline],
  ['nightly-key', 5, ['development'], nightlyKey],
  ['terraform', 8, ['production', 'development'], terraform],
  ['new-region', 9, ['production'], newRegion],
];

export const routinesOf = (estate: Estate, state: AccountState): Daily[] =>
  ROUTINES.filter(([, , purposes]) =>
    purposes.some((purpose) => state.account.purposes.includes(purpose)),
  ).map(([name, hour, , make]) => ({ name, from: hour * HOUR, begin: () => make(estate, state) }));
