import { linked } from '../activity/activity.ts';
import { volumeScope } from '../history/facts.ts';
import { strange, untilNow } from './newness.ts';
import { accountKnown, listed, type Signal } from './signal.ts';

/** A volume that nobody backs up is suddenly copied. Context only: every backed-up volume has a first time, too. */
export const firstSnapshotOfVolume: Signal = {
  id: 'first-snapshot-of-volume',
  family: 'snapshot',
  description: 'A snapshot of a volume that was not snapshotted before',
  appliesTo: ['snapshot.create'],

  evaluate(activity, memory, policy) {
    if (activity.outcome !== 'succeeded' || activity.actor.class === 'service') return undefined;
    if (!accountKnown(activity, memory, policy)) return undefined;
    const { values: volumes, familiarity } = strange(linked(activity, 'volume', 'used'), (volume) =>
      memory.familiarity(volumeScope(activity.account, volume), 'snapshots', ''),
    );
    if (volumes.length === 0) return undefined;
    return {
      strength: 1,
      novelty: true,
      reason: `No snapshot of ${listed(volumes)} had been made ${untilNow(familiarity, policy)}`,
    };
  },
};
