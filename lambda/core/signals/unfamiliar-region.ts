import { subjectLabel } from '../actor.ts';
import { subjectScope } from '../facts.ts';
import { established, listed, SENSITIVE, type Signal } from './signal.ts';

/** Miners pick Regions that nobody watches; people and pipelines keep to theirs. */
export const unfamiliarRegion: Signal = {
  id: 'unfamiliar-region',
  family: 'place',
  description: 'A Region that this subject has not used before',
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    if (!established(memory, policy)) return undefined;
    const scope = subjectScope(activity);
    const familiarity = memory.familiarity(scope, 'region', activity.region);
    if (familiarity !== 'new' && familiarity !== 'suspect') return undefined;
    const known = memory.known(scope, 'region');
    if (known.length === 0) return undefined;
    return {
      strength: 1,
      novelty: true,
      reason: `${activity.region} is new to ${subjectLabel(activity.actor)}, who uses ${listed(known)}`,
    };
  },
};
