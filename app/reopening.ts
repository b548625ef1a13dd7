import type { Activity } from '../core/activity/activity.ts';
import type { Interval } from '../core/activity/interval.ts';
import { WEEK } from '../core/findings/sessions.ts';
import { type Affected, type Asked, mayAsk } from '../core/history/affected.ts';
import { DAY } from '../core/history/facts.ts';
import { timelineAccounts } from '../core/history/looking-back.ts';
import { RESOURCES, timelineOf, usesOf } from '../core/lineage/timelines.ts';
import type { HistoryStore, Stretch } from './ports.ts';

/** What one step of judging again may cost: activities of a slice, and subjects that are looked at for them. */
const SLICE = 100;
const SUBJECTS = 25;
/** Activities that are read of one subject at a time where only some of them are picked. */
const READ = 400;
/** Values by which activities are picked; beyond so many all are taken. */
const MAX_ASKED = 200;
/** How often one that goes through an account waits for others of its kind. */
const MAX_TURNS = 5;

/**
 * Activities to be judged again, because a late record changed what their judgement rests on. Plain data, so that it can
 * wait in a queue.
 */
export type Reopening = SubjectsReopening | TimelineReopening;

/** Activities of subjects; the cursor says where to go on. */
interface SubjectsReopening extends Affected {
  readonly kind: 'subjects';
  readonly cursor?: Cursor;
  /** How often it has waited for others of its kind. */
  readonly turns?: number;
}

/** Activities on one resource's timeline. */
export interface TimelineReopening extends Beyond {
  readonly kind: 'timeline';
  /**
   * How often what carries their data on is still followed to where a look has no room for it; 0 where it is not judged again.
   * So a way that leads back, as that of one second does, comes to an end however often it is put off.
   */
  readonly onwards: number;
  /** Of what is on it, only what may ask one of these is judged again, and that in any case: what is known has changed. */
  readonly asked?: readonly Asked[];
}

/** Activities of a resource's timeline for which a look had no room, ms. */
export interface Beyond extends Interval {
  readonly subject: string;
}

interface Cursor {
  readonly week: number;
  readonly subject: string;
  /** Time from which this subject's activities are still to come, ms. */
  readonly from: number;
}

/** Some activities to be judged again, and what is left. */
interface Slice {
  readonly activities: readonly Activity[];
  readonly rest: Reopening | undefined;
}

/** Timelines that a slice reads, at most. */
export const costOf = ({ kind }: Reopening): number => (kind === 'timeline' ? 1 : SUBJECTS);

/** Takes the next slice of a reopening. */
export function nextSlice(history: HistoryStore, reopening: Reopening): Promise<Slice> {
  return reopening.kind === 'timeline'
    ? sliceOfTimeline(history, reopening)
    : sliceOfSubjects(history, reopening);
}

async function sliceOfTimeline(history: HistoryStore, reopening: TimelineReopening): Promise<Slice> {
  const { subject, from, to } = reopening;
  const timeline = { account: RESOURCES, subject };
  const [found = []] = await history.stretches([{ ...timeline, from, to, limit: SLICE }], from);
  const last = found.at(-1);
  const slice = (activities: readonly Activity[], rest?: Reopening): Slice => ({
    activities: activities.filter((activity) => isConcerned(reopening, activity)),
    rest,
  });
  if (found.length < SLICE || last === undefined) return slice(found);
  // those of the last moment may not all have fitted: they come again
  if (last.at > from) return slice(found, { ...reopening, from: last.at });
  return slice(await momentOf(history, [timeline], from, from), { ...reopening, from: from + 1 });
}

/**
 * All of one moment, where a slice holds nothing else and not all of it. CloudTrail tells the second: hundreds of calls by
 * someone who clears up, or of launches of one image, can lie in one.
 */
async function momentOf(
  history: HistoryStore,
  timelines: readonly Pick<Stretch, 'account' | 'subject'>[],
  at: number,
  asOf: number,
): Promise<Activity[]> {
  const found = await history.stretches(
    timelines.map(({ account, subject }) => ({ account, subject, from: at, to: at })),
    asOf,
  );
  return found.flat();
}

/** Most subjects work in few weeks, so one slice goes through as many weeks as fit. */
async function sliceOfSubjects(history: HistoryStore, reopening: SubjectsReopening): Promise<Slice> {
  const activities: Activity[] = [];
  let rest: SubjectsReopening | undefined = reopening;
  let cost = 0;
  while (rest !== undefined && cost < SUBJECTS && activities.length < SLICE) {
    const part: PartOfWeek = await partOfWeek(history, rest, SUBJECTS - cost);
    activities.push(...part.activities);
    cost += part.cost;
    rest = part.rest;
  }
  return { activities, rest };
}

