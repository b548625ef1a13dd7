import type { Activity } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { ACCELERATED, isAccelerated, isVeryLarge, sizeOf, VERY_LARGE } from '../activity/instance-types.ts';
import { subjectScope } from '../history/facts.ts';
import { CHANGES, count, LAUNCHES, listed, type Signal, wantedBy } from './signal.ts';

/** One or two small GPU instances could be a first experiment; a big one or several are what a miner asks for. */
const SMALL = 0.55;
/**
 * From this many instances within the window, or from this size (multiples of xlarge), it is no experiment. Counted over
 * the window, so that asking for one at a time buys nothing.
 */
const SEVERAL = 3;
const BIG = 8;
/** Very large without an accelerator: costly, but of less use to a miner. */
const LARGE_ONLY = 0.45;
/** Several whole accelerated hosts by someone known for small ones only: one cheap instance must not buy the dear ones. */
const OUTGROWN = 0.7;
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

  evaluate(activity, memory) {
    const { actor } = activity;
    const launch = wantedBy(activity);
    if (launch === undefined || actor.class === 'service') return undefined;
    const change = activity.launch === undefined;
    const accelerated = launch.types.filter(isAccelerated);
    const large = launch.types.filter(isVeryLarge);
    const lacks = (habit: string): boolean =>
      memory.familiarity(subjectScope(activity), 'family', habit) !== 'familiar' &&
      !(change && memory.familiarity(subjectScope(activity), 'plan', habit) === 'familiar');
    const newToThem = accelerated.length > 0 && lacks(ACCELERATED);
    if (!newToThem && !(large.length > 0 && lacks(VERY_LARGE))) return undefined;

    const asked = newToThem ? [...accelerated, ...large] : large;
    const before = memory.recent.reduce((sum, earlier) => sum + acceleratedStarted(earlier), 0);
    const big = before + launch.count >= SEVERAL || accelerated.some((type) => sizeOf(type) >= BIG);
    const more =
      launch.count > 1 || memory.recent.some((earlier) => wantedBy(earlier)?.types.some(isWholeHost));
    const outgrown = large.some(isAccelerated) ? (more ? OUTGROWN : FIRST_HOST) : LARGE_ONLY;
    return {
      strength: newToThem ? (big ? 1 : SMALL) : outgrown,
      reason: `${subjectLabel(actor)} ${launch.count === 0 ? 'told a service to launch instances' : `asked for ${count(launch.count, 'instance')}`} of ${listed([...new Set(asked)])} and is not known to use ${newToThem ? ACCELERATED : VERY_LARGE} instances`,
    };
  },
};

/** Refused attempts do not count: capacity for these types is scarce, and whoever wants one asks again and again. */
const acceleratedStarted = ({ outcome, launch }: Activity): number =>
  outcome === 'succeeded' && launch?.types.some(isAccelerated) === true ? launch.count : 0;

const isWholeHost = (type: string): boolean => isAccelerated(type) && isVeryLarge(type);
