import type { Activity } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { subjectScope } from '../history/facts.ts';
import { CHANGES, LAUNCHES, listed, type Signal, span } from './signal.ts';

/** Whether an activity starts machines, or makes a service start some. */
const starts = ({ kind, plan }: Activity): boolean =>
  kind === 'instance.launch' || (plan !== undefined && plan.count > 0);

/**
 * One launch after another through the Regions, successful or not: a miner looking for quota. Where every launch worked it
 * may be a first rollout, and only its newness speaks. What services launch is asked of whoever has them launch.
 */
export const manyRegions: Signal = {
  id: 'many-regions',
  family: 'volume',
  description: 'Launches or attempts in many Regions within one window',
  appliesTo: [...LAUNCHES, ...CHANGES],

  evaluate(activity, memory, policy) {
    if (activity.actor.class === 'service' || !starts(activity)) return undefined;
    const launches = [...memory.recent.filter(starts), activity];
    const regions = [...new Set(launches.map(({ region }) => region))].sort();
    const strange = regions.filter(
      (region) => memory.familiarity(subjectScope(activity), 'region', region) !== 'familiar',
    );
    if (strange.length < policy.rateThreshold.regions) return undefined;
    const did = launches.every(({ kind }) => kind === 'instance.launch')
      ? 'launched or tried to launch'
      : 'launched, tried to launch or had services launch';
    return {
      strength: Math.min(1, 0.8 + 0.1 * (strange.length - policy.rateThreshold.regions)),
      reason: `${subjectLabel(activity.actor)} ${did} in ${regions.length} Regions within ${span(policy.timeWindow)}: ${listed(regions, 8)}`,
      ...(launches.every(({ outcome }) => outcome === 'succeeded') && { novelty: true }),
      refs: launches.slice(0, -1).map(({ id }) => id),
    };
  },
};
