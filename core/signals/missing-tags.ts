import { LAUNCHES, listed, type Signal } from './signal.ts';

/** MITRE's TaggingPolicy element: whoever belongs here knows the tags that every instance must carry. */
export const missingTags: Signal = {
  id: 'missing-tags',
  family: 'thing',
  description: 'A launch without the tags that the tagging policy asks for',
  appliesTo: LAUNCHES,

  evaluate({ launch, outcome, actor }, _memory, { taggingPolicy }) {
    if (launch === undefined || outcome !== 'succeeded' || actor.class === 'service') return undefined;
    const missing = taggingPolicy.required.filter((key) => !launch.tagKeys.includes(key));
    if (missing.length === 0) return undefined;
    return {
      strength: 1,
      reason: `Launched without the required ${missing.length === 1 ? 'tag' : 'tags'} ${listed(missing)}`,
    };
  },
};
