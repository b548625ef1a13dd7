import type { Activity } from '../activity/activity.ts';
import { nameOf } from '../activity/resources.ts';
import { chainOf, dataOf, FROM_BACKUP, isBackup } from '../lineage/chain.ts';
import type { Policy } from '../policy/policy.ts';
import { habitOf, restoresByHabit } from './brought.ts';
import type { Memory } from './memory.ts';
import { listed, type Signal, span } from './signal.ts';

/** Part left for a volume: whoever only looked something up deletes it afterwards, too. */
const VOLUME = 0.4;

/** An instance or volume that copied data was on is cleared away within the window: used and thrown away. */
export const copiedDataRemoved: Signal = {
  id: 'copied-data-removed',
  family: 'cover',
  description: 'An instance or volume with copied data cleared away soon after it was put to use',
  appliesTo: ['instance.terminate', 'volume.delete'],

  evaluate(activity, memory, policy) {
    const chain = chainOf(activity, memory);
    const use = useOf(activity, memory, policy);
    if (chain === undefined || use === undefined || activity.actor.class === 'service') return undefined;
    // what an image holds that somebody registered from a snapshot of unknown origin is the image's
    const known = chain.copies.length + chain.written.length > 0;
    if (!known && memory.lineage.steps.some(({ activity: { kind } }) => kind === 'image.create'))
      return undefined;
    if (restoresByHabit(activity, chain, memory, policy)) return undefined;
    const data = listed(dataOf(chain));
    const after = span(activity.at - use.at);
    const gone = activity.kind === 'volume.delete';
    // a backup is restored to look something up in it, and the volume goes when that is done
    const [copy] = chain.copies;
    if (gone && copy !== undefined && isBackup(copy)) return undefined;
    return {
      strength:
        habitOf(activity, chain, memory, policy, 0) *
        (gone ? VOLUME : copy !== undefined && isBackup(copy) ? FROM_BACKUP : 1),
      reason: gone
        ? `${listed(activity.links.map(({ id }) => id))}, with data of ${data}, was deleted ${after} after it was attached`
        : `${listed(memory.lineage.instances.map(nameOf))}, with data of ${data}, was terminated ${after} after its launch`,
      lineage: true,
      refs: [use.id],
    };
  },
};

/** What put the data to use within the window: the launch of the instance, or the volume's being attached. */
const useOf = (activity: Activity, { lineage }: Memory, policy: Policy): Activity | undefined =>
  activity.kind === 'volume.delete'
    ? lineage.past.findLast(({ kind }) => kind === 'volume.attach')
    : lineage.launches.findLast(({ at }) => activity.at - at <= policy.timeWindow);