/** Whether an activity that was found is to be judged again. */
const isConcerned = ({ asked }: Reopening, activity: Activity): boolean =>
  asked === undefined || asked.some((each) => mayAsk(activity, each));

interface PartOfWeek extends Slice {
  readonly rest: SubjectsReopening | undefined;
  /** Subjects that were looked at. */
  readonly cost: number;
}

/** The activities of some subjects in one week. */
async function partOfWeek(
  history: HistoryStore,
  reopening: SubjectsReopening,
  most: number,
): Promise<PartOfWeek> {
  const { account, prefix, from, to, cursor, asked } = reopening;
  const limit = asked === undefined ? SLICE : READ;
  const week = cursor?.week ?? Math.floor(from / WEEK);
  if (week * WEEK > to) return { activities: [], rest: undefined, cost: 0 };
  const subjects = await history.active(account, week, prefix, cursor?.subject ?? prefix, most + 1);
  const wanted = subjects.slice(0, most).map((subject): Stretch => {
    const begin = Math.max(from, week * WEEK, subject === cursor?.subject ? cursor.from : 0);
    return { account, subject, from: begin, to: Math.min(to, (week + 1) * WEEK - 1), limit };
  });
  const bothOf = (stretch: Stretch): Stretch[] =>
    timelineAccounts(account).map((each) => ({ ...stretch, account: each }));
  const found = await history.stretches(wanted.flatMap(bothOf), from);
  const activities: Activity[] = [];
  const take = (some: readonly Activity[]): void => {
    for (const activity of some) if (isConcerned(reopening, activity)) activities.push(activity);
  };
  // a week without anybody costs a read, too
  const cost = Math.max(1, wanted.length);
  const goingOn = (subject: string, at: number): PartOfWeek => ({
    activities,
    rest: { ...reopening, cursor: { week, subject, from: at } },
    cost,
  });
  for (const [index, stretch] of wanted.entries()) {
    const own = [found[2 * index] ?? [], found[2 * index + 1] ?? []];
    const cut = own.filter((each) => each.length >= limit);
    // where one of a subject's two timelines is cut, both are taken up again where that one ends
    const until = Math.min(stretch.to, ...cut.map((each) => each.at(-1)?.at ?? stretch.to));
    if (cut.length > 0 && until === stretch.from) {
      take(await momentOf(history, bothOf(stretch), until, from));
      return goingOn(stretch.subject, until + 1);
    }
    take(own.flat().filter(({ at }) => at <= until));
    if (cut.length > 0) return goingOn(stretch.subject, until);
    if (activities.length >= SLICE) return goingOn(`${stretch.subject} `, week * WEEK);
  }
  const more = subjects[most];
  if (more !== undefined) return goingOn(more, Math.max(from, week * WEEK));
  const next = { week: week + 1, subject: prefix, from: (week + 1) * WEEK };
  return { activities, rest: { ...reopening, cursor: next }, cost };
}

/** Whether one of some reopenings judges all that a timeline would. */
export const isCovered = (by: readonly Reopening[], timeline: TimelineReopening): boolean =>
  by.some(
    (each) =>
      each.kind === 'timeline' &&
      each.subject === timeline.subject &&
      each.from <= timeline.from &&
      each.to >= timeline.to &&
      each.onwards >= timeline.onwards &&
      isSameSort(each, timeline) &&
      unionOf(each, timeline).length === (each.asked ?? []).length,
  );

/** Whether both, or neither, pick by what is asked. */
const isSameSort = (one: TimelineReopening, other: TimelineReopening): boolean =>
  (one.asked === undefined) === (other.asked === undefined);

/** Adds a timeline to what waits. Stretches of one timeline become one. */
export function addTimeline(waiting: Reopening[], added: TimelineReopening): void {
  if (isCovered(waiting, added)) return;
  const index = waiting.findIndex(
    (each) =>
      each.kind === 'timeline' &&
      each.subject === added.subject &&
      each.onwards === added.onwards &&
      isSameSort(each, added),
  );
  const other = waiting[index];
  if (other === undefined) waiting.push(added);
  else waiting.splice(index, 1, joinedOf(other, added));
}

