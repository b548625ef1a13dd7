import type { Activity } from '../core/activity.ts';
import { downstream, explore, type Lineage, MAX_DEPTH } from '../core/lineage/lineage.ts';
import { RESOURCES } from '../core/lineage/timelines.ts';
import type { Policy } from '../core/policy.ts';
import type { HistoryStore, Stretch } from './ports.ts';

/** Activities of one resource looked at, the nearest in time first: bounds the cost of a popular one. */
const NEAREST = 40;

/** What resource timelines say about one activity. */
export interface DataPath {
  readonly lineage: Lineage;
  /** Later activities that carry on what this one made or opened. */
  readonly later: readonly Activity[];
}

/**
 * Follows the data of activities to where it comes from and to where it went, one parallel read per step of the way.
 * Most activities touch resources that nothing is known of, so the first read is the last.
 */
export async function readLineage(
  history: HistoryStore,
  activities: readonly Activity[],
  policy: Policy,
): Promise<Map<Activity, DataPath>> {
  const asOf = Math.min(...activities.map(({ at }) => at)) - policy.lineageWindow;
  const known = activities.map((activity) => ({
    activity,
    before: new Map<string, readonly Activity[]>(),
    after: new Map<string, readonly Activity[]>(),
  }));
  // one more than the walk is deep: groups and launches hang on its first step
  for (let hop = 0; hop <= MAX_DEPTH + 1; hop += 1) {
    const wanted = known.flatMap(({ activity, before, after }) => {
      const { at } = activity;
      const back = explore(activity, (key) => before.get(key), policy).missing.map((key) => ({
        into: before,
        key,
        stretch: { from: at - policy.lineageWindow, to: at, limit: NEAREST, newestFirst: true },
      }));
      const ahead = downstream(activity, (key) => after.get(key), policy).missing.map((key) => ({
        into: after,
        key,
        // a launch before tells which instances stand behind a group, and which groups behind an instance
        stretch: {
          from: key.startsWith('i-') || key.startsWith('sg-') ? at - policy.lineageWindow : at,
          to: at + policy.lineageWindow,
          limit: NEAREST,
        },
      }));
      return [...back, ...ahead];
    });
    if (wanted.length === 0) break;
    const found = await history.stretches(
      wanted.map(({ key, stretch }): Stretch => ({ account: RESOURCES, subject: key, ...stretch })),
      asOf,
    );
    for (const [index, { into, key }] of wanted.entries()) into.set(key, found[index] ?? []);
  }
  return new Map(
    known.map(({ activity, before, after }) => [
      activity,
      {
        lineage: explore(activity, (key) => before.get(key) ?? [], policy).lineage,
        later: downstream(activity, (key) => after.get(key) ?? [], policy).later,
      },
    ]),
  );
}
