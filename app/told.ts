import { activityKey } from '../core/activity/activity.ts';
import { explain } from '../core/findings/assess.ts';
import type { Assessment, FindingRecord } from '../core/findings/finding.ts';
import type { Session } from '../core/findings/sessions.ts';
import { SEVERITIES, type Severity } from '../core/findings/severity.ts';
import { findingOf, sessionId } from '../core/findings/stories.ts';
import type { Policy } from '../core/policy/policy.ts';
import { instancesOf } from '../tell/containment.ts';
import { statusOf } from '../tell/ocsf.ts';
import type { StoriesOf, Story } from './story-around.ts';

/** What was last told of a finding. */
export interface Told {
  readonly status: FindingRecord['status'];
  readonly into?: string;
  /** It was told to machines alone, because the policy suppresses it. */
  readonly suppressed?: true;
  readonly severity: Severity;
  readonly score: number;
  /** Time of its first member, ms. */
  readonly start: number;
  /** What it held, see `heldBy`. */
  readonly held: readonly string[];
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
}

/** Things kept in a marker: a finding that holds more is told of again only when it becomes more severe. */
const MAX_HELD = 200;

/** What happened to a finding since it was last told. */
export type Event = 'new' | 'reopened' | 'risen' | 'heard' | 'grown' | 'closed';

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

/** A finding as a marker keeps it once it has been told. */
export function toldOf(record: FindingRecord, policy: Policy): Told {
  const { status, into, severity, score, start } = record;
  return {
    status,
    ...(into !== undefined && { into }),
    ...(statusOf(record, policy) === 'suppressed' && { suppressed: true }),
    severity,
    score,
    start,
    held: heldBy(record, policy),
  };
}

/**
 * What is news when it joins a finding: a kind of evidence, what is open or shared because of it, an instance. At most
 * `MAX_HELD` of them.
 */
function heldBy(record: FindingRecord, policy: Policy): string[] {
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
  const instances = instancesOf(record).flatMap(({ ids }) => ids);
  return [...new Set([...parts.map(({ signal }) => signal), ...open, ...instances])].slice(0, MAX_HELD);
}

/** What is to be told of a finding, given what was told last; nothing where it is only that it fell, or that more came. */
export function eventOf(told: Told | undefined, now: FindingRecord, policy: Policy): Event | undefined {
  if (now.status !== 'open') return told?.status === 'open' ? 'closed' : undefined;
  if (told === undefined) return 'new';
  if (told.status !== 'open') return 'reopened';
  if (SEVERITIES.indexOf(now.severity) > SEVERITIES.indexOf(told.severity)) return 'risen';
  if (told.suppressed && statusOf(now, policy) === 'open') return 'heard';
  if (told.held.length >= MAX_HELD) return undefined;
  return heldBy(now, policy).some((each) => !told.held.includes(each)) ? 'grown' : undefined;
}
