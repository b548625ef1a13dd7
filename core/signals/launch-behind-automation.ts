import { subjectLabel } from '../activity/actor.ts';
import {
  ACCELERATED,
  capacityOf,
  HOST_VCPUS,
  isAccelerated,
  isVeryLarge,
  VERY_LARGE,
} from '../activity/instance-types.ts';
import { subjectScope } from '../history/facts.ts';
import { count, LAUNCHES, listed, type Signal, span } from './signal.ts';

/** Whole hosts without an accelerator: one is of less use to a miner, many are of as much. */
const LARGE_ONLY = 0.6;
const PER_DOUBLING = 0.1;

/**
 * A service launches what someone told it to: whoever changed the group, template, fleet, stack or node group within the
 * window before is behind it, and the change and the launch are one story. Only for what a miner wants and the service
 * does not usually launch; ordinary scaling, and a change long settled, is silent.
 */
export const launchBehindAutomation: Signal = {
  id: 'launch-behind-automation',
  family: 'thing',
  description:
    'A service launches accelerated or very large instances soon after someone changed what it launches',
  appliesTo: LAUNCHES,

  evaluate(activity, memory, policy) {
    const { launch, actor } = activity;
    if (launch === undefined || actor.class !== 'service') return undefined;
    const change = memory.lineage.changes.findLast(({ at }) => activity.at - at <= policy.timeWindow);
    if (change === undefined) return undefined;
    const accelerated = launch.types.some(isAccelerated);
    if (!accelerated && !launch.types.some(isVeryLarge)) return undefined;
    const habit = accelerated ? ACCELERATED : VERY_LARGE;
    if (memory.familiarity(subjectScope(activity), 'family', habit) === 'familiar') return undefined;
    return {
      strength: accelerated
        ? 1
        : Math.min(1, LARGE_ONLY + PER_DOUBLING * Math.log2(Math.max(1, capacityOf(launch) / HOST_VCPUS))),
      reason: `${actor.label} started ${count(launch.count, 'instance')} of ${listed(launch.types)} ${span(activity.at - change.at)} after ${subjectLabel(change.actor)} called ${change.action}`,
      lineage: true,
      refs: [change.id],
    };
  },
};
