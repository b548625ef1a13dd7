import { linked } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { PROTECT } from '../history/circles.ts';
import { subjectScope } from '../history/facts.ts';
import { count, type Signal, span } from './signal.ts';

/** One server is protected because it matters; from this many new ones on it is done to make removing them slow. */
const SEVERAL = 3;
/** Strength there, and for each further one; a dozen counts in full. */
const AT_LEAST = 0.4;
const EACH_MORE = 0.075;
/** Part left of whoever protects instances as a habit, as deployments of servers do. */
const HABITUAL = 0.2;

/**
 * Many instances that a subject has just launched are given termination protection: miners do it, so that whoever finds them has
 * to take it off one by one (T1496.001).
 */
export const newInstancesProtected: Signal = {
  id: 'new-instances-protected',
  family: 'cover',
  description: 'Several new instances given termination protection by whoever launched them',
  appliesTo: ['instance.modify'],

  evaluate(activity, memory, policy) {
    if (activity.outcome !== 'succeeded' || activity.posture?.protected !== true) return undefined;
    const own = new Set(
      memory.recent
        .filter(({ kind, outcome }) => kind === 'instance.launch' && outcome === 'succeeded')
        .flatMap((launch) => linked(launch, 'instance', 'made')),
    );
    const protects = [...memory.recent, activity].filter(
      (each) =>
        each.posture?.protected === true &&
        each.outcome === 'succeeded' &&
        linked(each, 'instance').some((id) => own.has(id)),
    );
    const instances = new Set(protects.flatMap((each) => linked(each, 'instance'))).size;
    if (instances < SEVERAL || !protects.includes(activity)) return undefined;
    const habit = memory.familiarity(subjectScope(activity), 'kind', PROTECT) === 'familiar' ? HABITUAL : 1;
    const launches = memory.recent.filter((launch) =>
      linked(launch, 'instance', 'made').some((id) => linked(activity, 'instance').includes(id)),
    );
    return {
      strength: habit * Math.min(1, AT_LEAST + EACH_MORE * (instances - SEVERAL)),
      reason: `${subjectLabel(activity.actor)} put termination protection on ${count(instances, 'instance')} launched by them within ${span(policy.timeWindow)}`,
      refs: [...launches, ...protects.filter((each) => each !== activity)].map(({ id }) => id),
    };
  },
};
