import type { Attack } from './attack.ts';
import { gpuMiner } from './gpu-miner.ts';
import { outsideShare, publicShare } from './shares.ts';
import { snapshotHeist } from './snapshot-heist.ts';
import { freshUser, rootLaunch, stolenInstanceCredentials } from './stolen-identities.ts';

/** Every attack the generator can play. */
export const ATTACKS = {
  'gpu-miner': gpuMiner,
  'snapshot-heist': snapshotHeist,
  'public-share': publicShare,
  'outside-share': outsideShare,
  'fresh-user': freshUser,
  'stolen-instance-credentials': stolenInstanceCredentials,
  'root-launch': rootLaunch,
} as const satisfies Readonly<Record<string, Attack>>;

export type AttackName = keyof typeof ATTACKS;

export const ATTACK_NAMES = Object.keys(ATTACKS) as readonly AttackName[];

export const isAttackName = (name: string): name is AttackName => Object.hasOwn(ATTACKS, name);
