import type { Activity } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import {
  ACCELERATED,
  capacityOf,
  HOST_VCPUS,
  isAccelerated,
  isVeryLarge,
  sizeOf,
  typeName,
  VERY_LARGE,
} from '../activity/instance-types.ts';
import { ACCELERATED_HOSTS } from '../history/circles.ts';
import { accountScope, subjectScope } from '../history/facts.ts';
import { DEAR_COUNTS, typesPlanned, windowTotal } from '../history/peaks.ts';
import type { Policy } from '../policy/policy.ts';
import { ALONE, capacityInTeam, inTeam } from './circle.ts';
import type { Memory } from './memory.ts';
import { ABOVE_OWN, ownPeak } from './own-peak.ts';
import { CHANGES, count, LAUNCHES, listed, type Signal, span, wantedBy } from './signal.ts';

/** One or two small GPU instances could be a first experiment; a big one or several are what a miner asks for. */
const SMALL = 0.5;
/**
 * From this many instances within the window, or from this size (multiples of xlarge), it is no experiment. Counted over
 * the window, so that asking for one at a time buys nothing.
 */
const SEVERAL = 3;
const BIG = 8;
/**
 * Very large without an accelerator: one is costly, but of less use to a miner; with every doubling of the vCPUs asked for within
 * the window it counts more, and sixteen hosts count in full.
 */
const LARGE_ONLY = 0.45;
const PER_DOUBLING = 0.1375;
/** Several whole accelerated hosts by someone known for small ones only: one cheap instance must not buy the dear ones. */
const OUTGROWN = 0.7;
/** Part left of whole hosts where others behind the same permission set use accelerated instances, though smaller ones. */
const OF_THE_TRADE = 0.6;
/** Part left of a single small one that the caller had no right to, and of what was only tried or mistaken. */
const NOTHING_STARTED = 0.5;
/** Several of those that are one's habit, in a Region where nobody of the account launches: whoever looks for capacity tries one. */
const ELSEWHERE = 0.7;
/** The first of them alone: whoever trains small models trains a large one some day. */
const FIRST_HOST = 0.55;

/**
 * GPU, FPGA and machine-learning instances, bare metal and whole hosts, asked for by someone who has no habit of
 * using them, or put where a service launches from. Refused attempts count alike: quotas for these types are small, so a
 * thief's first calls often fail.
 */
export const acceleratedLaunch: Signal = {
  id: 'accelerated-launch',
  family: 'thing',
  description: 'Accelerated or very large instances asked for by someone who does not usually use them',
  appliesTo: [...LAUNCHES, ...CHANGES],

  evaluate(activity, memory, policy) {
    const { actor } = activity;
    const launch = wantedBy(activity);
    if (launch === undefined || actor.class === 'service') return undefined;
    const change = activity.launch === undefined;
    // what could start nothing is part of the work of whoever launches: dry runs, and calls that were mistaken
    const idle = activity.outcome === 'dry-run' || activity.outcome === 'failed';
    if (idle && memory.familiarity(subjectScope(activity), 'kind', 'instance.launch') === 'familiar')
      return undefined;
    // of a launch whose answer was cut only its template tells the types
    const types = change || launch.types.length === 0 ? typesPlanned(activity, memory.recent) : launch.types;
    const accelerated = types.filter(isAccelerated);
    const large = types.filter(isVeryLarge);
    const lacks = (habit: string): boolean =>
      memory.familiarity(subjectScope(activity), 'family', habit) !== 'familiar' &&
      !(change && memory.familiarity(subjectScope(activity), 'plan', habit) === 'familiar');
    const newToThem = accelerated.length > 0 && lacks(ACCELERATED);
    if (!newToThem && !(large.length > 0 && lacks(VERY_LARGE)))
      return accelerated.length > 0 ? beyondHabit(activity, accelerated, memory, policy) : undefined;

    const asked = newToThem ? [...accelerated, ...large] : large;
    const before = memory.recent.reduce((sum, earlier) => sum + acceleratedStarted(earlier), 0);
    const big = before + launch.count >= SEVERAL || accelerated.some((type) => sizeOf(type) >= BIG);
    const more = launch.count > 1 || memory.recent.some(isHostStarted);
    const vcpus = Math.max(
      windowTotal(largeAsked, activity, memory.recent),
      capacityOf({ count: launch.count, types: large }),
    );
    const outgrown = large.some(isAccelerated)
      ? more
        ? OUTGROWN
        : FIRST_HOST
      : Math.min(1, LARGE_ONLY + PER_DOUBLING * Math.log2(Math.max(1, vcpus / HOST_VCPUS)));
    const hosts = large.some(isAccelerated);
    const burst = DEAR_COUNTS * (before + launch.count) >= policy.rateThreshold.instances;
    const own = hosts && !burst ? inTeam(activity, [ACCELERATED], memory, policy) : ALONE;
    const refused = idle || (activity.outcome === 'denied' && !big) ? NOTHING_STARTED : 1;
    const team = inTeam(
      activity,
      [hosts ? ACCELERATED_HOSTS : newToThem ? ACCELERATED : VERY_LARGE],
      memory,
      policy,
    );
    // a circle lowers no more than it covers: nobody of it asks for a whole cluster
    const started = windowTotal(capacityStarted, activity, memory.recent);
    const capacity = capacityInTeam(
      activity,
      Math.max(started, capacityOf({ ...launch, types: asked })),
      memory,
      policy,
    );
    return {
      strength:
        refused *
        Math.min(Math.max(team.part, capacity.part), own.part < 1 ? OF_THE_TRADE : 1) *
        (newToThem ? (big ? 1 : SMALL) : outgrown),
      reason: `${subjectLabel(actor)} ${launch.count === 0 ? 'told a service to launch instances' : `asked for ${count(launch.asked ?? launch.count, 'instance')}`} of ${listed([...new Set(asked.map(typeName))])} and is not known to use ${newToThem ? ACCELERATED : VERY_LARGE} instances${team.words}`,
    };
  },
};

