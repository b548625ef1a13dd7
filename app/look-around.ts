import { type Activity, byTime, copyKey } from '../core/activity/activity.ts';
import { subjectKey } from '../core/activity/actor.ts';
import type { Interval } from '../core/activity/interval.ts';
import { firstIndex } from '../core/activity/sorted.ts';
import type { Assessment } from '../core/findings/finding.ts';
import type { Case, Surroundings } from '../core/findings/judge.ts';
import { REACH, reachOf } from '../core/findings/suspicion.ts';
import { regionOf } from '../core/history/circles.ts';
import { type FactSheet, scopesOf, subjectScope } from '../core/history/facts.ts';
import { isLeftAlone, RECENT_LIMIT } from '../core/history/habits.ts';
import { looksBack } from '../core/history/looking-back.ts';
import { isBehind } from '../core/lineage/behind.ts';
import type { Policy } from '../core/policy/policy.ts';
import { placeOf } from './place.ts';
import type { HistoryStore, Stretch, VerdictStore, Versioned } from './ports.ts';
import { type Ahead, type DataPath, readLineage } from './read-lineage.ts';

export interface Stores {
  readonly history: HistoryStore;
  readonly verdicts: VerdictStore;
}

/** Surroundings, with the versions of what was read. */
export interface Look extends Omit<Surroundings, 'marks'> {
  readonly sheetVersions: ReadonlyMap<string, number>;
  readonly verdictVersions: ReadonlyMap<string, number>;
  readonly ahead: ReadonlyMap<Activity, Ahead>;
}

/** One subject's activities among those to be judged, oldest first. */
interface Group extends Interval {
  readonly scope: string;
  readonly account: string;
  readonly subject: string;
  readonly activities: Activity[];
}

function bySubject(activities: readonly Activity[]): Group[] {
  const groups = Map.groupBy(activities, subjectScope);
  return [...groups].map(([scope, group]) => {
    const ordered = group.toSorted(byTime);
    const first = ordered[0] as Activity;
    const last = ordered.at(-1) as Activity;
    return {
      scope,
      account: first.account,
      subject: subjectKey(first.actor),
      from: first.at,
      to: last.at,
      activities: ordered,
    };
  });
}

/**
 * Reads everything that judging some activities may look at. One parallel round trip reads the sheets they touch and each
 * subject's activities from a window before to a window after. Where data came from is read step by step. The circle
 * of a Region is asked only where an account does not know the Region, which its sheet says. A subject with more
 * activities than one read holds is read again around each of those to be judged: the cost is bounded, the answer the same.
 *
 * Of what nobody has judged yet no verdict is read, since most of it stays without one.
 *
 * @param isWantedOnwards whether what carries an activity's data on is wanted, too
 */
export async function lookAround(
  { history, verdicts }: Stores,
  cases: readonly Case[],
  isWantedOnwards: (activity: Activity) => boolean,
  policy: Policy,
): Promise<Look> {
  const window = policy.timeWindow;
  const activities = cases.map(({ activity }) => activity);
  const judgedBefore = cases.filter(({ fresh }) => !fresh).map(({ activity }) => activity);
  const groups = bySubject(activities.filter(looksBack));
  const asOf = Math.min(...activities.map(({ at }) => at));
  const scopes = activities.map((activity) => ({ activity, own: scopesOf(activity) }));
  const askedBy = (sheets: ReadonlyMap<string, FactSheet>): Set<string> =>
    new Set(
      scopes.flatMap(({ activity, own }) =>
        own.filter((scope) => !isLeftAlone(scope, activity, sheets, policy)),
      ),
    );
  const regions = new Set(activities.map((activity) => regionOf(activity).scope));
  const [{ sheets: first, timelines }, own, paths] = await Promise.all([
    history.around(
      [...askedBy(new Map())].filter((scope) => !regions.has(scope)),
      groups.map(({ account, subject, from, to, activities }) => ({
        account,
        subject,
        from: from - window,
        to: to + window,
        limit: limitFor(activities.length),
        newestFirst: true,
      })),
      asOf,
    ),
    verdictsAround(verdicts, judgedBefore, policy),
    readLineage(history, activities, isWantedOnwards, policy),
  ]);
  const valuesOf = (read: ReadonlyMap<string, Versioned<FactSheet>>): [string, FactSheet][] =>
    [...read].map(([scope, { value }]) => [scope, value]);
  const asked = [...askedBy(new Map(valuesOf(first)))].filter((scope) => regions.has(scope));
  const [complete, circles, behind] = await Promise.all([
    completed(history, groups, timelines, window, asOf),
    asked.length === 0 ? NO_SHEETS : history.around(asked, [], asOf),
    verdictsBehind(verdicts, judgedBefore, paths, policy),
  ]);
  const stored = new Map([...own, ...behind].map((each) => [copyKey(each.value.activity), each]));
  const sheets = new Map([...first, ...circles.sheets]);
  return {
    sheets: new Map(valuesOf(sheets)),
    sheetVersions: new Map([...sheets].map(([scope, { version }]) => [scope, version])),
    timelines: complete,
    lineages: new Map([...paths].map(([activity, { lineage }]) => [activity, lineage])),
    ahead: new Map([...paths].map(([activity, { ahead }]) => [activity, ahead])),
    verdicts: new Map([...stored].map(([key, { value }]) => [key, value])),
    verdictVersions: new Map([...stored].map(([key, { version }]) => [key, version])),
  };
}

