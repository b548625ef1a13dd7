import { subjectLabel } from '../activity/actor.ts';
import { kindsThat } from '../activity/kinds.ts';
import { networkNovelty } from './network-novelty.ts';
import { SENSITIVE, type Signal } from './signal.ts';

/** A long-lived key works from anywhere once it has leaked, and machines that hold one seldom move. */
export const keyFromNewNetwork: Signal = {
  id: 'key-from-new-network',
  family: 'place',
  description: 'A long-lived access key used from a network it was not used from before',
  // what a thief does first is judged, too, so that it belongs to the finding that it leads to: otherwise the thief's network
  // would be learnt from it
  appliesTo: [...SENSITIVE, ...kindsThat('prepare')],

  evaluate(activity, memory, policy) {
    if (activity.actor.credential !== 'long-lived') return undefined;
    const novelty = networkNovelty(activity, memory, policy);
    if (novelty === undefined) return undefined;
    return {
      strength: novelty.strength,
      novelty: true,
      reason: `The long-lived key of ${subjectLabel(activity.actor)} was used from elsewhere: ${novelty.words}`,
    };
  },
};
