import type { Activity } from '../../core/activity/activity.ts';

/** Activities held back; CloudTrail delivers within about 15 minutes, which in a busy organisation is this many. */
const MAX_ACTIVITIES = 20_000;
/** Links held back with them, for the memory they take: a launch of a thousand instances has as many as fifty plain calls. */
const MAX_LINKS = 100_000;

/** CloudTrail delivers most records within 15 minutes of the call; what comes later is judged late, which costs more. */
const DELAY_MS = 3_600_000;
/** Activities after which those due by delivery are looked for. */
const LOOK_AFTER = 256;

type Held = Pick<Activity, 'at' | 'links'>;

/**
 * Puts activities nearly in order of time within bounded memory: each waits until files are read that were delivered an
 * hour after it, or, where file names do not tell, until the memory is full.
 *
 * The findings are the same in any order. In order of time they are there sooner, because a late record makes the detector
 * judge again what came after it.
 */
export function reorderBuffer<T extends Held>({
  maxActivities = MAX_ACTIVITIES,
  maxLinks = MAX_LINKS,
} = {}): {
  /** Takes activities in and gives those out that need not wait longer; nothing later was delivered before `delivered`, ms. */
  add(activities: readonly T[], delivered?: number): T[];
  /** Gives out the rest. */
  drain(): T[];
} {
  let held: T[] = [];
  let links = 0;
  let lookAt = LOOK_AFTER;

  /** Sorting once for every half of the buffer costs less than keeping a heap. */
  const release = (count: number): T[] => {
    held.sort((a, b) => a.at - b.at);
    const out = held.slice(0, count);
    held = held.slice(count);
    links = held.reduce((sum, activity) => sum + activity.links.length, 0);
    return out;
  };

  return {
    add(activities, delivered = 0) {
      for (const activity of activities) {
        held.push(activity);
        links += activity.links.length;
      }
      if (held.length > maxActivities || links > maxLinks) return release(Math.ceil(held.length / 2));
      if (held.length < lookAt) return [];
      const due = release(held.filter(({ at }) => at < delivered - DELAY_MS).length);
      lookAt = held.length + LOOK_AFTER;
      return due;
    },
    drain: () => release(held.length),
  };
}
