import { type Activity, byTime } from '../core/activity.ts';
import { subjectKey } from '../core/actor.ts';
import { type FactSheet, scopesOf, subjectScope } from '../core/facts.ts';
import type { FindingRecord } from '../core/finding.ts';
import type { Surroundings } from '../core/judge.ts';
import { RECENT_LIMIT } from '../core/memory.ts';
import type { Policy } from '../core/policy.ts';
import type { FindingStore, HistoryStore, Stretch, Versioned } from './ports.ts';
import { readLineage } from './read-lineage.ts';

export interface Stores {
  readonly history: HistoryStore;
  readonly findings: FindingStore;
}

/** Surroundings with the versions they were read at. */
export interface Look extends Surroundings {
  readonly sheetVersions: ReadonlyMap<string, number>;
  readonly findingVersions: ReadonlyMap<string, number>;
  /** Activities that carry on what those looked at made; only where they have just arrived. */
  readonly later: readonly Activity[];
}

/** One subject's activities among those to be judged, oldest first. */
interface Group {
  readonly scope: string;
  readonly account: string;
  readonly subject: string;
  readonly from: number;
  readonly to: number;
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
 * @param options.arrived the activities have just arrived, so what rests on them is wanted, too
 * @param options.wide also read the closed findings beside the whole length of the open ones: splitting a long finding may open
 *   one of them again. Rare, so only asked for after a write was refused.
 */
export async function lookAround(
  { history, findings }: Stores,
  activities: readonly Activity[],
  policy: Policy,
  { arrived = false, wide = false }: { arrived?: boolean; wide?: boolean } = {},
): Promise<Look> {
  const window = policy.timeWindow;
  const groups = bySubject(activities);
  const asOf = Math.min(...activities.map(({ at }) => at));
  const scopes = [...new Set(activities.flatMap(scopesOf))];
  const [sheets, timelines, records, paths] = await Promise.all([
    history.sheets(scopes, asOf),
    history.stretches(
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
    Promise.all(
      groups.map(({ account, subject, from, to }) =>
        nearBy(findings, { account, subject, from: from - window, to: to + window }, wide),
      ),
    ),
    readLineage(history, activities, policy, arrived),
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
    findings: new Map(
      groups.map(({ scope }, index): [string, FindingRecord[]] => [
        scope,
        (records[index] ?? []).map(({ value }: Versioned<FindingRecord>) => value),
      ]),
    ),
    lineages: new Map([...paths].map(([activity, { lineage }]) => [activity, lineage])),
    later: [...paths.values()].flatMap(({ later }) => later),
    findingVersions: new Map(records.flat().map(({ value, version }) => [value.id, version])),
  };
}

async function nearBy(
  findings: FindingStore,
  { account, subject, from, to }: { account: string; subject: string; from: number; to: number },
  wide: boolean,
): Promise<Versioned<FindingRecord>[]> {
  const near = await findings.near(account, subject, from, to);
  if (!wide) return near;
  const start = Math.min(from, ...near.map(({ value }) => value.start));
  const end = Math.max(to, ...near.map(({ value }) => value.end));
  return start < from || end > to ? findings.near(account, subject, start, end) : near;
}

/** Room for what lies before and after, beside the activities themselves. */
const limitFor = (activities: number): number => activities + RECENT_LIMIT + 14;

/** Adds, for each activity whose neighbours the first read cut off, the nearest ones before and after it. */
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
  const stretches = cut.flatMap(({ at }): Stretch[] => [
    { account, subject, from: at - window, to: at - 1, limit: RECENT_LIMIT, newestFirst: true },
    { account, subject, from: at, to: at },
    { account, subject, from: at + 1, to: at + window, limit: RECENT_LIMIT },
  ]);
  const more = await history.stretches(stretches, asOf);
  const all = new Map([...timeline, ...more.flat()].map((activity) => [activity.id, activity]));
  return [...all.values()].sort(byTime);
}

/** Up to `RECENT_LIMIT` activities of the same subject after one activity and within the window. */
export function followers(look: Look, activity: Activity, window: number): Activity[] {
  const timeline = look.timelines.get(subjectScope(activity)) ?? [];
  return timeline
    .filter((later) => byTime(later, activity) > 0 && later.at < activity.at + window)
    .slice(0, RECENT_LIMIT);
}
