import { type Activity, activityKey } from '../core/activity/activity.ts';
import { clean } from '../core/activity/clean.ts';
import { explain } from '../core/findings/assess.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
import { atLeast, type Severity } from '../core/findings/severity.ts';
import { findingId } from '../core/findings/stories.ts';
import { subjectScope } from '../core/history/facts.ts';
import type { Policy } from '../core/policy/policy.ts';
import { alertText, subjectOf } from '../tell/message.ts';
import { type FindingEvent, isStanding, statusOf, toOcsf } from '../tell/ocsf.ts';
import { attempt, type Done, isNews, type VerdictChange } from './changes.ts';
import { placeOf } from './place.ts';
import type { AccountNames, DecisionStore, NoteStore, Publisher, StoryStore, Versioned } from './ports.ts';
import { isHistory, type Silence } from './silence.ts';
import { readTogether, type StoriesOf, type Surrounding, storiesAround } from './story-around.ts';
import {
  beginningsIn,
  concernsPeople,
  type Event,
  eventOf,
  joined,
  type Marker,
  membersIn,
  standingOf,
  type Told,
  toldOf,
} from './told.ts';
import { withNotes } from './triage.ts';

export interface NotifyDeps {
  readonly stories: StoryStore;
  readonly markers: NoteStore<Marker>;
  /** What people have decided; absent: findings do not say who did, and why. */
  readonly decisions?: Pick<DecisionStore, 'at'>;
  /** Gets every published finding as OCSF. */
  readonly findings: Publisher;
  /** Gets plain text for people; without it nobody is mailed. */
  readonly alerts?: Publisher | undefined;
  readonly policy: Policy;
  /** Absent: accounts are told by their numbers alone. */
  readonly accountNames?: AccountNames | undefined;
  /** What is history that was seeded; absent: nothing is. */
  readonly silence?: () => Promise<Silence>;
  /** Lowest severity that people are told about. */
  readonly alertsFrom?: Severity | undefined;
  /** Time, ms. */
  readonly now: () => number;
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

const OCSF_EVENTS: Readonly<Record<Event, FindingEvent>> = {
  new: 'create',
  reopened: 'update',
  risen: 'update',
  heard: 'update',
  grown: 'update',
  changed: 'update',
  closed: 'close',
};
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

/** What is to be told of a finding, and as what. */
interface News {
  readonly event: Event;
  readonly record: FindingRecord;
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
    const { busyUntil, ...marker } = value;
    const free = busyUntil === undefined || busyUntil <= now();
    const taken = free && (await markers.write(place, { ...marker, busyUntil: now() + BUSY_MS }, version));
    if (!taken) {
      if (ms !== undefined) await wait(ms);
      continue;
    }
    // whoever had it before may have published something and not have come to mark it: then whatever is true is told again
    const unsure = busyUntil !== undefined;
    let left: Marker = unsure ? { ...marker, busyUntil: 0 } : marker;
    let isMarked = false;
    try {
      // read after it was taken: nobody who takes it later can have read an earlier story
      const found = await storiesAround(stories, [change], policy);
      const news = newsOf(key, marker.told, found.of(change), found.truncated, policy, silence, unsure);
      if (news !== undefined) {
        left = { ...marker, busyUntil: 0 };
        const alerted = await publish(deps, news, marker.told);
        left = { told: toldOf(news.record, policy, marker.told, alerted) };
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

/** Publishes what is to be told; whether people are told, too. */
async function publish(
  { findings, alerts, policy, accountNames, decisions, alertsFrom = 'medium' }: NotifyDeps,
  { event, record: undecided }: News,
  told: Told | undefined,
): Promise<boolean> {
  const [record = undecided] = await withNotes([undecided], decisions);
  const status = statusOf(record, policy);
  const attributes = attributesOf(record, status, policy);
  const accountName = await accountNames?.(record.account);
  const ocsf = toOcsf(record, {
    policy,
    event: status === 'closed' ? 'close' : OCSF_EVENTS[event],
    accountName,
  });
  await findings.publish({
    subject: subjectOf(record, ocsf.message, accountName),
    body: JSON.stringify(ocsf),
    attributes,
  });
  const isSevere = isStanding(status) && atLeast(record.severity, alertsFrom);
  if (alerts === undefined || !isSevere || !concernsPeople(event, told, record, policy)) return false;
  const beside = { joined: told?.status === 'open' ? joined(told, record, policy) : undefined, accountName };
  await alerts.publish({ ...alertText(record, policy, beside), attributes });
  return true;
}

const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();

/**
 * What subscribers can filter on. `region`, `kind` and `signals` are JSON arrays, which SNS matches by any element;
 * Regions and kinds are those of the members that speak against the subject.
 */
function attributesOf(record: FindingRecord, status: string, policy: Policy): Record<string, string> {
  const telling = record.members.filter(({ evidence }) => evidence.length > 0);
  const members = telling.length > 0 ? telling : record.members;
  const list = (values: readonly string[]): string => JSON.stringify(unique(values).slice(0, 40));
  return {
    severity: record.status === 'open' ? record.severity : 'informational',
    status,
    account: clean(record.account, 64),
    region: list(members.map(({ activity }) => clean(activity.region, 40))),
    kind: list(members.map(({ activity }) => activity.kind)),
    signals: list(explain(record, policy).parts.map(({ signal }) => signal)),
  };
}
