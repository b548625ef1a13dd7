import { dequal } from 'dequal/lite';
import { type Activity, activityKey, byTime } from '../activity/activity.ts';
import { subjectKey } from '../activity/actor.ts';
import { getOrMake } from '../activity/sorted.ts';
import type { Policy } from '../policy/policy.ts';
import { scoreOf } from './assess.ts';
import { type Assessment, type FindingRecord, inSequence } from './finding.ts';
import { severityOf } from './severity.ts';

/** Members that keep their evidence, and members kept at all: a finding must fit into one item and one message. */
export const MAX_EXPLAINED = 50;
export const MAX_MEMBERS = 500;

/** Id of the finding that begins with an activity: derived, so that every run and every worker names it alike. */
export const findingId = (account: string, firstActivity: string): string => `lt-${account}-${firstActivity}`;

/** What one subject did, each step no further than the policy's window from the next. */
interface Session {
  readonly account: string;
  readonly subject: string;
  /** In order of time. */
  readonly members: readonly Assessment[];
}

/**
 * Puts assessments into findings. Those at or above LOW by one subject, each no further than the policy's window from the
 * next, belong together; so do those that rest on one lineage, whoever acted and however long it took. A launch by a service
 * belongs to the change it follows, whatever it says itself. A pure function of the set, whatever came first; so a late record may join two findings (the later one is closed and points to the
 * earlier) or explain one away (it is withdrawn).
 *
 * A finding is kept under the subject of its first member; the sessions of others in it are kept as closed records that
 * point to it, so that what they do next finds the story.
 *
 * @param records the stored records that the updates may belong to
 * @param updates new or renewed assessments
 * @returns the records that changed or are new
 */
export function regroup(
  records: readonly FindingRecord[],
  updates: readonly Assessment[],
  policy: Policy,
): FindingRecord[] {
  const members = new Map<string, Assessment>();
  const cut: string[] = [];
  for (const { status, members: kept, truncated } of records) {
    if (status !== 'open') continue;
    for (const member of kept) {
      const key = activityKey(member.activity);
      members.set(key, member);
      if (truncated) cut.push(key);
    }
  }
  for (const assessment of updates) {
    if (assessment.score >= policy.severity.low || assessment.follows !== undefined)
      members.set(activityKey(assessment.activity), assessment);
    else members.delete(activityKey(assessment.activity));
  }
  if (members.size === 0 && records.length === 0) return [];
  const truncated = new Set(cut.map((key) => members.get(key)));

  const renewed = storiesOf(sessionsOf([...members.values()], policy.timeWindow)).flatMap((sessions) =>
    recordsOf(sessions, truncated, policy),
  );
  const ids = new Set(renewed.map(({ id }) => id));
  const closing = records.filter(
    ({ id, status, at }) => !ids.has(id) && (status === 'open' || at !== undefined),
  );
  const holderOf = closing.length === 0 ? new Map() : holdersOf(renewed);
  const closed = closing.map((record) => close(record, holderOf));
  const before = new Map(records.map((record) => [record.id, record]));
  // by value: a store may give back the same record with its keys in another order
  return [...renewed, ...closed].filter((record) => !dequal(before.get(record.id), record));
}

/** The open record that each member is in now. */
function holdersOf(records: readonly FindingRecord[]): Map<string, FindingRecord> {
  const holders = new Map<string, FindingRecord>();
  for (const record of records) {
    if (record.status !== 'open') continue;
    for (const { activity } of record.members) holders.set(activityKey(activity), record);
  }
  return holders;
}

/**
 * A pointer that no session of its story bears the name of keeps leading there: the story may have been read before another
 * worker gave it that session, or that worker may have died before it could.
 */
function close(
  { into: _, ...record }: FindingRecord,
  holderOf: ReadonlyMap<string, FindingRecord>,
): FindingRecord {
  const holder = record.members
    .map((m) => holderOf.get(activityKey(m.activity)))
    .find((found) => found !== undefined);
  if (holder === undefined) return { ...record, status: 'withdrawn', members: [] };
  return { ...record, status: 'merged', members: [], into: holder.id };
}

/** Splits members by subject and by gaps longer than the window. */
export function sessionsOf(members: readonly Assessment[], window: number): Session[] {
  return bySubject(members, window).flatMap((own) => {
    const groups: Assessment[][] = [];
    let last = Number.NEGATIVE_INFINITY;
    for (const member of own.toSorted(inSequence)) {
      if (member.activity.at - last > window) groups.push([]);
      groups.at(-1)?.push(member);
      last = member.activity.at;
    }
    return groups.map((group) => {
      const { account, subject } = answerable(group[0] as Assessment, window);
      return { account, subject, members: group };
    });
  });
}

function bySubject(members: readonly Assessment[], window: number): Assessment[][] {
  const groups = new Map<string, Assessment[]>();
  let last: { readonly activity: Activity; readonly group: Assessment[] } | undefined;
  for (const member of members) {
    // one subject's members mostly come in a row, and then no key need be made
    const alike =
      member.follows === undefined && last !== undefined && isSameSubject(last.activity, member.activity);
    if (alike && last !== undefined) {
      last.group.push(member);
      continue;
    }
    const { account, subject } = answerable(member, window);
    const group = getOrMake(groups, `${account}#${subject}`, (): Assessment[] => []);
    group.push(member);
    last = member.follows === undefined ? { activity: member.activity, group } : undefined;
  }
  return [...groups.values()];
}

