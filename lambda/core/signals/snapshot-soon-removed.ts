import type { Activity } from '../activity.ts';
import { listed, type Signal, span } from './signal.ts';

/** A copy made and deleted within one window may be a test; a share taken back is rarely anything but cleaning up. */
const AFTER_COPY = 0.3;

const idsOf = ({ links }: Activity): string[] =>
  links.filter(({ type }) => type === 'snapshot' || type === 'image').map(({ id }) => id);

/** A snapshot or image deleted or unshared soon after the same subject made or shared it. */
export const snapshotSoonRemoved: Signal = {
  id: 'snapshot-soon-removed',
  family: 'share',
  description: 'A snapshot or image deleted or unshared soon after it was made or shared',
  appliesTo: ['snapshot.delete', 'snapshot.unshare', 'image.delete', 'image.unshare'],

  evaluate(activity, { recent }) {
    if (activity.outcome !== 'succeeded' || activity.actor.class === 'service') return undefined;
    const ids = idsOf(activity);
    const before = (kinds: readonly string[]): Activity | undefined =>
      recent.findLast(
        (earlier) =>
          kinds.includes(earlier.kind) &&
          earlier.outcome === 'succeeded' &&
          idsOf(earlier).some((id) => ids.includes(id)),
      );
    const shared = before(['snapshot.share', 'image.share']);
    const made = shared ?? before(['snapshot.create', 'snapshot.copy', 'image.create', 'image.copy']);
    if (made === undefined) return undefined;
    return {
      strength: shared === undefined ? AFTER_COPY : 1,
      reason: `${listed(ids)} ${activity.kind.endsWith('delete') ? 'deleted' : 'unshared'} ${span(activity.at - made.at)} after ${made.action}`,
      refs: [made.id],
    };
  },
};
