import { subjectLabel } from '../actor.ts';
import { subjectScope } from '../facts.ts';
import { ACCELERATED, isAccelerated, isVeryLarge, sizeOf, VERY_LARGE } from '../instance-types.ts';
import { count, LAUNCHES, listed, type Signal } from './signal.ts';

/** One small GPU instance could be a first experiment; a big one or several at once are what a miner asks for. */
const SMALL = 0.7;
/** From this many instances, or from this size (multiples of xlarge), a launch is no experiment. */
const SEVERAL = 4;
const BIG = 8;
/** Very large without an accelerator: costly, but of less use to a miner. */
const LARGE_ONLY = 0.5;

/**
 * GPU, FPGA and machine-learning instances, bare metal and whole hosts, asked for by someone who has not settled into
 * using them. Refused attempts count alike: quotas for these types are small, so a thief's first calls often fail.
 */
export const acceleratedLaunch: Signal = {
  id: 'accelerated-launch',
  family: 'thing',
  description: 'Accelerated or very large instances asked for by someone who does not usually use them',
  appliesTo: LAUNCHES,

  evaluate(activity, memory) {
    const { launch, actor } = activity;
    if (launch === undefined || actor.class === 'service') return undefined;
    const accelerated = launch.types.filter(isAccelerated);
    const large = launch.types.filter(isVeryLarge);
    const habit = accelerated.length > 0 ? ACCELERATED : VERY_LARGE;
    if (accelerated.length + large.length === 0) return undefined;
    if (memory.familiarity(subjectScope(activity), 'family', habit) === 'familiar') return undefined;

    const big = launch.count >= SEVERAL || accelerated.some((type) => sizeOf(type) >= BIG);
    return {
      strength: accelerated.length === 0 ? LARGE_ONLY : big ? 1 : SMALL,
      reason: `${subjectLabel(actor)} asked for ${count(launch.count, 'instance')} of ${listed([...new Set([...accelerated, ...large])])} and is not known to use ${habit} instances`,
    };
  },
};
