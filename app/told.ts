import { activityKey } from '../core/activity/activity.ts';
import { digest } from '../core/activity/digest.ts';
import { explain } from '../core/findings/assess.ts';
import type { Triage } from '../core/findings/decision.ts';
import type { Assessment, FindingRecord } from '../core/findings/finding.ts';
import type { Session } from '../core/findings/sessions.ts';
import { atLeast, SEVERITIES, type Severity } from '../core/findings/severity.ts';
import { findingOf, sessionId } from '../core/findings/stories.ts';
import type { Policy } from '../core/policy/policy.ts';
import { instancesOf } from '../tell/contain/standing.ts';
import { isStanding, statusOf } from '../tell/ocsf.ts';
import type { OutputId } from '../tell/outputs.ts';
import type { StoriesOf, Story } from './story-around.ts';

/** What was last told of a finding. */
export interface Told {
  readonly status: FindingRecord['status'];
  readonly into?: string;
  /** It was told to machines alone, because the policy suppresses it. */
  readonly suppressed?: true;
  /** Where it stood with the people who look after it, by the last decision; absent where nobody had decided. */
  readonly triage?: Pick<Triage, 'state' | 'decision'>;
  readonly severity: Severity;
  /** The worst it was told at while it was open; absent where that is `severity`, or an older version told it. */
  readonly worst?: Severity;
  readonly score: number;
  /** Time of its first member, ms. */
  readonly start: number;
  /** What it held at any time while it was open, see `heldBy`; the first `MAX_HELD`. */
  readonly held: readonly string[];
  /** How many kinds and openings, and how many instances, it held; absent where an older version told it. */
  readonly counts?: readonly [kinds: number, instances: number];
  /** Digest of its members; absent where an older version told it, which then is no news. */
  readonly members?: string;
  /** What people were last told of it: how many instances, and the time of its last member, ms. */
  readonly alerted?: { readonly instances: number; readonly last: number };
}

/** What is kept of a finding for whoever tells of it. */
export interface Marker {
  /** Absent until it has been told for the first time. */
  readonly told?: Told;
  /**
   * A worker is telling of it, and has it to itself until then, ms. Where that time is over the worker has failed, and may
   * have published something that `told` does not say.
   */
  readonly busyUntil?: number;
  /** Outputs that have some news (`newsId`) already, where others failed to get them. */
  readonly out?: { readonly news: string; readonly to: readonly OutputId[] };
}

/** Things kept by name in a marker. Of a finding that holds more it is known by their number that some have joined. */
const MAX_HELD = 200;

/**
 * What happened to a finding since it was last told. It has `grown` where something joined it that people look at: an instance, a
 * kind of evidence, an opening; it has `changed` where its members, its severity below the worst that was told, or what people decided
 * about it are others. It has `reopened` where it was over, or closed by a person, and is not any more.
 */
export type Event = 'new' | 'reopened' | 'risen' | 'heard' | 'grown' | 'changed' | 'closed';

/** All that is, or was, in the stories that a change concerns: each may have been told as what its finding begins with. */
export const membersIn = ({ before, now }: StoriesOf): Assessment[] =>
  [...now, ...before].flatMap((story) => story.flatMap(({ members }) => members));

/** What the stories begin with: each names a finding that is to be told. */
export const beginningsIn = ({ now }: StoriesOf): Assessment[] =>
  now.flatMap((story) => story[0]?.members[0] ?? []);

/**
 * What has become of the finding that begins with a verdict: open where the verdict begins a story; merged where it is in the
 * midst of one, or what was with it is; withdrawn where nothing of it is left. A closed one is described as far as it goes
 * on from there. Undefined where none of the stories holds the verdict.
 *
 * @param key of the verdict (`activityKey`)
 */
export function standingOf(
  key: string,
  { before, now }: StoriesOf,
  policy: Policy,
): FindingRecord | undefined {
  const story = storyWith([key], now);
  if (story !== undefined) {
    const into = beginningOf(story);
    const own = ownOf(key, story);
    return keysOf(story)[0] === key
      ? findingOf(story, policy)
      : { ...findingOf(own, policy), status: 'merged', into };
  }
  const once = storyWith([key], before);
  if (once === undefined) return undefined;
  const own = ownOf(key, once);
  const last = findingOf(keysOf(once)[0] === key ? once : own, policy);
  const holder = storyWith(keysOf(own), now);
  return holder === undefined
    ? { ...last, status: 'withdrawn' }
    : { ...last, status: 'merged', into: beginningOf(holder) };
}

const storyWith = (keys: readonly string[], stories: readonly Story[]): Story | undefined => {
  const wanted = new Set(keys);
  return stories.find((story) => keysOf(story).some((key) => wanted.has(key)));
};

const keysOf = (story: Story): string[] =>
  story.flatMap(({ members }) => members.map(({ activity }) => activityKey(activity)));

/** Id of the finding that a story is. */
const beginningOf = ([first]: Story): string => (first === undefined ? '' : sessionId(first));

/** The rest of its session from a verdict on. */
const ownOf = (key: string, story: Story): Session[] =>
  story.flatMap((session) => {
    const index = session.members.findIndex(({ activity }) => activityKey(activity) === key);
    return index < 0 ? [] : [{ ...session, members: session.members.slice(index) }];
  });

