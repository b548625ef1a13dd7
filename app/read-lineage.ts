import type { Activity } from '../core/activity/activity.ts';
import { typeInKey } from '../core/activity/resources.ts';
import { MAX_MEMBERS } from '../core/findings/regroup.ts';
import { isAutomation } from '../core/lineage/automation.ts';
import { downstream } from '../core/lineage/downstream.ts';
import { explore, type Lineage, NO_LINEAGE } from '../core/lineage/lineage.ts';
import { RESOURCES } from '../core/lineage/timelines.ts';
import { isSame, MAX_DEPTH, NEAREST } from '../core/lineage/walk.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { HistoryStore, Stretch } from './ports.ts';

/** Launches looked at that may follow a change: a finding keeps no more members. */
const FOLLOWING = MAX_MEMBERS;

/** Resources whose earlier activities tell what else they belong to: instances, security groups, network interfaces. */
const TIED: ReadonlySet<string> = new Set(['instance', 'security-group', 'network-interface']);

/** What resource timelines say about one activity. */
export interface DataPath {
  readonly lineage: Lineage;
  /** Later activities that carry on what this one made or opened. */
  readonly later: readonly Activity[];
}

/** One activity with the resource timelines read for it so far, and what they say. */
interface Walk {
  readonly activity: Activity;
  readonly before: Map<string, readonly Activity[]>;
  readonly after: Map<string, readonly Activity[]>;
  path: DataPath;
}

/** A timeline to be read, and where it goes. */
interface Wanted {
  readonly walk: Walk;
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
  const walks = activities.map(
    (activity): Walk => ({
      activity,
      before: new Map(),
      after: new Map(),
      path: { lineage: NO_LINEAGE, later: [] },
    }),
  );
  let open = walks;
  // more than the walk is deep: it may begin behind a group and an interface, and groups hang on its first step
  for (let hop = 0; hop <= MAX_DEPTH + 3; hop += 1) {
    const wanted = open.flatMap((walk) => follow(walk, policy));
    if (wanted.length === 0) break;
    const timelines = await answer(history, wanted, asOf);
    // Resources that nobody else touched lead nowhere: most walks end here, as far as they have come.
    const further = new Set<Walk>();
    for (const [index, { walk, into, stretch }] of wanted.entries()) {
      const timeline = timelines[index] ?? [];
      into.set(stretch.subject, timeline);
      if (timeline.some((other) => hop > 0 || !isSame(other, walk.activity))) further.add(walk);
    }
    open = [...further];
  }
  for (const walk of open) follow(walk, policy);
  return new Map(walks.map(({ activity, path }) => [activity, path]));
}

/** Goes as far as the timelines read so far allow, and names those to read next. */
function follow(walk: Walk, policy: Policy): Wanted[] {
  const { activity, before, after } = walk;
  const { at } = activity;
  const back = explore(activity, (key) => before.get(key), policy);
  const ahead = downstream(activity, (key) => after.get(key), policy);
  walk.path = { lineage: back.lineage, later: ahead.later };
  const wanted: Wanted[] = [];
  for (const subject of back.missing) {
    const from = at - policy.lineageWindow;
    wanted.push({
      walk,
      into: before,
      stretch: { account: RESOURCES, subject, from, to: at, limit: NEAREST, newestFirst: true },
    });
  }
  for (const subject of ahead.missing) {
    // what came before tells which instances, interfaces and groups belong together
    const from = TIED.has(typeInKey(subject)) ? at - policy.lineageWindow : at;
    wanted.push({
      walk,
      into: after,
      stretch: {
        account: RESOURCES,
        subject,
        from,
        to: at + policy.lineageWindow,
        limit: isAutomation(subject) ? FOLLOWING : NEAREST,
      },
    });
  }
  return wanted;
}

/**
 * Reads each timeline once for all that is wanted of it, forth and back and by several activities: an empty read costs as
 * much as one of 4 kB. Only where more lies there than the nearest is each part read by itself.
 */
async function answer(
  history: HistoryStore,
  wanted: readonly Wanted[],
  asOf: number,
): Promise<readonly (readonly Activity[])[]> {
  const groups = Map.groupBy(wanted, ({ stretch }) => stretch.subject);
  const wholes = [...groups.values()].map((parts): Stretch => {
    const first = (parts[0] as Wanted).stretch;
    if (parts.length === 1) return first;
    const from = Math.min(...parts.map(({ stretch }) => stretch.from));
    const to = Math.max(...parts.map(({ stretch }) => stretch.to));
    return { ...first, from, to, limit: NEAREST + 1 };
  });
  const timelines = await history.stretches(wholes, asOf);
  const bySubject = new Map(wholes.map(({ subject }, index) => [subject, timelines[index] ?? []]));
  const isCrowded = ({ stretch }: Wanted): boolean => (bySubject.get(stretch.subject)?.length ?? 0) > NEAREST;
  const crowded = wanted.filter(isCrowded);
  const each =
    crowded.length === 0
      ? []
      : await history.stretches(
          crowded.map(({ stretch }) => stretch),
          asOf,
        );
  const apart = new Map(crowded.map((want, index) => [want, each[index] ?? []]));
  return wanted.map(
    (want) => apart.get(want) ?? within(bySubject.get(want.stretch.subject) ?? [], want.stretch),
  );
}

const within = (timeline: readonly Activity[], { from, to }: Stretch): readonly Activity[] =>
  timeline.every(({ at }) => at >= from && at <= to)
    ? timeline
    : timeline.filter(({ at }) => at >= from && at <= to);
