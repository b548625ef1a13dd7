import { chainOf, sourceOf } from '../lineage/chain.ts';
import { restoresByHabit } from './brought.ts';
import { listed, type Signal, span } from './signal.ts';

/** An instance that copied data was on is terminated within the window: used and thrown away. */
export const copiedDataRemoved: Signal = {
  id: 'copied-data-removed',
  family: 'cover',
  description: 'An instance with copied data terminated soon after it was launched',
  appliesTo: ['instance.terminate'],

  evaluate(activity, memory, policy) {
    const chain = chainOf(activity, memory);
    const launch = memory.lineage.launches.findLast(({ at }) => activity.at - at <= policy.timeWindow);
    if (chain === undefined || launch === undefined || activity.actor.class === 'service') return undefined;
    if (restoresByHabit(activity, chain, memory, policy)) return undefined;
    const copy = chain.copies[0];
    return {
      strength: 1,
      reason: `${listed(memory.lineage.instances)}, with data of ${copy === undefined ? listed(chain.strangers) : sourceOf(copy)}, was terminated ${span(activity.at - launch.at)} after its launch`,
      lineage: true,
      refs: [launch.id],
    };
  },
};
