import type { Activity } from '../core/activity/activity.ts';
import { WEEK } from '../core/findings/sessions.ts';
import type { Affected } from '../core/history/affected.ts';
import { timelineAccounts } from '../core/history/looking-back.ts';
import { RESOURCES } from '../core/lineage/timelines.ts';
import type { HistoryStore, Stretch } from './ports.ts';

/** What one step of judging again may cost: activities of a slice, and subjects that are looked at for them. */
const SLICE = 100;
const SUBJECTS = 25;

/**
 * Activities to be judged again, because a late record changed what their judgement rests on. Plain data, so that it can
 * wait in a queue.
 */
export type Reopening =
  /** Those of some subjects of an account; the cursor says where to go on. */
  | (Affected & { readonly kind: 'subjects'; readonly cursor?: Cursor })
  /** Those on one resource's timeline. */
  | {
      readonly kind: 'timeline';
      readonly subject: string;
      readonly from: number;
      readonly to: number;
      /** What carries their data on is to be judged again, too. */
      readonly onwards: boolean;
    };

interface Cursor {
  readonly week: number;
  readonly subject: string;
  /** Time from which this subject's activities are still to come, ms. */
  readonly from: number;
}

/** Some activities to be judged again, and what is left. */
interface Slice {
  readonly activities: readonly Activity[];
  /** What carries their data on is to be judged again, too. */
  readonly onwards: boolean;
  readonly rest: Reopening | undefined;
}

/** Takes the next slice of a reopening. */
export function nextSlice(history: HistoryStore, reopening: Reopening): Promise<Slice> {
  return reopening.kind === 'timeline'
    ? sliceOfTimeline(history, reopening)
    : sliceOfSubjects(history, reopening);
}

async function sliceOfTimeline(
  history: HistoryStore,
  reopening: Reopening & { kind: 'timeline' },
): Promise<Slice> {
  const { subject, from, to } = reopening;
  const stretch = { account: RESOURCES, subject, from, to, limit: SLICE };
  const [found = []] = await history.stretches([stretch], from);
  const last = found.at(-1);
  // those of the last moment may not all have fitted: they come again
  const rest =
    found.length < SLICE || last === undefined ? undefined : { ...reopening, from: next(last.at, from) };
  return { activities: found, onwards: reopening.onwards, rest };
}

/**
 * Where the next slice begins: at the last moment of this one. Where a slice holds nothing but one moment, the rest of that
 * moment is passed over: nobody makes a hundred calls about one resource in a millisecond.
 */
const next = (last: number, from: number): number => (last === from ? last + 1 : last);

async function sliceOfSubjects(
  history: HistoryStore,
  reopening: Reopening & { kind: 'subjects' },
): Promise<Slice> {
  const { account, prefix, from, to, cursor } = reopening;
  const week = cursor?.week ?? Math.floor(from / WEEK);
  if (week * WEEK > to) return { activities: [], onwards: false, rest: undefined };
  const subjects = await history.active(account, week, prefix, cursor?.subject ?? prefix, SUBJECTS + 1);
  const wanted = subjects.slice(0, SUBJECTS).map((subject): Stretch => {
    const begin = subject === cursor?.subject ? cursor.from : Math.max(from, week * WEEK);
    return { account, subject, from: begin, to: Math.min(to, (week + 1) * WEEK - 1), limit: SLICE };
  });
  const found = await history.stretches(
    wanted.flatMap((stretch) => timelineAccounts(account).map((each) => ({ ...stretch, account: each }))),
    from,
  );
  const activities: Activity[] = [];
  for (const [index, stretch] of wanted.entries()) {
    const own = [found[2 * index] ?? [], found[2 * index + 1] ?? []];
    // a subject has two timelines: where one is cut, both are taken up again where that one ends
    const until = Math.min(...own.map((each) => (each.length < SLICE ? stretch.to : (each.at(-1)?.at ?? 0))));
    for (const activity of own.flat()) if (activity.at <= until) activities.push(activity);
    const goesOn = until < stretch.to;
    if (!goesOn && activities.length < SLICE) continue;
    const at = goesOn
      ? { week, subject: stretch.subject, from: next(until, stretch.from) }
      : { week, subject: `${stretch.subject} `, from: week * WEEK };
    return { activities, onwards: false, rest: { ...reopening, cursor: at } };
  }
  const more = subjects[SUBJECTS];
  const at =
    more === undefined
      ? { week: week + 1, subject: prefix, from: (week + 1) * WEEK }
      : { week, subject: more, from: Math.max(from, week * WEEK) };
  return { activities, onwards: false, rest: { ...reopening, cursor: at } };
}

/** Adds timelines to what waits. Stretches of one timeline become one. */
export function addTimelines(waiting: Reopening[], added: readonly Reopening[]): void {
  for (const each of added) {
    if (each.kind !== 'timeline') continue;
    const index = waiting.findIndex(
      (other) =>
        other.kind === 'timeline' && other.subject === each.subject && other.onwards === each.onwards,
    );
    const other = waiting[index] ?? each;
    const hull = { from: Math.min(each.from, other.from), to: Math.max(each.to, other.to) };
    waiting.splice(index < 0 ? waiting.length : index, 1, { ...each, ...hull });
  }
}

/** Adds what is affected to what waits. What concerns the same subjects becomes one, unless it has been begun. */
export function addAffected(waiting: Reopening[], affected: readonly Affected[]): void {
  for (const { account, prefix, from, to } of affected) {
    const index = waiting.findIndex(
      (each) =>
        each.kind === 'subjects' &&
        each.cursor === undefined &&
        each.account === account &&
        each.prefix === prefix,
    );
    const other = waiting[index];
    const hull = { from: Math.min(from, other?.from ?? from), to: Math.max(to, other?.to ?? to) };
    waiting.splice(index < 0 ? waiting.length : index, 1, { kind: 'subjects', account, prefix, ...hull });
  }
}