/**
 * A finding as a marker keeps it once it has been told.
 *
 * @param before what was told of it before; of one that is still open it stays known what it held
 * @param alerted whether people were told, too
 */
export function toldOf(record: FindingRecord, policy: Policy, before?: Told, alerted = false): Told {
  const { status, into, severity, score, start, last, triage } = record;
  const earlier = before?.status === 'open' ? before : undefined;
  const worst = worstOf(earlier);
  const held = heldBy(record, policy);
  const people = alerted ? { instances: held.instances.length, last } : earlier?.alerted;
  return {
    status,
    ...(into !== undefined && { into }),
    ...(statusOf(record, policy) === 'suppressed' && { suppressed: true }),
    ...(triage && { triage: { state: triage.state, decision: triage.decision } }),
    severity,
    ...(worst !== undefined && worst !== severity && atLeast(worst, severity) && { worst }),
    score,
    start,
    held: [...new Set([...held.kinds, ...(earlier?.held ?? []), ...held.instances])].slice(0, MAX_HELD),
    counts: [held.kinds.length, held.instances.length],
    members: digestOf(record),
    ...(people !== undefined && { alerted: people }),
  };
}

const worstOf = (told: Told | undefined): Severity | undefined => told?.worst ?? told?.severity;

const digestOf = ({ members }: FindingRecord): string =>
  digest(members.map(({ activity }) => activityKey(activity)).sort());

/** What is news to people when it joins a finding. */
interface Held {
  /** Kinds of evidence, and what is open or shared because of it. */
  readonly kinds: readonly string[];
  readonly instances: readonly string[];
}

function heldBy(record: FindingRecord, policy: Policy): Held {
  const { parts } = explain(record, policy);
  const opening = new Set(
    parts.filter(({ family }) => family === 'exposure' || family === 'share').map(({ signal }) => signal),
  );
  const open = record.members
    .filter(({ evidence }) => evidence.some(({ signal }) => opening.has(signal)))
    .flatMap(({ activity: { kind, links, share } }) => {
      const what = links.filter(({ role }) => role !== 'used').map(({ id }) => `${kind} ${id}`);
      if (share === undefined) return what;
      const whom = [...share.accounts, ...share.organisations, ...(share.public ? ['everyone'] : [])];
      return what.flatMap((each) => whom.map((one) => `${each} ${one}`));
    });
  return {
    kinds: [...new Set([...parts.map(({ signal }) => signal), ...open])],
    instances: [...new Set(instancesOf(record).flatMap(({ ids }) => ids))],
  };
}

/** What a finding holds that it did not when it was last told; of one that holds more than is known by name, some of it. */
export function joined(told: Told, now: FindingRecord, policy: Policy): Held {
  const known = new Set(told.held);
  const isFull = told.held.length >= MAX_HELD;
  const news = (held: readonly string[], count: number | undefined): string[] =>
    isFull && (count === undefined || held.length <= count) ? [] : held.filter((each) => !known.has(each));
  const held = heldBy(now, policy);
  return { kinds: news(held.kinds, told.counts?.[0]), instances: news(held.instances, told.counts?.[1]) };
}

/** What is to be told of a finding, given what was told last; nothing where it is only that its evidence is less. */
export function eventOf(told: Told | undefined, now: FindingRecord, policy: Policy): Event | undefined {
  if (now.status !== 'open') return told?.status === 'open' ? 'closed' : undefined;
  if (told === undefined) return 'new';
  if (told.status !== 'open') return 'reopened';
  const isDecided =
    told.triage?.state !== now.triage?.state || told.triage?.decision !== now.triage?.decision;
  if (now.triage?.state === 'closed') return isDecided || isOther(told, now) ? 'changed' : undefined;
  if (told.triage?.state === 'closed') return 'reopened';
  if (rank(now.severity) > rank(worstOf(told))) return 'risen';
  if (told.suppressed && isStanding(statusOf(now, policy))) return 'heard';
  const { kinds, instances } = joined(told, now, policy);
  if (kinds.length + instances.length > 0) return 'grown';
  return isDecided || isOther(told, now) || rank(now.severity) > rank(told.severity) ? 'changed' : undefined;
}

const isOther = (told: Told, now: FindingRecord): boolean =>
  told.members !== undefined && told.members !== digestOf(now);

const rank = (severity: Severity | undefined): number =>
  severity === undefined ? -1 : SEVERITIES.indexOf(severity);

/** People who have been told are told of further instances once there are so many times as many, */
const MORE = 1.5;
/** or once so much time has passed between the last member they know of and the last one now, ms. */
const AGAIN_AFTER = 60 * 60_000;

/**
 * Whether people should hear of an event. Of a finding that grows they hear at once of a new kind of evidence or opening; of
 * instances alone at once, too, but of many in a short time in ever larger steps: nobody reads two hundred messages about two
 * hundred instances. It rests on the records alone, so that whoever tells it again tells the same.
 */
export function concernsPeople(
  event: Event,
  told: Told | undefined,
  now: FindingRecord,
  policy: Policy,
): boolean {
  if (event === 'closed' || event === 'changed') return false;
  if (event !== 'grown' || told?.alerted === undefined) return true;
  if (joined(told, now, policy).kinds.length > 0) return true;
  const { instances, last } = told.alerted;
  return heldBy(now, policy).instances.length >= MORE * instances || now.last >= last + AGAIN_AFTER;
}
