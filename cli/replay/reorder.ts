import type { Activity } from '../../lambda/core/activity.ts';

/** Activities held back; CloudTrail delivers within about 15 minutes, which in a busy organisation is this many. */
const MAX_ACTIVITIES = 20_000;
/** Links held back with them, for the memory they take: a launch of a thousand instances has as many as fifty plain calls. */
const MAX_LINKS = 100_000;

type Held = Pick<Activity, 'at' | 'links'>;

/**
 * Puts activities nearly in order of time within bounded memory.
 *
 * What comes out is right in any order (DESIGN §4.1); in order it is faster, because a late record makes the detector
 * judge again what came after it.
 */
export function reorderBuffer<T extends Held>({
  maxActivities = MAX_ACTIVITIES,
  maxLinks = MAX_LINKS,
} = {}): {
  /** Takes activities in and gives those out that need not wait longer. */
  add(activities: readonly T[]): T[];
  /** Gives out the rest. */
  drain(): T[];
} {
  let held: T[] = [];
  let links = 0;

  /** Sorting once for every half of the buffer costs less than keeping a heap. */
  const release = (count: number): T[] => {
    held.sort((a, b) => a.at - b.at);
    const out = held.slice(0, count);
    held = held.slice(count);
    links = held.reduce((sum, activity) => sum + activity.links.length, 0);
    return out;
  };

  return {
    add(activities) {
      for (const activity of activities) {
        held.push(activity);
        links += activity.links.length;
      }
      return held.length > maxActivities || links > maxLinks ? release(Math.ceil(held.length / 2)) : [];
    },
    drain: () => release(held.length),
  };
}
