import type { Activity } from './activity.ts';

/** Instances that a launch asked for or got, 0 for anything else or when nothing started. */
export function instancesStarted(activity: Activity): number {
  return activity.outcome === 'succeeded' ? (activity.launch?.count ?? 0) : 0;
}

/** Snapshots and copies that an activity made. */
export function copiesMade(activity: Activity): number {
  if (activity.outcome !== 'succeeded') return 0;
  if (activity.kind !== 'snapshot.create' && activity.kind !== 'snapshot.copy') return 0;
  return Math.max(
    1,
    activity.links.filter(({ type, role }) => type === 'snapshot' && role === 'made').length,
  );
}

/** Sum over an activity and the recent ones before it. */
export function windowTotal(
  measure: (activity: Activity) => number,
  activity: Activity,
  recent: readonly Activity[],
): number {
  return recent.reduce((sum, earlier) => sum + measure(earlier), measure(activity));
}

/**
 * The heights that a subject has reached within the window, as facts: `instances:8` means at least eight. Kept as the
 * first time a power of two was reached, so that a retry cannot count twice and small launches cannot buy a big one.
 */
export function peaksOf(activity: Activity, recent: readonly Activity[]): string[] {
  return [
    ...heights('instances', instancesStarted, activity, recent),
    ...heights('copies', copiesMade, activity, recent),
  ];
}

function heights(
  name: string,
  measure: (activity: Activity) => number,
  activity: Activity,
  recent: readonly Activity[],
): string[] {
  if (measure(activity) === 0) return [];
  const powers = Math.floor(Math.log2(windowTotal(measure, activity, recent)));
  return Array.from({ length: powers + 1 }, (_, power) => `${name}:${2 ** power}`);
}
