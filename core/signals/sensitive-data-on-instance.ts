import { kindsThat } from '../activity/kinds.ts';
import { chainOf, FROM_BACKUP, isBackup } from '../lineage/chain.ts';
import { broughtBy, restoresByHabit } from './brought.ts';
import { sensitivity } from './sensitive-volume.ts';
import type { Signal } from './signal.ts';

/** What was copied is what the policy calls sensitive (MITRE's VolumeSensitivity), and now it is on an instance. */
export const sensitiveDataOnInstance: Signal = {
  id: 'sensitive-data-on-instance',
  family: 'sensitivity',
  description: 'Copied data that the policy calls sensitive is brought onto an instance',
  appliesTo: kindsThat('bring'),

  evaluate(activity, around, policy) {
    const memory = broughtBy(activity, around);
    const chain = chainOf(activity, memory);
    if (chain === undefined || restoresByHabit(activity, chain, memory, policy)) return undefined;
    const backup = chain.copies[0] !== undefined && isBackup(chain.copies[0]);
    for (const { activity: copy } of memory.lineage.steps) {
      const why = sensitivity(copy, policy);
      if (why !== undefined)
        return {
          strength: backup ? FROM_BACKUP : 1,
          reason: `The data is sensitive: ${why}`,
          lineage: true,
          refs: [copy.id],
        };
    }
    return undefined;
  },
};