/**
 * A habit covers where and how many: accelerated instances in a Region that neither the subject nor its account uses, or so many
 * within the window that they are a burst and beyond what it ever asked for.
 */
function beyondHabit(
  activity: Activity,
  types: readonly string[],
  memory: Memory,
  policy: Policy,
): ReturnType<Signal['evaluate']> {
  const { launch, region, outcome } = activity;
  if (launch === undefined || outcome !== 'succeeded') return undefined;
  const who = subjectLabel(activity.actor);
  const before = memory.recent.reduce((sum, earlier) => sum + acceleratedStarted(earlier), 0);
  const number = before + launch.count;
  const started = DEAR_COUNTS * number;
  if (
    started >= policy.rateThreshold.instances &&
    started >= ABOVE_OWN * Math.max(1, ownPeak('instances', activity, memory))
  )
    return {
      strength: OUTGROWN,
      novelty: true,
      reason: `${who} started ${count(number, `${ACCELERATED} instance`)} (${listed(types)}) within ${span(policy.timeWindow)}, many times what it is known for`,
      refs: memory.recent.filter((earlier) => acceleratedStarted(earlier) > 0).map(({ id }) => id),
    };
  const strange = (scope: string): boolean =>
    ['new', 'suspect'].includes(memory.familiarity(scope, 'region', region));
  if (!strange(subjectScope(activity)) || !strange(accountScope(activity))) return undefined;
  const big = number >= SEVERAL || types.some((type) => sizeOf(type) >= BIG);
  const team = inTeam(activity, [`region ${region}`], memory, policy);
  return {
    strength: team.part * (big ? ELSEWHERE : ELSEWHERE * SMALL),
    novelty: true,
    reason: `${who} launched ${ACCELERATED} instances (${listed(types)}) in ${region}, where it is not known to use any${team.words}`,
  };
}

/** Refused attempts do not count: capacity for these types is scarce, and whoever wants one asks again and again. */
const acceleratedStarted = ({ outcome, launch }: Activity): number =>
  outcome === 'succeeded' && launch?.types.some(isAccelerated) === true ? launch.count : 0;

/** vCPUs of the accelerated instances that a call started. */
const capacityStarted = ({ outcome, launch }: Activity): number =>
  outcome === 'succeeded' && launch?.types.some(isAccelerated) === true ? capacityOf(launch) : 0;

/** vCPUs of the very large instances that a call asks for, whether it got them or not for want of quota. */
const largeAsked = (activity: Activity): number => {
  const wanted = wantedBy(activity);
  const asks = activity.outcome === 'succeeded' || activity.outcome === 'limited';
  return asks && wanted?.types.some(isVeryLarge) === true ? capacityOf(wanted) : 0;
};

/** A shortage or a quota met before is no second host. */
const isHostStarted = (earlier: Activity): boolean =>
  earlier.outcome === 'succeeded' && wantedBy(earlier)?.types.some(isWholeHost) === true;

const isWholeHost = (type: string): boolean => isAccelerated(type) && isVeryLarge(type);
