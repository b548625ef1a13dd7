import type { Activity } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { capacityOf, typeName } from '../activity/instance-types.ts';
import { subjectScope } from '../history/facts.ts';
import { windowTotal } from '../history/peaks.ts';
import { isByService } from '../lineage/automation.ts';
import { capacityInTeam } from './circle.ts';
import { accountKnown, LAUNCHES, listed, type Signal, span, WORTH_NOTING } from './signal.ts';

/** Strength at what is worth noting; it grows with every doubling, so that a whole host counts in full. */
const AT_LEAST = 0.55;
const PER_DOUBLING = 0.25;

/**
 * The same of a program, whose first work is as large as its work. It counts all the same: whoever assumes a role may name the session
 * like a program's.
 */
const PROGRAM_WORTH_NOTING = 8 * WORTH_NOTING;

/** Who has never launched begins with something small; an intruder wants what the account can give. */
export const largeFirstLaunch: Signal = {
  id: 'large-first-launch',
  family: 'volume',
  description: 'More capacity than a newcomer needs, asked for by someone who has not launched before',
  appliesTo: LAUNCHES,

  evaluate(activity, memory, policy) {
    const { class: sort } = activity.actor;
    if (sort === 'service') return undefined;
    const worth = sort === 'automation' || sort === 'workload' ? PROGRAM_WORTH_NOTING : WORTH_NOTING;
    if (isByService(activity) || !accountKnown(activity, memory, policy)) return undefined;
    const habit = memory.familiarity(subjectScope(activity), 'kind', 'instance.launch');
    if (habit !== 'new' && habit !== 'suspect') return undefined;
    const vcpus = windowTotal(asked, activity, memory.recent);
    if (asked(activity) === 0 || vcpus < worth) return undefined;
    const all = [...memory.recent.filter((each) => asked(each) > 0), activity];
    const types = [...new Set(all.flatMap(({ launch }) => launch?.types ?? []))];
    // colleagues behind the same permission set ask for as much
    const team = capacityInTeam(activity, vcpus, memory, policy);
    return {
      strength: team.part * Math.min(1, AT_LEAST + PER_DOUBLING * Math.log2(vcpus / worth)),
      novelty: true,
      reason: `${subjectLabel(activity.actor)} asked for some ${vcpus} vCPUs within ${span(policy.timeWindow)} (${listed(types.map(typeName))}) and is not known to launch or ask for so many${team.words}`,
      refs: memory.recent.filter((earlier) => asked(earlier) > 0).map(({ id }) => id),
    };
  },
};

/** vCPUs of a launch that worked, or that only a quota or a shortage stopped. */
const asked = ({ outcome, launch }: Activity): number =>
  launch !== undefined && (outcome === 'succeeded' || outcome === 'limited') ? capacityOf(launch) : 0;
