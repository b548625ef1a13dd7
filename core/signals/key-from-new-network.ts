import type { Kind } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { networkNovelty } from './network-novelty.ts';
import { SENSITIVE, type Signal } from './signal.ts';

/**
 * What a thief does first. Judged, too, so that it belongs to the finding that it leads to: otherwise the thief's network
 * would be learnt from it.
 */
const PREPARATIONS: readonly Kind[] = [
  'key-pair.create',
  'ingress.open',
  'guardrail.disable',
  'region.enable',
  'quota.request',
];

/** A long-lived key works from anywhere once it has leaked, and machines that hold one seldom move. */
export const keyFromNewNetwork: Signal = {
  id: 'key-from-new-network',
  family: 'place',
  description: 'A long-lived access key used from a network it was not used from before',
  appliesTo: [...SENSITIVE, ...PREPARATIONS],

  evaluate(activity, memory, policy) {
    if (activity.actor.credential !== 'long-lived') return undefined;
    const novelty = networkNovelty(activity, memory, policy);
    if (novelty === undefined) return undefined;
    return {
      strength: novelty.strength,
      novelty: true,
      reason: `Long-lived key of ${subjectLabel(activity.actor)}: ${novelty.words}`,
    };
  },
};
