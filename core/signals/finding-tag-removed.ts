import { subjectLabel } from '../activity/actor.ts';
import { listed, type Signal } from './signal.ts';

/** Launchtrail's own tag taken off: nobody but it sets the tag, and whoever removes it has seen it. */
export const findingTagRemoved: Signal = {
  id: 'finding-tag-removed',
  family: 'cover',
  description: "Launchtrail's own tag removed from a resource",
  appliesTo: ['tag.delete'],

  evaluate({ actor, links, outcome }) {
    if (outcome !== 'succeeded') return undefined;
    return {
      strength: 1,
      reason: `${subjectLabel(actor)} removed Launchtrail's tag from ${listed(links.map(({ id }) => id))}`,
    };
  },
};
