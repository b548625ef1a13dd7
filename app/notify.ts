import { type Activity, activityKey } from '../core/activity/activity.ts';
import { clean } from '../core/activity/clean.ts';
import { findingId } from '../core/findings/stories.ts';
import { subjectScope } from '../core/history/facts.ts';
import type { Policy } from '../core/policy/policy.ts';
import { attempt, type Done, isNews, type VerdictChange } from './changes.ts';
import { placeOf } from './place.ts';
import type { NoteStore, StoryStore, Versioned } from './ports.ts';
import { type News, newsId, type PublishDeps, publishNews } from './publish-news.ts';
import { isHistory, type Silence } from './silence.ts';
import { readTogether, type StoriesOf, type Surrounding, storiesAround } from './story-around.ts';
import { beginningsIn, eventOf, type Marker, membersIn, standingOf, type Told, toldOf } from './told.ts';

export interface NotifyDeps extends PublishDeps {
  readonly stories: StoryStore;
  readonly markers: NoteStore<Marker>;
  /** What is history that was seeded; absent: nothing is. */
  readonly silence?: () => Promise<Silence>;
  /** Resolves after so many ms. */
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * How long a worker has a finding to itself, ms: longer than its function may run, so that whoever finds this time over
 * knows that it has died.
 */
export const BUSY_MS = 70_000;
/** Between tries where another worker is telling of the finding; after these the stream tries the change again. */
const WAITS = [100, 200, 400, 800, 1_600];

const NONE: Versioned<Marker> = { value: {}, version: 0 };

/**
 * Tells what changed verdicts have made of findings: OCSF to `findings`, plain text to `alerts` where people should look.
 *
 * Each finding that a change concerns is compared with what was last told of it. Where that differs one worker takes the
 * finding, reads its story anew, publishes and marks what it has told; so what is told is told once and in order, and
 * twice only where a worker died in between. One result per change, in order; a failed one is meant to be tried again.
 */
export async function notify(deps: NotifyDeps, changes: readonly VerdictChange[]): Promise<Done[]> {
  const together = await readTogether(deps.stories, changes.filter(isNews), deps.policy);
  let silence: Silence | undefined;
  const results: Done[] = [];
  for (const change of changes)
    results.push(
      await attempt(async () => {
        if (!isNews(change)) return;
        silence ??= (await deps.silence?.()) ?? NO_SILENCE;
        await tellOf(deps, change, silence, together);
      }),
    );
  return results;
}

const NO_SILENCE: Silence = new Map();

async function tellOf(
  deps: NotifyDeps,
  change: VerdictChange,
  silence: Silence,
  together?: Surrounding,
): Promise<void> {
  const { stories, markers, policy } = deps;
  const found = together?.truncated === false ? together : await storiesAround(stories, [change], policy);
  const around = found.of(change);
  const members = new Map(membersIn(around).map(({ activity }) => [activityKey(activity), activity]));
  const known = await markersOf(markers, [...members.values()]);
  const beginnings = beginningsIn(around).map(({ activity }) => activityKey(activity));
  for (const key of new Set([...beginnings, ...known.keys()])) {
    const activity = members.get(key);
    if (activity === undefined) continue;
    const { told, busyUntil } = (known.get(key) ?? NONE).value;
    if (busyUntil === undefined && newsOf(key, told, around, found.truncated, policy, silence) === undefined)
      continue;
    await tell(deps, activity, change, silence);
  }
}

/** What is marked anywhere in the time that each subject's activities span. */
async function markersOf(
  markers: NoteStore<Marker>,
  activities: readonly Activity[],
): Promise<Map<string, Versioned<Marker>>> {
  const subjects = [...Map.groupBy(activities, subjectScope).values()].map((own) => {
    const times = own.map(({ at }) => at);
    const { account, subject } = placeOf(own[0] as Activity);
    return { account, subject, from: Math.min(...times), to: Math.max(...times) };
  });
  const found = await Promise.all(subjects.map((stretch) => markers.within(stretch)));
  return new Map(found.flatMap((each) => [...each]));
}

function newsOf(
  key: string,
  told: Told | undefined,
  around: StoriesOf,
  truncated: boolean,
  policy: Policy,
  silence: Silence,
  unsure = false,
): News | undefined {
  const standing = standingOf(key, around, policy);
  if (standing === undefined) return undefined;
  // a worker that had it and died may have told of it all the same
  if (told === undefined && !unsure && isHistory(standing, silence)) return undefined;
  const again = unsure ? (standing.status === 'open' ? 'reopened' : 'closed') : undefined;
  const event = eventOf(told, standing, policy) ?? again;
  if (event === undefined) return undefined;
  const record = { ...standing, ...(truncated && { truncated }) };
  if (event !== 'closed' || told === undefined) return { event, record };
  const { severity, score, start } = told;
  return { event, record: { ...record, severity, score, start } };
}

/** Takes a finding, sees what is to be told of it now, tells it and marks it as told. */
async function tell(
  deps: NotifyDeps,
  beginning: Activity,
  change: VerdictChange,
  silence: Silence,
): Promise<void> {
  const [place, key] = [placeOf(beginning), activityKey(beginning)];
  const { stories, markers, policy, now, wait } = deps;
  for (const ms of [...WAITS, undefined]) {
    const { value, version } = (await markers.read(place)) ?? NONE;
    const { busyUntil, out, ...marker } = value;
    const free = busyUntil === undefined || busyUntil <= now();
    const taken = free && (await markers.write(place, { ...value, busyUntil: now() + BUSY_MS }, version));
    if (!taken) {
      if (ms !== undefined) await wait(ms);
      continue;
    }
    // whoever had it before may have published something and not have come to mark it: then whatever is true is told again
    const unsure = busyUntil !== undefined;
    let left: Marker = unsure ? { ...value, busyUntil: 0 } : marker;
    let isMarked = false;
    try {
      // read after it was taken: nobody who takes it later can have read an earlier story
      const found = await storiesAround(stories, [change], policy);
      const news = newsOf(key, marker.told, found.of(change), found.truncated, policy, silence, unsure);
      if (news !== undefined) {
        const id = newsId(news.record);
        const already = out?.news === id ? out.to : [];
        left = { ...marker, busyUntil: 0, out: { news: id, to: already } };
        const served = await publishNews(deps, news, marker.told, already);
        left = { ...left, out: { news: id, to: served.out } };
        if (served.errors.length > 0) throw served.errors[0];
        left = { told: toldOf(news.record, policy, marker.told, served.alerted) };
      }
    } finally {
      isMarked = await markers.write(place, left, version + 1);
    }
    // tried again, the change shows whether what is marked now is what has been told
    if (!isMarked) throw new Error(`finding ${clean(findingId(beginning), 128)} was taken from this worker`);
    return;
  }
  throw new Error(`finding ${clean(findingId(beginning), 128)} is being told by another worker`);
}
