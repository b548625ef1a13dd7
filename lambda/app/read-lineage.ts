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

/** One activity with the resource timelines read for it so far. */
interface Walk {
  readonly activity: Activity;
  readonly before: Map<string, readonly Activity[]>;
  readonly after: Map<string, readonly Activity[]>;
}

/** A timeline to be read, and where it goes. */
interface Wanted {
  readonly into: Map<string, readonly Activity[]>;
  readonly stretch: Stretch;
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
  const found = new Map<Activity, DataPath>();
  let open = activities.map((activity): Walk => ({ activity, before: new Map(), after: new Map() }));
  // more than the walk is deep: it may begin behind a group and an interface, and groups hang on its first step
  for (let hop = 0; hop <= MAX_DEPTH + 3; hop += 1) {
    const wanted: Wanted[] = [];
    const going: Walk[] = [];
    for (const walk of open) {
      const { path, missing } = follow(walk, policy);
      // only whoever wants to read more walks on: nearly all are done after the first read
      if (missing.length === 0) found.set(walk.activity, path);
      else {
        going.push(walk);
        wanted.push(...missing);
      }
    }
    open = going;
    if (open.length === 0) return found;
    const timelines = await history.stretches(
      wanted.map(({ stretch }) => stretch),
      asOf,
    );
    for (const [index, { into, stretch }] of wanted.entries())
      into.set(stretch.subject, timelines[index] ?? []);
  }
  for (const walk of open) found.set(walk.activity, follow(walk, policy).path);
  return found;
}

/** Goes as far as the timelines read so far allow, and names those to read next. */
function follow({ activity, before, after }: Walk, policy: Policy): { path: DataPath; missing: Wanted[] } {
  const { at } = activity;
  const back = explore(activity, (key) => before.get(key), policy);
  const ahead = downstream(activity, (key) => after.get(key), policy);
  const missing: Wanted[] = [];
  for (const subject of back.missing) {
    const from = at - policy.lineageWindow;
    missing.push({
      into: before,
      stretch: { account: RESOURCES, subject, from, to: at, limit: NEAREST, newestFirst: true },
    });
  }
  for (const subject of ahead.missing) {
    // what came before tells which instances, interfaces and groups belong together
    const from = /^(i|sg|eni)-/.test(subject) ? at - policy.lineageWindow : at;
    missing.push({
      into: after,
      stretch: { account: RESOURCES, subject, from, to: at + policy.lineageWindow, limit: NEAREST },
    });
  }
  return { path: { lineage: back.lineage, later: ahead.later }, missing };
}
