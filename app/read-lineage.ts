import type { Activity } from '../core/activity/activity.ts';
import { downstream } from '../core/lineage/downstream.ts';
import { explore, type Lineage, NO_LINEAGE } from '../core/lineage/lineage.ts';
import { RESOURCES } from '../core/lineage/timelines.ts';
import { isSame, MAX_DEPTH, NEAREST } from '../core/lineage/walk.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { HistoryStore, Stretch } from './ports.ts';
import type { Beyond } from './reopening.ts';

/** Later activities that carry on what one made or opened. */
export interface Ahead {
  /** The nearest in time of each resource. */
  readonly later: readonly Activity[];
  /** Where there are more. */
  readonly further: readonly Beyond[];
}

/** What resource timelines say about one activity. */
export interface DataPath {
  readonly lineage: Lineage;
  readonly ahead: Ahead;
}

/** What was read of one timeline around the activity that it is read for. A part that nobody has asked for yet is absent. */
interface Known {
  /** The nearest before, oldest first. */
  readonly back?: readonly Activity[];
  /** The nearest after, oldest first. Where there are more than are looked at, one more. */
  readonly on?: readonly Activity[];
}

/** One activity with the resource timelines read for it so far, and what they say. */
interface Walk {
  readonly activity: Activity;
  /** Whether what carries its data on is wanted. */
  readonly onwards: boolean;
  readonly known: Map<string, Known>;
  path: DataPath;
}

/** Parts of a timeline that a walk has to read to go on. */
interface Wanted {
  readonly walk: Walk;
  readonly key: string;
  readonly back: boolean;
  readonly on: boolean;
}

/**
 * Follows the data of activities to where it comes from and to where it went, one parallel read per step of the way.
 * Most activities touch resources that nothing is known of, so the first read is the last.
 *
 * @param isWantedOnwards whether what carries an activity's data on is wanted, too
 */
export async function readLineage(
  history: HistoryStore,
  activities: readonly Activity[],
  isWantedOnwards: (activity: Activity) => boolean,
  policy: Policy,
): Promise<Map<Activity, DataPath>> {
  const asOf = Math.min(...activities.map(({ at }) => at)) - policy.lineageWindow;
  const walks = activities.map(
    (activity): Walk => ({
      activity,
      onwards: isWantedOnwards(activity),
      known: new Map(),
      path: { lineage: NO_LINEAGE, ahead: { later: [], further: [] } },
    }),
  );
  let open = walks;
  // three more than the walk is deep: it may begin behind a group and an interface, and its first step may lead to groups
  for (let hop = 0; hop <= MAX_DEPTH + 3; hop += 1) {
    const wanted = open.flatMap((walk) => advance(walk, policy));
    if (wanted.length === 0) break;
    const answers = await answer(history, wanted, policy, asOf);
    // a resource that nobody else touched leads nowhere, so most walks end here
    const further = new Set<Walk>();
    for (const [index, { walk, key }] of wanted.entries()) {
      const known = answers[index] as Known;
      walk.known.set(key, { ...walk.known.get(key), ...known });
      const read = [...(known.back ?? []), ...(known.on ?? [])];
      if (read.some((other) => hop > 0 || !isSame(other, walk.activity))) further.add(walk);
    }
    open = [...further];
  }
  for (const walk of open) advance(walk, policy);
  return new Map(walks.map(({ activity, path }) => [activity, path]));
}

/** Goes as far as the timelines read so far allow, and names those to read next. */
function advance(walk: Walk, policy: Policy): Wanted[] {
  const { activity, onwards, known } = walk;
  const back = explore(activity, (key) => known.get(key)?.back, policy);
  const ahead = onwards
    ? downstream(
        activity,
        {
          before: (key) => known.get(key)?.back,
          after: (key) => known.get(key)?.on?.slice(0, NEAREST),
        },
        policy,
      )
    : NOTHING;
  const to = ahead.until;
  walk.path = {
    lineage: back.lineage,
    ahead: {
      later: ahead.later,
      further: [
        ...ahead.read.flatMap((subject): Beyond[] => {
          const next = known.get(subject)?.on?.[NEAREST];
          return next === undefined ? [] : [{ subject, from: next.at, to }];
        }),
        ...ahead.passedOver.map(([subject, from]): Beyond => ({ subject, from, to })),
      ],
    },
  };
  const keys = new Set([...back.missing, ...ahead.missingBefore, ...ahead.missingAfter]);
  return [...keys].map((key) => ({
    walk,
    key,
    back: back.missing.includes(key) || ahead.missingBefore.includes(key),
    on: ahead.missingAfter.includes(key),
  }));
}

const NOTHING = { later: [], until: 0, read: [], passedOver: [], missingBefore: [], missingAfter: [] };

/**
 * Reads each timeline once for all that several activities want of it, back and on: an empty read costs as
 * much as one of 4 kB. Only where more lies there than one read holds is each part read by itself.
 */
async function answer(
  history: HistoryStore,
  wanted: readonly Wanted[],
  policy: Policy,
  asOf: number,
): Promise<readonly Known[]> {
  const groups = [...Map.groupBy(wanted, ({ key }) => key)];
  const wholes = groups.map(([subject, parts]): Stretch => {
    const hulls = parts.map((part) => hullOf(part, policy));
    const from = Math.min(...hulls.map((hull) => hull.from));
    const to = Math.max(...hulls.map((hull) => hull.to));
    return { account: RESOURCES, subject, from, to, limit: NEAREST + 1 };
  });
  const timelines = await history.stretches(wholes, asOf);
  const byKey = new Map(groups.map(([key], index) => [key, timelines[index] ?? []]));

  const crowded = wanted.filter(({ key }) => (byKey.get(key)?.length ?? 0) > NEAREST);
  const apart = crowded.flatMap((part): Stretch[] => {
    const { from, to } = hullOf(part, policy);
    const { at } = part.walk.activity;
    const common = { account: RESOURCES, subject: part.key };
    return [
      ...(part.back ? [{ ...common, from, to: at, limit: NEAREST, newestFirst: true }] : []),
      ...(part.on ? [{ ...common, from: at, to, limit: NEAREST + 1 }] : []),
    ];
  });
  const read = (apart.length === 0 ? [] : await history.stretches(apart, asOf)).values();
  const next = (): readonly Activity[] => read.next().value ?? [];
  const parted = new Map(
    crowded.map((part): [Wanted, Known] => [
      part,
      { ...(part.back && { back: next() }), ...(part.on && { on: next() }) },
    ]),
  );
  return wanted.map((part): Known => {
    const { at } = part.walk.activity;
    const { from, to } = hullOf(part, policy);
    const whole = byKey.get(part.key) ?? [];
    return (
      parted.get(part) ?? {
        ...(part.back && { back: within(whole, from, at) }),
        ...(part.on && { on: within(whole, at, to) }),
      }
    );
  });
}

/** The stretch of time, ms, in which the parts that are wanted of a timeline lie. */
function hullOf({ walk: { activity }, back, on }: Wanted, { lineageWindow }: Policy) {
  const { at } = activity;
  return { from: back ? at - lineageWindow : at, to: on ? at + lineageWindow : at };
}

const within = (timeline: readonly Activity[], from: number, to: number): readonly Activity[] =>
  timeline.every(({ at }) => at >= from && at <= to)
    ? timeline
    : timeline.filter(({ at }) => at >= from && at <= to);
