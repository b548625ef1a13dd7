import type { Activity } from '../activity/activity.ts';
import { subjectScope } from '../history/facts.ts';
import type { Memory } from './memory.ts';

/** Times one's own highest peak (a power of two, so up to twice as much is the same height) that are beyond any busy day. */
export const ABOVE_OWN = 4;

/** The highest height of a sort that a subject has reached before; 0 where it reached none. */
export const ownPeak = (
  sort: 'instances' | 'vcpus' | 'planned' | 'copies',
  activity: Activity,
  memory: Pick<Memory, 'known'>,
): number =>
  Math.max(
    0,
    ...memory
      .known(subjectScope(activity), 'peak')
      .filter((peak) => peak.startsWith(`${sort}:`))
      .map((peak) => Number(peak.slice(sort.length + 1))),
  );