const NO_SHEETS = { sheets: new Map<string, Versioned<FactSheet>>() };

/** Verdicts on some activities and those that decide with them how suspect each is. */
function verdictsAround(
  verdicts: VerdictStore,
  activities: readonly Activity[],
  policy: Policy,
): Promise<readonly Versioned<Assessment>[]> {
  if (activities.length === 0) return Promise.resolve([]);
  const { before, after } = reachOf(policy);
  return verdicts.near(activities.map(placeOf), 2 * REACH, before + after);
}

/** Verdicts on the changes behind launches by services, and on the launches that a change may be behind. */
async function verdictsBehind(
  verdicts: VerdictStore,
  judgedBefore: readonly Activity[],
  paths: ReadonlyMap<Activity, DataPath>,
  policy: Policy,
): Promise<readonly Versioned<Assessment>[]> {
  const changes = [...paths.values()].flatMap(({ lineage }) => lineage.changes);
  const launches = judgedBefore.flatMap((change) =>
    (paths.get(change)?.ahead.later ?? []).filter((launch) => isBehind(change, launch, policy.timeWindow)),
  );
  const [around, at] = await Promise.all([
    verdictsAround(verdicts, [...new Set(changes)], policy),
    launches.length === 0 ? [] : verdicts.at(launches.map(placeOf)),
  ]);
  return [...around, ...at];
}

/** Each subject's activities by scope. Where the first read was cut off, they are read again. */
async function completed(
  history: HistoryStore,
  groups: readonly Group[],
  timelines: readonly (readonly Activity[])[],
  window: number,
  asOf: number,
): Promise<Map<string, readonly Activity[]>> {
  const complete = new Map<string, readonly Activity[]>();
  for (const [index, group] of groups.entries()) {
    const timeline = timelines[index] ?? [];
    const full = timeline.length < limitFor(group.activities.length);
    complete.set(group.scope, full ? timeline : await fillIn(history, group, timeline, window, asOf));
  }
  return complete;
}

/** Activities read of a subject: those to be judged, and room for what lies before and after. */
const limitFor = (activities: number): number => activities + RECENT_LIMIT + 14;

/**
 * Adds the nearest ones before and after each activity whose neighbours the first read cut off. Most of these come close
 * together, so one read from the first of them on is tried. What it does not reach is read around one by one.
 */
async function fillIn(
  history: HistoryStore,
  { account, subject, activities }: Group,
  timeline: readonly Activity[],
  window: number,
  asOf: number,
): Promise<readonly Activity[]> {
  // the first read kept the newest; what lies RECENT_LIMIT behind its oldest is fully seen
  const covered = timeline[RECENT_LIMIT]?.at ?? Number.POSITIVE_INFINITY;
  const cut = activities.filter(({ at }) => at <= covered);
  const [first, last] = [cut[0], cut.at(-1)];
  if (first === undefined || last === undefined) return timeline;
  const before = (at: number): Stretch => ({
    ...{ account, subject, from: at - window, to: at - 1 },
    ...{ limit: RECENT_LIMIT, newestFirst: true },
  });
  const limit = limitFor(cut.length);
  const run = { account, subject, from: first.at, to: last.at + window, limit };
  const [earlier = [], along = []] = await history.stretches([before(first.at), run], asOf);
  // times until which RECENT_LIMIT later activities were read
  const reached = along.length < limit ? Number.POSITIVE_INFINITY : (along.at(-RECENT_LIMIT)?.at ?? 0);
  const around = cut
    .filter(({ at }) => at >= reached)
    .flatMap(({ at }): Stretch[] => [
      before(at),
      { account, subject, from: at, to: at },
      { account, subject, from: at + 1, to: at + window, limit: RECENT_LIMIT },
    ]);
  const more = around.length === 0 ? [] : await history.stretches(around, asOf);
  const all = [...timeline, ...earlier, ...along, ...more.flat()];
  return [...new Map(all.map((activity) => [copyKey(activity), activity])).values()].sort(byTime);
}

/** What the same subject did after an activity and within the window, at most `RECENT_LIMIT` of it. */
export function cameAfter(look: Look, activity: Activity, { timeWindow }: Policy): readonly Activity[] {
  if (!looksBack(activity)) return [];
  const timeline = look.timelines.get(subjectScope(activity)) ?? [];
  const start = firstIndex(timeline, (other) => byTime(other, activity) <= 0);
  return timeline.slice(start, start + RECENT_LIMIT).filter(({ at }) => at < activity.at + timeWindow);
}
