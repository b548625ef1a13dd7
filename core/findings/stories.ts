import { byTime } from '../activity/activity.ts';
import { unique } from '../activity/unique.ts';
import { entriesOf, RESOURCES } from '../lineage/timelines.ts';
import { once } from '../lineage/walk.ts';
import type { Policy } from '../policy/policy.ts';
import { scoreOf } from './assess.ts';
import { triageOf } from './decision.ts';
import { type Assessment, type FindingRecord, inSequence } from './finding.ts';
import { isFollower, type Session, sessionsOf } from './sessions.ts';
import { severityOf } from './severity.ts';

/** Members that keep their evidence, and members that are kept: a finding must fit into one message. */
export const MAX_EXPLAINED = 50;
export const MAX_MEMBERS = 500;

/** Id of the finding that begins with an activity. It is derived, so that every run and every worker names it alike. */
export const findingId = ({ account, id }: { account: string; id: string }): string => `lt-${account}-${id}`;

/** Whether an assessment is told: it is LOW or worse, or it follows a change that is. */
export const isTold = ({ score, follows }: Assessment, policy: Policy): boolean =>
  score >= policy.severity.low || follows !== undefined;

/**
 * Puts verdicts into findings. Verdicts of one subject, each no further than the policy's window from the next, are a session.
 * Sessions whose evidence rests on the same activities are one story, whoever acted and however long it took, and so are
 * sessions of one person whom the policy knows under several names. A launch by a service
 * belongs to the change that it follows. A story is a finding. The order of the verdicts does not matter.
 */
export const findingsOf = (verdicts: readonly Assessment[], policy: Policy): FindingRecord[] =>
  storiesOf(sessionsOf(verdicts, policy.timeWindow)).map((story) => findingOf(story, policy));

/** Joins the sessions whose members rest on one lineage; each story's sessions in order of time. */
export function storiesOf(sessions: readonly Session[]): Session[][] {
  if (sessions.length < 2) return sessions.map((session) => counted([session]));
  const parent = sessions.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at) at = parent[at] as number;
    return at;
  };
  const holder = new Map<string, number>();
  for (const [index, { members }] of sessions.entries()) {
    for (const name of members.flatMap(namesIn)) {
      const other = holder.get(name);
      if (other === undefined) holder.set(name, index);
      else parent[root(index)] = root(other);
    }
  }
  const stories = Map.groupBy(sessions.keys(), root);
  return [...stories.values()].map((story) => counted(story.map((index) => sessions[index] as Session)));
}

/** The sessions of a story in order of time, which hold of several copies of an activity just the one that counts. */
function counted(story: readonly Session[]): Session[] {
  const all = story.flatMap(({ members }) => members.map(({ activity }) => activity));
  const left = new Set(once(all));
  if (left.size === all.length) return story.toSorted(byFirst);
  return story
    .map((session) => ({ ...session, members: session.members.filter(({ activity }) => left.has(activity)) }))
    .filter(({ members }) => members.length > 0)
    .sort(byFirst);
}

/** Names that join a member with others: its own id, that of the change it follows, those that its evidence of lineage rests on, and its person's. */
export function namesIn(member: Assessment): string[] {
  const { activity, evidence, follows, person = [] } = member;
  const followed = follows === undefined ? [] : [follows.id];
  // what only follows a change joins nobody by its own lineage
  if (isFollower(member)) return [activity.id, ...followed];
  const refs = evidence.filter(({ lineage }) => lineage === true).flatMap(({ refs }) => refs ?? []);
  return [activity.id, ...followed, ...refs, ...person];
}

/**
 * Names under which a member is found by those that share a story with it. What stands in no resource's timeline is rested
 * on by nothing, so nobody looks for it by its own id.
 */
export const soughtUnder = (member: Assessment): readonly string[] =>
  unique(namesIn(member)).filter((name) => name !== member.activity.id || isRestedOn(member));

/** Of an activity that was shortened it is not known any more. */
const isRestedOn = ({ activity, shortened }: Assessment): boolean =>
  shortened !== undefined || entriesOf(activity).some(({ account }) => account === RESOURCES);

const firstOf = ({ members }: Session): Assessment => members[0] as Assessment;

const byFirst = (a: Session, b: Session): number =>
  inSequence(firstOf(a), firstOf(b)) || (a.account < b.account ? -1 : a.account > b.account ? 1 : 0);

/** Id of the finding that begins with a session. It is the story's as long as no earlier session belongs to it. */
export const sessionId = (session: Session): string => findingId(firstOf(session).activity);

/** A member without what the detector notes for itself. */
function withoutMark(member: Assessment): Assessment {
  if (member.suspect === undefined) return member;
  const { suspect: _, ...rest } = member;
  return rest;
}

/** What is kept of a member that is not explained. */
function bare(member: Assessment): Assessment {
  if (member.evidence.length === 0 && member.behind === undefined) return member;
  const { behind: _, ...rest } = member;
  return { ...rest, evidence: [] };
}

/** Every member of a finding, also those that it does not keep. */
export function membersOf(verdicts: readonly Assessment[], id: string, policy: Policy): Assessment[] {
  const told = verdicts.filter((verdict) => isTold(verdict, policy));
  const stories = storiesOf(sessionsOf(told, policy.timeWindow));
  const story = stories.find(([first]) => first !== undefined && sessionId(first) === id) ?? [];
  return story.flatMap(({ members }) => members);
}

/** The finding that a story is, under the id and the subject of its first session. */
export function findingOf(story: readonly Session[], policy: Policy): FindingRecord {
  const [first] = story as [Session, ...Session[]];
  const members = story.flatMap((session) => session.members.map(withoutMark));
  const { score } = scoreOf(members, policy);
  const severity = severityOf(policy, score) ?? 'low';
  const triage = triageOf(members, severity);
  const needed = holders(members);
  const ranked = members.toSorted((a, b) => b.score - a.score || byTime(a.activity, b.activity));
  const kept = ranked
    .map((member, rank) => (rank < MAX_EXPLAINED || needed.has(member.activity.id) ? member : bare(member)))
    .filter((member, rank) => rank < MAX_MEMBERS || needed.has(member.activity.id));
  return {
    id: sessionId(first),
    account: first.account,
    subject: first.subject,
    status: 'open',
    start: firstOf(first).activity.at,
    end: (first.members.at(-1) as Assessment).activity.at,
    last: members.reduce((last, { activity }) => Math.max(last, activity.at), 0),
    members: kept,
    ...(ranked.length > MAX_MEMBERS && { truncated: true }),
    score,
    severity,
    ...(triage && { triage }),
  };
}

/**
 * Members that hold the strongest evidence of a signal. The score rests on them, so they keep their evidence whatever their rank:
 * whoever works out the score from the finding gets the same.
 */
function holders(members: readonly Assessment[]): Set<string> {
  const best = new Map<string, { strength: number; id: string }>();
  for (const { activity, evidence, learning } of members.toSorted(inSequence)) {
    for (const { signal, strength, novelty } of evidence) {
      // what counts while an account is learnt is chosen apart (see scoreOf)
      for (const key of novelty && learning ? [signal] : [signal, `${signal} hard`]) {
        if (strength > (best.get(key)?.strength ?? 0)) best.set(key, { strength, id: activity.id });
      }
    }
  }
  return new Set([...best.values()].map(({ id }) => id));
}