/** Adds what is affected to what waits. What concerns the same subjects becomes one, unless it has been begun. */
export function addAffected(waiting: Reopening[], affected: readonly Affected[]): void {
  for (const { about, ...each } of affected) {
    if (about !== undefined) {
      const { from, to, asked = [] } = each;
      for (const subject of [timelineOf(about), usesOf(about)])
        addTimeline(waiting, { kind: 'timeline', subject, from, to, onwards: 0, asked });
      continue;
    }
    const added: SubjectsReopening = { kind: 'subjects', ...each };
    const index = waiting.findIndex(
      (other) =>
        other.kind === 'subjects' &&
        other.cursor === undefined &&
        other.account === each.account &&
        other.prefix === each.prefix &&
        (other.asked === undefined) === (each.asked === undefined),
    );
    const other = waiting[index];
    if (other === undefined) waiting.push(added);
    else waiting.splice(index, 1, joinedOf(other, added));
  }
}

/** Intervals further apart than this, ms, stay two: what lies between them would be judged again for nothing. */
const APART = DAY;

/**
 * The same reopenings, of which those of the same subjects or timeline are one where their times touch: late records that follow one
 * another ask for nearly the same, and what waited for each is judged again once for all.
 */
export function together(waiting: readonly Reopening[]): Reopening[] {
  const left = waiting.filter((each) => beginOf(each) <= each.to);
  const groups = Map.groupBy(left, (each) =>
    each.kind === 'timeline'
      ? JSON.stringify([each.subject, each.onwards, each.asked === undefined])
      : JSON.stringify([each.account, each.prefix, each.asked === undefined]),
  );
  return [...groups.values()].flatMap((group) => {
    const joined: Reopening[] = [];
    for (const each of group.toSorted((a, b) => beginOf(a) - beginOf(b))) {
      const last = joined.at(-1);
      if (last !== undefined && beginOf(each) <= last.to + APART) joined.splice(-1, 1, joinedOf(last, each));
      else joined.push(each);
    }
    return joined;
  });
}

/**
 * What waited, put together: what is to be done now, the narrowest first, and what had better wait for others of its kind.
 *
 * To go through an account costs as much however many have asked for it. Where some that did were just put together, more may lie behind
 * them in the queue, so it is done once no others come, or has waited often enough.
 */
export function inTurn(waiting: readonly Reopening[]): {
  readonly now: Reopening[];
  readonly later: Reopening[];
} {
  const all = together(waiting);
  const [wide, narrow] = [true, false].map((wanted) => all.filter((each) => isWide(each) === wanted));
  const { wait = [], go = [] } = Object.groupBy(wide ?? [], (each) =>
    !waiting.includes(each) && turnsOf(each) < MAX_TURNS ? 'wait' : 'go',
  );
  return {
    now: [...(narrow ?? []), ...go],
    later: wait.map((each) => ({ ...each, turns: turnsOf(each) + 1 })),
  };
}

const isWide = (each: Reopening): boolean => each.kind === 'subjects' && each.prefix === '';

const turnsOf = (each: Reopening): number => (each.kind === 'subjects' ? (each.turns ?? 0) : 0);

/** Time from which a reopening is still to be done, ms. */
const beginOf = (reopening: Reopening): number =>
  reopening.kind === 'subjects' && reopening.cursor !== undefined
    ? Math.max(reopening.from, reopening.cursor.week * WEEK)
    : reopening.from;

function joinedOf(one: Reopening, other: Reopening): Reopening {
  const hull = { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) };
  if (one.kind !== 'subjects' || other.kind !== 'subjects')
    return { ...one, ...hull, ...(one.asked && { asked: unionOf(one, other) }) };
  const { account, prefix, kind } = one;
  const [cursor] = [one, other].map(cursorOf).toSorted(byPlace);
  const isBegun = one.cursor !== undefined || other.cursor !== undefined;
  const turns = Math.max(turnsOf(one), turnsOf(other));
  return {
    ...{ kind, account, prefix, ...hull },
    ...(isBegun && cursor !== undefined && { cursor }),
    ...(turns > 0 && { turns }),
    ...allAsked(one, other),
  };
}

/** What either of two asks for. */
function allAsked(one: Asking, other: Asking): Asking {
  if (one.asked === undefined || other.asked === undefined) return {};
  const asked = unionOf(one, other);
  return asked.length > MAX_ASKED ? {} : { asked };
}

type Asking = Pick<Affected, 'asked'>;

const unionOf = ({ asked: one = [] }: Asking, { asked: other = [] }: Asking): Asked[] => [
  ...new Map([...one, ...other].map((each) => [each.join(' '), each])).values(),
];

/** Where a reopening of subjects goes on, also where it has not been begun. */
const cursorOf = ({ cursor, from, prefix }: SubjectsReopening): Cursor =>
  cursor ?? { week: Math.floor(from / WEEK), subject: prefix, from };

const byPlace = (a: Cursor, b: Cursor): number =>
  a.week - b.week || (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : a.from - b.from);
