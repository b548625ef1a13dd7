import type { Assessment } from '../core/findings/finding.ts';
import { isFollower, sessionsOf, WEEK } from '../core/findings/sessions.ts';
import { isTold } from '../core/findings/stories.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { Place, StoryStore } from './ports.ts';

/** Verdicts read in a row of one subject, and what of their sessions is complete. */
export interface Run {
  readonly account: string;
  readonly subject: string;
  /** In no particular order; also those before that decide where the sessions are divided. */
  readonly verdicts: readonly Assessment[];
  /** Sessions that begin from here to there, ms, have been read as a whole. */
  readonly from: number;
  readonly to: number;
  /** There was more than may be kept: it holds the newest, and of those before as many as hold the session together. */
  readonly truncated: boolean;
  /** Verdicts read, also those passed over. */
  readonly read: number;
}

const weekOf = (at: number): number => Math.floor(at / WEEK) * WEEK;

/** Times, ms, of one subject's verdicts, each no further than the policy's window from the next. */
export interface Around {
  readonly account: string;
  readonly subject: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Reads what a subject was told for around some times: back until a gap or the rule of weeks (see sessionsOf) divides it
 * for certain, and on likewise.
 *
 * @param changed the verdicts of these times have changed, so whatever their presence or absence divides is wanted; else
 *   `from` and `to` are that of one verdict, and its session alone is
 * @param most verdicts kept
 */
export async function readRun(
  store: StoryStore,
  { account, subject, from, to }: Around,
  changed: boolean,
  most: number,
  policy: Policy,
): Promise<Run> {
  const window = policy.timeWindow;
  const week = weekOf(from);
  // a week begins a session where the run before it goes back a week: here for certain, whatever counts of what has changed
  const end = changed ? weekOf(to + window + 2 * WEEK - 1) : week + 2 * WEEK;
  const start = Math.max(0, week - WEEK - window);
  const verdicts: Assessment[] = [];
  let read = 0;
  let truncated = false;
  const counts = (verdict: Assessment): boolean => isTold(verdict, policy) && !isFollower(verdict);
  const keep = (verdict: Assessment): boolean => {
    truncated ||= verdicts.length >= most;
    if (!truncated) verdicts.push(verdict);
    return !truncated;
  };

  let last = to;
  for await (const verdict of store.along({ account, subject, from, to: end - 1 })) {
    read += 1;
    if (!counts(verdict)) continue;
    const { at } = verdict.activity;
    if (at > last + window || !keep(verdict)) break;
    last = Math.max(last, at);
  }
  let first = from;
  for await (const verdict of store.along({
    account,
    subject,
    from: start,
    to: from - 1,
    newestFirst: true,
  })) {
    read += 1;
    if (!counts(verdict)) continue;
    const { at } = verdict.activity;
    if (at < first - window || !keep(verdict)) break;
    first = at;
    if (first <= week - WEEK) break;
  }
  if (truncated) {
    const earlier = await leaps(store, { account, subject, at: first }, week, counts, window);
    verdicts.push(...earlier);
    read += earlier.length;
    first = Math.min(first, ...earlier.map(({ activity }) => activity.at));
  }

  const run = { account, subject, verdicts, truncated, read };
  if (changed) return { ...run, from: first <= week - WEEK ? week : first, to: last };
  const own = sessionsOf(verdicts, window).find(({ members }) =>
    members.some(({ activity }) => activity.at === from),
  );
  const begins = own?.members[0]?.activity.at ?? from;
  return { ...run, from: begins, to: begins };
}

/**
 * The way back to where a session of more verdicts than may be read begins, by leaps as long as the window: what it begins
 * with names its finding, which must stay the same whatever is read of it.
 */
async function leaps(
  store: StoryStore,
  { account, subject, at }: Omit<Place, 'id'>,
  week: number,
  counts: (verdict: Assessment) => boolean,
  window: number,
): Promise<Assessment[]> {
  const oldest = async (from: number, to: number): Promise<Assessment | undefined> => {
    for await (const verdict of store.along({ account, subject, from: Math.max(0, from), to }))
      if (counts(verdict)) return verdict;
    return undefined;
  };
  const found: Assessment[] = [];
  let first = at;
  while (first > week - WEEK) {
    const next = await oldest(first - window, first - 1);
    if (next === undefined) break;
    if (first > week && next.activity.at < week) {
      const beginning = await oldest(week, first - 1);
      if (beginning !== undefined) found.push(beginning);
    }
    found.push(next);
    first = next.activity.at;
  }
  return found;
}
