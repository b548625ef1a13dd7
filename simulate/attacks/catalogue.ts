import type { Attack } from './attack.ts';
import { gpuMiner } from './gpu-miner.ts';
import * as heists from './heists.ts';
import * as longHeists from './long-heists.ts';
import * as miners from './miners.ts';
import * as oddLaunches from './odd-launches.ts';
import * as shares from './shares.ts';
import { snapshotHeist } from './snapshot-heist.ts';
import {
  freshUser,
  rootLaunch,
  slowInstanceCredentials,
  stolenInstanceCredentials,
} from './stolen-identities.ts';
import * as takeovers from './takeovers.ts';

/** Every attack the generator can play. */
export const ATTACKS = {
  'gpu-miner': gpuMiner,
  'snapshot-heist': snapshotHeist,
  'public-share': shares.publicShare,
  'outside-share': shares.outsideShare,
  'fresh-user': freshUser,
  'stolen-instance-credentials': stolenInstanceCredentials,
  'root-launch': rootLaunch,
  'image-heist': heists.imageHeist,
  'image-copy-heist': heists.imageCopyHeist,
  'cross-region-heist': heists.crossRegionHeist,
  'template-heist': heists.templateHeist,
  'root-replacement-heist': heists.rootReplacementHeist,
  'volume-copy-heist': heists.volumeCopyHeist,
  'direct-blocks-heist': heists.directBlocksHeist,
  'old-snapshot-heist': heists.oldSnapshotHeist,
  'slow-heist': longHeists.slowHeist,
  'two-principal-heist': longHeists.twoPrincipalHeist,
  'careful-heist': longHeists.carefulHeist,
  'covered-heist': longHeists.coveredHeist,
  'across-accounts-heist': longHeists.acrossAccountsHeist,
  'snapshot-harvest': longHeists.snapshotHarvest,
  'public-image': shares.publicImage,
  'slow-share': shares.slowShare,
  'bucket-export': shares.bucketExport,
  'database-share': shares.databaseShare,
  'slow-miner': miners.slowMiner,
  'auto-scaling-miner': miners.autoScalingMiner,
  'spot-fleet-miner': miners.spotFleetMiner,
  'scattered-miner': miners.scatteredMiner,
  'refused-sweep': miners.refusedSweep,
  'quota-sweep': miners.quotaSweep,
  'pipeline-miner': miners.pipelineMiner,
  'lightsail-miner': miners.lightsailMiner,
  'launch-burst': miners.launchBurst,
  'leaked-key': takeovers.leakedKey,
  'console-takeover': takeovers.consoleTakeover,
  'vendor-role': takeovers.vendorRole,
  'new-key-old-user': takeovers.newKeyOldUser,
  'backdoor-role': takeovers.backdoorRole,
  'admin-profile': oddLaunches.adminProfile,
  'foreign-image': oddLaunches.foreignImage,
  'region-opened': oddLaunches.regionOpened,
  'opened-launch': oddLaunches.openedLaunch,
  'slow-instance-credentials': slowInstanceCredentials,
  'smash-and-grab': oddLaunches.smashAndGrab,
} as const satisfies Readonly<Record<string, Attack>>;

export type AttackName = keyof typeof ATTACKS;

export const ATTACK_NAMES = Object.keys(ATTACKS) as readonly AttackName[];

export const isAttackName = (name: string): name is AttackName => Object.hasOwn(ATTACKS, name);
