import { type Activity, byTime } from '../activity/activity.ts';
import { firstIndex } from '../activity/sorted.ts';
import { RECENT_LIMIT } from './habits.ts';

/** Up to `RECENT_LIMIT` activities of a timeline before one activity and within the window, oldest first. */
export function recentBefore(
  timeline: readonly Activity[],
  activity: Activity,
  window: number,
): readonly Activity[] {
  const end = firstIndex(timeline, (other) => byTime(other, activity) < 0);
  let start = end;
  while (
    start > 0 &&
    end - start < RECENT_LIMIT &&
    (timeline[start - 1] as Activity).at > activity.at - window
  ) {
    start -= 1;
  }
  return timeline.slice(start, end);
}
