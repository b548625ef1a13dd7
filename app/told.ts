import { activityKey } from '../core/activity/activity.ts';
import { explain } from '../core/findings/assess.ts';
import type { FindingRecord } from '../core/findings/finding.ts';
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
  /** A worker is telling of it, and has it to itself until then, ms. */
  readonly busyUntil?: number;
}

/** Things kept in a marker: a finding that holds more is told of again only when it becomes more severe. */
export const MAX_HELD = 200;

/** What happened to a finding since it was last told. */
export type Event = 'new' | 'reopened' | 'risen' | 'heard' | 'grown' | 'closed';

/** Ids of all sessions that a change concerns: each is a finding, or was, or is part of one. */
export const idsIn = ({ before, now }: StoriesOf): string[] => [
  ...new Set([...now, ...before].flatMap((story) => story.map(sessionId))),
];

/**
 * What a finding is now: open where it begins a story; merged where its session is part of another's, or what was in its
 * session is; withdrawn where nothing of it is left. A closed one is described as it last was. Undefined where none of the stories
 * bears its name.
 */
export function standingOf(
  id: string,
  { before, now }: StoriesOf,
  policy: Policy,
): FindingRecord | undefined {
  const story = now.find((each) => each.some((session) => sessionId(session) === id));
  if (story !== undefined) {
    const into = beginningOf(story);
    if (into === id) return findingOf(story, policy);
    const own = story.filter((session) => sessionId(session) === id);
    return { ...findingOf(own, policy), status: 'merged', into };
  }
  const once = before.find((each) => each.some((session) => sessionId(session) === id));
  if (once === undefined) return undefined;
  const own = once.filter((session) => sessionId(session) === id);
  const last = findingOf(beginningOf(once) === id ? once : own, policy);
  const members = new Set(own.flatMap(keysOf));
  const holder = now.find((each) => each.some((session) => keysOf(session).some((key) => members.has(key))));
  return holder === undefined
    ? { ...last, status: 'withdrawn' }
    : { ...last, status: 'merged', into: beginningOf(holder) };
}

/** Id of the finding that a story is. */
const beginningOf = ([first]: Story): string => (first === undefined ? '' : sessionId(first));

const keysOf = ({ members }: Session): string[] => members.map(({ activity }) => activityKey(activity));

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
export function heldBy(record: FindingRecord, policy: Policy): string[] {
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