const isSameSubject = (a: Activity, b: Activity): boolean =>
  a.account === b.account && a.actor.key === b.actor.key && a.actor.person?.key === b.actor.person?.key;

/** Who answers for a member: who acted, or whoever made the change that it only follows, and within the window. */
function answerable(
  { activity, follows }: Assessment,
  window: number,
): { readonly account: string; readonly subject: string } {
  return follows !== undefined && !follows.own && activity.at - follows.at <= window
    ? follows
    : { account: activity.account, subject: subjectKey(activity.actor) };
}

/** Joins the sessions whose members rest on one lineage; each story's sessions in order of time. */
function storiesOf(sessions: readonly Session[]): Session[][] {
  if (sessions.length < 2) return sessions.map((session) => [session]);
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
  return [...stories.values()].map((story) => story.map((index) => sessions[index] as Session).sort(byFirst));
}

/** Ids of a member, of the change it follows and of the activities that its evidence of lineage rests on. */
function namesIn({ activity, evidence, follows }: Assessment): string[] {
  const followed = follows === undefined ? [] : [follows.id];
  // what only follows is not looked for by others on its lineage
  if (follows !== undefined && !follows.own) return [activity.id, ...followed];
  const refs = evidence.filter(({ lineage }) => lineage === true).flatMap(({ refs }) => refs ?? []);
  return [activity.id, ...followed, ...refs];
}

const firstOf = ({ members }: Session): Assessment => members[0] as Assessment;

const byFirst = (a: Session, b: Session): number =>
  inSequence(firstOf(a), firstOf(b)) || (a.account < b.account ? -1 : a.account > b.account ? 1 : 0);

/** What is kept of a member that is not explained. */
function bare(member: Assessment): Assessment {
  if (member.evidence.length === 0 && member.behind === undefined) return member;
  const { behind: _, ...rest } = member;
  return { ...rest, evidence: [] };
}

function recordsOf(
  sessions: readonly Session[],
  truncated: ReadonlySet<Assessment | undefined>,
  policy: Policy,
): FindingRecord[] {
  const members = sessions.flatMap((session) => session.members);
  const last = Math.max(...members.map(({ activity }) => activity.at));
  const { score } = scoreOf(members, policy);
  const needed = holders(members);
  const ranked = members.toSorted((a, b) => b.score - a.score || byTime(a.activity, b.activity));
  const kept = ranked
    .map((member, rank) => (rank < MAX_EXPLAINED || needed.has(member.activity.id) ? member : bare(member)))
    .filter((member, rank) => rank < MAX_MEMBERS || needed.has(member.activity.id));
  const cut = ranked.length > MAX_MEMBERS || members.some((member) => truncated.has(member));

  const own = sessions.map((session) => keyOf(session));
  const [first, ...others] = own as [ReturnType<typeof keyOf>, ...ReturnType<typeof keyOf>[]];
  const story: FindingRecord = {
    ...nameOf(first),
    status: 'open',
    start: first.start,
    end: first.end,
    last,
    members: kept,
    ...(cut && { truncated: true }),
    score,
    severity: severityOf(policy, score) ?? 'low',
  };
  const pointers = others.map((other, index): FindingRecord => {
    const { score } = scoreOf((sessions[index + 1] as Session).members, policy);
    return {
      ...nameOf(other),
      status: 'merged',
      into: story.id,
      start: other.start,
      end: other.end,
      last: other.end,
      at: { account: story.account, subject: story.subject, start: story.start },
      members: [],
      score,
      severity: severityOf(policy, score) ?? 'low',
    };
  });
  return [story, ...pointers];
}

const nameOf = ({ id, account, subject }: ReturnType<typeof keyOf>) => ({
  id,
  account,
  subject,
});

function keyOf(session: Session): Pick<FindingRecord, 'id' | 'account' | 'subject' | 'start' | 'end'> {
  const { account, subject, members } = session;
  const { activity, follows } = firstOf(session);
  const { id, at, actor } = activity;
  // A launch whose change is no member any more, until it is judged again: its own id is taken by a session of its subject,
  // and another change that it may follow next needs a third.
  const own = follows === undefined || subject === subjectKey(actor) ? '' : `-after-${follows.id}`;
  return {
    id: `${findingId(account, id)}${own}`,
    account,
    subject,
    start: at,
    end: (members.at(-1) as Assessment).activity.at,
  };
}

/**
 * Members that hold the strongest evidence of a signal: the score rests on them, so they keep it whatever their rank.
 * Otherwise the score of a large finding would fall when it is next regrouped, and depend on the order of arrival.
 */
function holders(group: readonly Assessment[]): Set<string> {
  const best = new Map<string, { strength: number; id: string }>();
  for (const { activity, evidence, learning } of group) {
    for (const { signal, strength, novelty } of evidence) {
      // what counts while an account is learnt is chosen apart (see scoreOf)
      for (const key of novelty && learning ? [signal] : [signal, `${signal} hard`]) {
        if (strength > (best.get(key)?.strength ?? 0)) best.set(key, { strength, id: activity.id });
      }
    }
  }
  return new Set([...best.values()].map(({ id }) => id));
}
