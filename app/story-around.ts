import { activityKey, byTime, copyKey, placeKey } from '../core/activity/activity.ts';
import type { Assessment } from '../core/findings/finding.ts';
import { isFollower, type Session, sessionsOf } from '../core/findings/sessions.ts';
import { isTold, namesIn, sessionId, soughtUnder, storiesOf } from '../core/findings/stories.ts';
import { subjectScope } from '../core/history/facts.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { VerdictChange } from './changes.ts';
import { placeOf } from './place.ts';
import type { Place, StoryStore } from './ports.ts';
import { type Around, type Run, readRun } from './story-run.ts';

/** What reading stories may cost. */
export interface Limits {
  /** Verdicts kept of one session; the newest and what it begins with. */
  readonly session: number;
  /** Verdicts read in all. */
  readonly verdicts: number;
  /** Names looked up and sessions read in all. */
  readonly queries: number;
}

const LIMITS: Limits = { session: 5_000, verdicts: 10_000, queries: 400 };

/** Look-ups under way at the same time. */
const AT_ONCE = 32;

export type Story = readonly Session[];

/** Whole stories before and after a change; each as the sessions it is made of, in order of time. */
export interface StoriesOf {
  readonly before: readonly Story[];
  readonly now: readonly Story[];
}

/** The stories that some changes belong to, as they are now. */
export interface Surrounding {
  /** Those that one of the changes concerns, and the same as if just this one had not happened. */
  of(change: VerdictChange): StoriesOf;
  /** Not everything has been read. */
  readonly truncated: boolean;
}

/** A run with its whole sessions as they are now. */
interface Read {
  readonly run: Run;
  readonly sessions: readonly Session[];
  /** Changed verdicts that it was read for. */
  readonly changed: ReadonlySet<string>;
}

/** What has been read so far. */
interface Gathered {
  readonly reads: Read[];
  /** What only follows a change is in a session of those that follow it, whoever launched. */
  readonly followers: Map<string, Assessment>;
  /** Keys of the verdicts in either. */
  readonly known: Set<string>;
}

/**
 * Reads the stories that changed verdicts belong to and, as if they had not changed, belonged to: the sessions around them,
 * then step by step those that bear a name borne by a member. Pure views of that say what each change has done.
 */
export async function storiesAround(
  store: StoryStore,
  changes: readonly VerdictChange[],
  policy: Policy,
  limits: Limits = LIMITS,
): Promise<Surrounding> {
  const gathered: Gathered = { reads: [], followers: new Map(), known: new Set() };
  const left = { ...limits };
  let truncated = false;

  const fetch = async (places: readonly Place[]): Promise<Assessment[]> => {
    const some = places.slice(0, Math.max(0, left.verdicts));
    truncated ||= some.length < places.length;
    left.verdicts -= some.length;
    const found = some.length === 0 ? [] : await store.at(some);
    return found.map(({ value }) => value).filter((verdict) => isTold(verdict, policy));
  };
  const follow = (verdicts: readonly Assessment[]): void => {
    for (const verdict of verdicts) {
      const key = copyKey(verdict.activity);
      gathered.known.add(key);
      gathered.followers.set(key, verdict);
    }
  };
  const read = async (around: Around, changed: ReadonlySet<string>): Promise<void> => {
    if (left.queries <= 0 || left.verdicts <= 0) {
      truncated = true;
      return;
    }
    left.queries -= 1;
    const most = Math.min(limits.session, left.verdicts);
    const run = await readRun(store, around, changed.size > 0, most, policy);
    left.verdicts -= run.read;
    truncated ||= run.truncated;
    const sessions = wholeSessions(run, run.verdicts, policy);
    gathered.reads.push({ run, sessions, changed });
    for (const { members } of sessions)
      for (const { activity } of members) gathered.known.add(copyKey(activity));
  };

  const olds = changes.flatMap(({ before }) =>
    before !== undefined && isTold(before, policy) ? [before] : [],
  );
  const current = await fetch(changes.map(({ after }) => placeOf(after.activity)));
  follow(current.filter(isFollower));
  const changed = [...olds, ...current].filter((verdict) => !isFollower(verdict));
  await eachOf(groupsOf(changed, policy), ({ around, keys }) => read(around, keys));

  const names = new Set<string>();
  for (;;) {
    const members = [...olds, ...sessionsIn(gathered, policy).flatMap((session) => session.members)];
    // what they rest on first: it leads to where the story begins
    const added = [...new Set([...members.flatMap(restsOn), ...members.flatMap(soughtUnder)])].filter(
      (name) => !names.has(name),
    );
    if (added.length === 0) break;
    const some = added.slice(0, Math.max(0, left.queries));
    truncated ||= some.length < added.length;
    left.queries -= some.length;
    for (const name of added) names.add(name);
    const places = new Map<string, Place>();
    await eachOf(some, async (name) => {
      const bearing = await store.bearing(name, limits.queries);
      truncated ||= bearing.length === limits.queries;
      for (const place of bearing)
        if (!gathered.known.has(placeKey(place))) places.set(placeKey(place), place);
    });
    // a pointer may be stale: the verdict itself says which names it bears
    const bearers = (await fetch([...places.values()].sort((a, b) => a.at - b.at))).filter((verdict) =>
      namesIn(verdict).some((name) => names.has(name)),
    );
    follow(bearers.filter(isFollower));
    const own = bearers.filter((verdict) => !isFollower(verdict)).map(({ activity }) => placeOf(activity));
    // those of one subject mostly lie in one session, so that the first read covers the next
    const subjects = [...Map.groupBy(own, ({ account, subject }) => `${account}#${subject}`).values()];
    await eachOf(subjects, async (those) => {
      for (const place of those)
        if (!gathered.known.has(placeKey(place)))
          await read({ ...place, from: place.at, to: place.at }, new Set());
    });
  }

  const now = storiesOf(sessionsIn(gathered, policy));
  return {
    truncated,
    of: (change) => concerned(change, storiesOf(sessionsIn(gathered, policy, change)), now),
  };
}

