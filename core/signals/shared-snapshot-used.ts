import { linked } from '../activity/activity.ts';
import { accountScope } from '../history/facts.ts';
import { usersOf } from '../lineage/behind.ts';
import { isSeen } from './shared-outside.ts';
import { listed, type Signal } from './signal.ts';

/**
 * EC2 itself reports that another account copied or mounted a shared snapshot: the data has left. Where the share is known the
 * two are one act, and whoever shared is asked.
 */
export const sharedSnapshotUsed: Signal = {
  id: 'shared-snapshot-used',
  family: 'share',
  description: 'A shared snapshot copied or mounted by another account',
  appliesTo: ['snapshot.use'],

  evaluate(activity, memory, policy) {
    // what failed took nothing, and proves no partner either, so history may not be asked about one
    if (activity.outcome !== 'succeeded') return undefined;
    // the share is judged, and the use stands in its story
    if (memory.lineage.changes.length > 0) return undefined;
    const named = activity.share?.accounts ?? [];
    const outside = usersOf(activity).filter((other) => {
      if (other === activity.account || policy.organisation.accounts.includes(other)) return false;
      // an account that the record does not name is not proved by it either, so history may not be asked
      if (policy.organisation.accounts.length > 0) return true;
      if (isSeen(activity, other, memory)) return false;
      if (named.length === 0) return true;
      return memory.familiarity(accountScope(activity), 'share', other) !== 'familiar';
    });
    if (outside.length === 0) return undefined;
    return {
      strength: 1,
      reason: `Account ${listed(outside)} used shared ${listed(linked(activity, 'snapshot'))} (${activity.action})`,
    };
  },
};
