import { type Activity, activityKey, byTime } from '../core/activity/activity.ts';
import { subjectKey } from '../core/activity/actor.ts';
import type { Interval } from '../core/activity/interval.ts';
import { firstIndex } from '../core/activity/sorted.ts';
import type { Surroundings } from '../core/findings/surroundings.ts';
import { type FactSheet, scopesOf, subjectScope } from '../core/history/facts.ts';
import { RECENT_LIMIT } from '../core/history/habits.ts';
import { looksBack } from '../core/history/looking-back.ts';
import { isBehind } from '../core/lineage/behind.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { FindingStore, HistoryStore, Stretch } from './ports.ts';
import { beyond, readFindings, type Span } from './read-findings.ts';
import { readLineage } from './read-lineage.ts';

export interface Stores {
  readonly history: HistoryStore;
  readonly findings: FindingStore;
}

/** Surroundings with the versions they were read at. */
export interface Look extends Surroundings {
  readonly sheetVersions: ReadonlyMap<string, number>;
  readonly findingVersions: ReadonlyMap<string, number>;
  /** Where findings were looked for. */
  readonly asked: readonly Span[];
  /** Activities that carry on what those looked at made or opened. */
  readonly later: readonly Activity[];
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
 * Reads, in one parallel round trip, everything that judging some activities may look at: the sheets they touch, each
 * subject's activities from a window before to a window after, and its findings near by. A subject with more activities
 * than fit is read again around each of those to be judged, so the cost is bounded and the answer the same.
 *
 * @param own activities whose subjects' findings are read with it
 * @param also stretches whose findings are read with it, where it is known beforehand that they are wanted
 */
export async function lookAround(
  { history, findings }: Stores,
  activities: readonly Activity[],
  policy: Policy,
  { own, also }: { readonly own: readonly Activity[]; readonly also: readonly Span[] },
): Promise<Look> {
  const window = policy.timeWindow;
  const groups = bySubject(activities.filter(looksBack));
  const asOf = Math.min(...activities.map(({ at }) => at));
  const scopes = [...new Set(activities.flatMap(scopesOf))];
  const atOnce = [...spansAround(own, window), ...also];
  const [{ sheets, timelines }, ownFindings, paths] = await Promise.all([
    history.around(
      scopes,
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
    readFindings(findings, atOnce, window),
    readLineage(history, activities, policy),
  ]);

  const complete = new Map<string, readonly Activity[]>();
  for (const [index, group] of groups.entries()) {
    const timeline = timelines[index] ?? [];
    const full = timeline.length < limitFor(group.activities.length);
    complete.set(group.scope, full ? timeline : await fillIn(history, group, timeline, window, asOf));
  }
  return {
    sheets: new Map([...sheets].map(([scope, { value }]): [string, FactSheet] => [scope, value])),
    sheetVersions: new Map([...sheets].map(([scope, { version }]) => [scope, version])),
    timelines: complete,
    findings: [...ownFindings.values()].map(({ value }) => value),
    lineages: new Map([...paths].map(([activity, { lineage }]) => [activity, lineage])),
    later: [...paths.values()].flatMap(({ later }) => later),
    ahead: new Map([...paths].map(([activity, { later }]) => [activity, later])),
    findingVersions: new Map([...ownFindings].map(([id, { version }]) => [id, version])),
    asked: atOnce,
  };
}

/** Where findings may lie that bear on an activity, beside those around what its evidence rests on. */
function bearingOn(activity: Activity, look: Look, window: number): Span[] {
  const later = look.ahead.get(activity) ?? [];
  const changes = look.lineages.get(activity)?.changes ?? [];
  const followed = later.filter((launch) => isBehind(activity, launch, window)).toSorted(byTime);
  return [
    ...spansAround([...changes, ...later], window),
    // a launch by a service belongs to whoever made the change it follows, also in time
    ...changes.map((change) => spanOf(change, activity.at, window)),
    ...followed.slice(-1).map((launch) => spanOf(activity, launch.at, window)),
  ];
}

/**
 * Adds to a look the findings that bear on some of its activities and have not been read with it: of their subjects, of
 * what their evidence rests on, of what carries on what they made, and of whom launches follow. All else that lies on the
 * way of the data belongs to another story.
 */
export async function lookForFindings(
  { findings }: Stores,
  look: Look,
  told: readonly Activity[],
  rests: readonly Activity[],
  policy: Policy,
): Promise<Look> {
  const window = policy.timeWindow;
  const bearing = told.flatMap((activity) => bearingOn(activity, look, window));
  return withFindings(findings, look, [...spansAround([...told, ...rests], window), ...bearing], window);
}

/**
 * Adds the findings of everything else that rests on some activities: two launches from one stolen snapshot are one story,
 * whoever made them.
 */
export async function lookFurther(
  { history, findings }: Stores,
  look: Look,
  rests: readonly Activity[],
  policy: Policy,
): Promise<Look> {
  const paths = await readLineage(history, rests, policy);
  const siblings = [...paths.values()].flatMap(({ later }) => later);
  if (siblings.length === 0) return look;
  const window = policy.timeWindow;
  return withFindings(findings, look, spansAround([...rests, ...siblings], window), window);
}

/** Which of some activities are members of findings. */
export async function standingIn(
  { findings }: Stores,
  activities: readonly Activity[],
  policy: Policy,
): Promise<ReadonlySet<Activity>> {
  if (activities.length === 0) return new Set();
  const window = policy.timeWindow;
  const records = await readFindings(findings, spansAround(activities, window), window);
  const members = new Set(
    [...records.values()]
      .filter(({ value }) => value.status === 'open')
      .flatMap(({ value }) => value.members.map(({ activity }) => activityKey(activity))),
  );
  return new Set(activities.filter((activity) => members.has(activityKey(activity))));
}

async function withFindings(
  store: FindingStore,
  look: Look,
  spans: readonly Span[],
  window: number,
): Promise<Look> {
  const wanted = beyond(spans, look.asked);
  if (wanted.length === 0) return look;
  const more = await readFindings(store, wanted, window, look.asked);
  const fresh = [...more.values()].filter(({ value }) => !look.findingVersions.has(value.id));
  return {
    ...look,
    asked: [...look.asked, ...wanted],
    findings: [...look.findings, ...fresh.map(({ value }) => value)],
    findingVersions: new Map([
      ...look.findingVersions,
      ...fresh.map(({ value, version }): [string, number] => [value.id, version]),
    ]),
  };
}

/** What a subject may have found against it from a change until a launch that follows it. */
const spanOf = ({ account, actor, at }: Activity, until: number, window: number): Span => ({
  account,
  subject: subjectKey(actor),
  from: at - window,
  to: until + window,
});

function spansAround(activities: readonly Activity[], window: number): Span[] {
  return bySubject(activities).map(({ account, subject, from, to }) => ({
    account,
    subject,
    from: from - window,
    to: to + window,
  }));
}

/** Room for what lies before and after, beside the activities themselves. */
const limitFor = (activities: number): number => activities + RECENT_LIMIT + 14;

/**
 * Adds, for each activity whose neighbours the first read cut off, the nearest ones before and after it. Most come close
 * together, so one read from the first of them on is tried; those it does not reach are read around one by one.
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
  return [...new Map(all.map((activity) => [activity.id, activity])).values()].sort(byTime);
}

/**
 * What the same subjects did after activities that arrived and within the window, at most `RECENT_LIMIT` after each;
 * without those that arrived themselves.
 */
export function followers(look: Look, arrived: readonly Activity[], window: number): Activity[] {
  const found: Activity[] = [];
  for (const { scope, activities } of bySubject(arrived.filter(looksBack))) {
    const timeline = look.timelines.get(scope) ?? [];
    for (const [index, activity] of activities.entries()) {
      // whatever follows the next of them, too, is a nearer follower of that one
      const next = activities[index + 1];
      const start = firstIndex(timeline, (other) => byTime(other, activity) <= 0);
      for (const later of timeline.slice(start, start + RECENT_LIMIT)) {
        if (later.at >= activity.at + window || (next !== undefined && byTime(later, next) >= 0)) break;
        found.push(later);
      }
    }
  }
  return found;
}