/** The stories of a whole batch in one go; undefined where that fails, so that each change is read, and fails, by itself. */
export async function readTogether(
  store: StoryStore,
  changes: readonly VerdictChange[],
  policy: Policy,
): Promise<Surrounding | undefined> {
  if (changes.length < 2) return undefined;
  return storiesAround(store, changes, policy).catch(() => undefined);
}

const restsOn = (member: Assessment): string[] =>
  namesIn(member).filter((name) => name !== member.activity.id);

/** Changed verdicts by subject, those no further apart than the window together. */
function groupsOf(
  changed: readonly Assessment[],
  { timeWindow }: Policy,
): { readonly around: Around; readonly keys: ReadonlySet<string> }[] {
  const subjects = Map.groupBy(changed, ({ activity }) => subjectScope(activity));
  return [...subjects.values()].flatMap((own) => {
    const groups: { around: Around; keys: Set<string> }[] = [];
    for (const { activity } of own.toSorted((a, b) => byTime(a.activity, b.activity))) {
      const { at, ...place } = placeOf(activity);
      const last = groups.at(-1);
      if (last === undefined || at > last.around.to + timeWindow)
        groups.push({ around: { ...place, from: at, to: at }, keys: new Set([copyKey(activity)]) });
      else {
        last.around = { ...last.around, to: at };
        last.keys.add(copyKey(activity));
      }
    }
    return groups;
  });
}

async function eachOf<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  const queue = all.values();
  const worker = async (): Promise<void> => {
    for (const each of queue) await work(each);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, all.length) }, worker));
}

const wholeSessions = (run: Run, verdicts: readonly Assessment[], policy: Policy): Session[] =>
  sessionsOf(verdicts, policy.timeWindow).filter((session) => beginsIn(session, run));

const beginsIn = ({ members }: Session, { from, to }: Run): boolean => {
  const begins = members[0]?.activity.at ?? 0;
  return begins >= from && begins <= to;
};

/**
 * Sessions that have been read, once each.
 *
 * @param undone a change to leave out: in the place of its verdict stands the one before, or none
 */
function sessionsIn({ reads, followers }: Gathered, policy: Policy, undone?: VerdictChange): Session[] {
  const key = undone === undefined ? '' : copyKey(undone.after.activity);
  const before = undone?.before !== undefined && isTold(undone.before, policy) ? [undone.before] : [];
  const without = (verdicts: readonly Assessment[]): Assessment[] =>
    verdicts.filter(({ activity }) => copyKey(activity) !== key);
  const around = reads.find(({ changed }) => changed.has(key));

  const sessions = reads.flatMap((each): readonly Session[] => {
    if (around === undefined) return each.sessions;
    const { run } = around;
    if (each === around) {
      const own = before.filter((verdict) => !isFollower(verdict));
      return wholeSessions(run, [...without(run.verdicts), ...own], policy);
    }
    // what has been read around the change knows best how it divides the subject's time
    const same = each.run.account === run.account && each.run.subject === run.subject;
    return same ? each.sessions.filter((session) => !beginsIn(session, run)) : each.sessions;
  });
  const following = [...without([...followers.values()]), ...before.filter(isFollower)];
  const all = [...sessions, ...sessionsOf(following, policy.timeWindow)];
  return [...new Map(all.map((session) => [sessionId(session), session])).values()];
}

/** The stories on either side that hold anything of what the changed verdict has, or had, to do with. */
function concerned(change: VerdictChange, before: readonly Story[], now: readonly Story[]): StoriesOf {
  const keys = new Set([activityKey(change.after.activity)]);
  const taken = new Set<Story>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const story of [...before, ...now]) {
      if (taken.has(story) || !story.some((session) => session.members.some(isIn))) continue;
      taken.add(story);
      grown = true;
      for (const { activity } of story.flatMap((session) => session.members)) keys.add(activityKey(activity));
    }
  }
  return { before: before.filter((story) => taken.has(story)), now: now.filter((story) => taken.has(story)) };

  function isIn({ activity }: Assessment): boolean {
    return keys.has(activityKey(activity));
  }
}
