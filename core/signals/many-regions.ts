import { subjectLabel } from '../activity/actor.ts';
import { subjectScope } from '../history/facts.ts';
import { LAUNCHES, listed, type Signal, span } from './signal.ts';

/**
 * One launch after another through the Regions, successful or not: a miner looking for quota. Where every launch worked it
 * may be a first rollout, and only its newness speaks.
 */
export const manyRegions: Signal = {
  id: 'many-regions',
  family: 'volume',
  description: 'Launches or attempts in many Regions within one window',
  appliesTo: LAUNCHES,

  evaluate(activity, memory, policy) {
    const launches = [...memory.recent.filter(({ kind }) => kind === 'instance.launch'), activity];
    const regions = [...new Set(launches.map(({ region }) => region))].sort();
    const strange = regions.filter(
      (region) => memory.familiarity(subjectScope(activity), 'region', region) !== 'familiar',
    );
    if (strange.length < policy.rateThreshold.regions) return undefined;
    return {
      strength: Math.min(1, 0.8 + 0.1 * (strange.length - policy.rateThreshold.regions)),
      reason: `${subjectLabel(activity.actor)} launched or tried to in ${regions.length} Regions within ${span(policy.timeWindow)}: ${listed(regions, 8)}`,
      ...(launches.every(({ outcome }) => outcome === 'succeeded') && { novelty: true }),
      refs: launches.slice(0, -1).map(({ id }) => id),
    };
  },
};
