import { dequal } from 'dequal/lite';
import { type Activity, copyKey } from '../core/activity/activity.ts';
import { type ActPart, actKey, earlierForms, isPart, joinParts } from '../core/activity/acts.ts';
import type { Case } from '../core/findings/judge.ts';
import { ACTS, actOf, type Entry, entriesOf, partEntry } from '../core/lineage/timelines.ts';
import type { HistoryStore, Stretch } from './ports.ts';

/** An act as its parts tell it now. */
interface Act {
  /** Undefined while it has only begun. */
  readonly activity: Activity | undefined;
  /** Forms that it may have been given before, and does not have now. */
  readonly earlier: readonly Activity[];
  /** Some of its parts had come before. */
  readonly repeated: boolean;
}

/** Parts come minutes apart. Those that come months later find nothing left to join. */
const ALL_TIME = { from: 0, to: Number.MAX_SAFE_INTEGER } as const;

/** Remembers what arrived, acts as all of their parts tell them. Says what is to be judged, and what there is and was of it. */
export async function takeIn(
  history: HistoryStore,
  arrived: readonly Activity[],
): Promise<{ readonly cases: Map<string, Case>; readonly came: readonly Activity[] }> {
  const unique = [...new Map(arrived.map((activity) => [copyKey(activity), activity])).values()];
  const single = unique.filter((activity) => !isPart(activity));
  const acts = await takeParts(history, unique.filter(isPart));
  const known = await placeActs(history, [
    ...single.map((activity) => ({ activity, earlier: [], repeated: false })),
    ...acts,
  ]);
  const cases = new Map<string, Case>();
  const came: Activity[] = [];
  const judge = (activity: Activity, repeated: boolean): void => {
    const key = copyKey(activity);
    came.push(activity);
    cases.set(key, { activity, fresh: !known.has(key), repeated: repeated || known.has(key) });
  };
  for (const activity of single) judge(activity, false);
  for (const { activity, earlier, repeated } of acts) {
    for (const form of earlier) cases.set(copyKey(form), takenBack(form));
    came.push(...earlier);
    if (activity !== undefined) judge(activity, repeated);
  }
  return { cases, came };
}

/** A form of an act that it does not have any more: whatever was judged on its grounds is judged again. */
export const takenBack = (activity: Activity): Case => ({
  activity,
  fresh: false,
  repeated: true,
  gone: true,
});

/** Keeps the parts of acts, then joins each act from all parts that are known of it: stored first, then looked at. */
async function takeParts(history: HistoryStore, parts: readonly ActPart[]): Promise<Act[]> {
  if (parts.length === 0) return [];
  const known = await history.remember(parts.map(partEntry));
  const news = new Set(parts.map(copyKey).filter((key) => !known.has(key)));
  const own = Map.groupBy(parts, actKey);
  const read = await readActs(history, [...own.keys()], Math.min(...parts.map(({ at }) => at)));
  return [...read].map(([key, found]) => ({
    activity: joinParts(found),
    earlier: otherThan(
      joinParts(found),
      earlierForms(found, (part) => news.has(copyKey(part))),
    ),
    repeated: (own.get(key) ?? []).some((part) => known.has(copyKey(part))),
  }));
}

/**
 * The acts among some activities, where more is known of them by now than they say. A worker that had fewer parts may have judged
 * what it had while another stored more.
 */
export async function grownActs(
  history: HistoryStore,
  activities: readonly Activity[],
): Promise<Map<Activity, Act & { readonly activity: Activity }>> {
  const joined = activities.filter((activity) => activity.joined !== undefined);
  const grown = new Map<Activity, Act & { readonly activity: Activity }>();
  if (joined.length === 0) return grown;
  const read = await readActs(history, joined.map(actOf), Math.min(...joined.map(({ at }) => at)));
  for (const activity of joined) {
    const parts = read.get(actOf(activity)) ?? [];
    const now = joinParts(parts);
    if (now === undefined || isSameForm(now, activity)) continue;
    const earlier = otherThan(now, [activity, ...earlierForms(parts, () => false)]);
    grown.set(activity, { activity: now, earlier, repeated: true });
  }
  return grown;
}

/** Puts acts into the timelines as they are now, and takes out what stood there of them. Says which had stood in their place before. */
export async function placeActs(history: HistoryStore, acts: readonly Act[]): Promise<ReadonlySet<string>> {
  const entries = acts.flatMap(({ activity }) => (activity === undefined ? [] : entriesOf(activity)));
  const known = await history.remember(entries);
  if (acts.every(({ earlier }) => earlier.length === 0)) return known;
  const now = new Set(entries.map(placeIn));
  const left = acts
    .flatMap(({ earlier }) => earlier.flatMap(entriesOf))
    .filter((one) => !now.has(placeIn(one)));
  if (left.length > 0) await history.forget(left);
  return known;
}

const placeIn = ({ account, subject, activity }: Entry): string =>
  `${account} ${subject} ${copyKey(activity)}`;

async function readActs(
  history: HistoryStore,
  keys: readonly string[],
  asOf: number,
): Promise<Map<string, ActPart[]>> {
  const unique = [...new Set(keys)];
  const stretches = unique.map((subject): Stretch => ({ account: ACTS, subject, ...ALL_TIME }));
  const found = await history.stretches(stretches, asOf);
  return new Map(unique.map((key, index) => [key, (found[index] ?? []).filter(isPart)]));
}

const otherThan = (now: Activity | undefined, forms: readonly Activity[]): Activity[] =>
  forms.filter((form) => now === undefined || !isSameForm(form, now));

const isSameForm = (a: Activity, b: Activity): boolean => dequal(a, b);
