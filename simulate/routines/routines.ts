import type { AccountState } from '../account-state.ts';
import { type Estate, HOUR, type Purpose } from '../estate.ts';
import type { Daily, Routine } from '../routine.ts';
import { autoScaling } from './auto-scaling.ts';
import { backup, lifecycle, selfSnapshots } from './backup.ts';
import { batch, emr, spotRunners } from './bursts.ts';
import { forensics } from './forensics.ts';
import { jenkins } from './jenkins.ts';
import { karpenter } from './karpenter.ts';
import { migration } from './migration.ts';
import { imagePipeline, nightlyKey, terraform } from './pipelines.ts';
import { recoveryDrill, vaultCopy } from './recovery.ts';
import { newRegion } from './rollout.ts';
import { vendor } from './vendor.ts';

type Make = (estate: Estate, state: AccountState) => Routine;

/** What goes on in an account by itself: a name, the hour its day begins, and the purposes of accounts that have it. */
const ROUTINES: readonly (readonly [string, number, readonly Purpose[], Make])[] = [
  ['auto-scaling', 0, ['production', 'development'], autoScaling],
  ['karpenter', 0, ['production'], karpenter],
  ['vendor', 0, ['production'], vendor],
  ['lifecycle', 1, ['production'], lifecycle],
  ['emr', 2, ['data'], emr],
  ['self-snapshots', 2, ['production'], selfSnapshots],
  ['backup', 3, ['production', 'data'], backup],
  ['packer', 4, ['tooling'], imagePipeline],
  ['batch', 5, ['data'], batch],
  ['spot-runners', 5, ['development'], spotRunners],
  ['nightly-key', 5, ['development'], nightlyKey],
  ['forensics', 6, ['production'], forensics],
  ['migration', 6, ['production'], migration],
  ['jenkins', 6, ['tooling'], jenkins],
  ['vault-copy', 6, ['production'], vaultCopy],
  ['terraform', 8, ['production', 'development'], terraform],
  ['new-region', 9, ['production'], newRegion],
  ['recovery-drill', 9, ['production'], recoveryDrill],
];

/** What happens once a fortnight or less: a short history has no time to get used to it. */
const RARE: ReadonlySet<string> = new Set(['forensics', 'migration', 'new-region', 'recovery-drill']);

export const routinesOf = (estate: Estate, state: AccountState, rare: boolean): Daily[] =>
  ROUTINES.filter(
    ([name, , purposes]) =>
      (rare || !RARE.has(name)) && purposes.some((purpose) => state.account.purposes.includes(purpose)),
  ).map(([name, hour, , make]) => ({ name, from: hour * HOUR, begin: () => make(estate, state) }));
