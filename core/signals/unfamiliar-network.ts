import { subjectLabel } from '../activity/actor.ts';
import { awayFromPlace, networkNovelty } from './network-novelty.ts';
import { SENSITIVE, type Signal } from './signal.ts';

/** Someone acts from where they never did. Long-lived keys, and credentials taken away from their place, have signals of their own. */
export const unfamiliarNetwork: Signal = {
  id: 'unfamiliar-network',
  family: 'place',
  description: 'A call from a network that is new to this subject',
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    const { actor } = activity;
    if (actor.credential === 'long-lived' || actor.instance !== undefined) return undefined;
    const novelty = networkNovelty(activity, memory, policy);
    if (novelty === undefined || awayFromPlace(activity, memory, policy) !== undefined) return undefined;
    return {
      strength: novelty.strength,
      novelty: true,
      reason: `${subjectLabel(actor)} called from elsewhere: ${novelty.words}`,
    };
  },
};
