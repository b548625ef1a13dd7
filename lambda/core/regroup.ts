import { dequal } from 'dequal/lite';
import { byTime } from './activity.ts';
import { scoreOf } from './assess.ts';
import type { Assessment, FindingRecord } from './finding.ts';
import { type Policy, severityOf } from './policy.ts';

/** Members that keep their evidence, and members kept at all: a finding must fit into one item and one message. */
export const MAX_EXPLAINED = 50;
export const MAX_MEMBERS = 500;

/** Whose findings are regrouped. */
export interface Subject {
  readonly account: string;
  /** `subjectKey(actor)` */
  readonly subject: string;
}

/** Id of the finding that begins with an activity: derived, so that every run and every worker names it alike. */
export const findingId = (account: string, firstActivity: string): string => `lt-${account}-${firstActivity}`;

/**
 * Puts a subject's assessments into findings: those at or above LOW, each no further than the policy's window from the
 * next, belong together. A pure function of the set, whatever came first; so a late record may join two findings (the
 * later one is closed and points to the earlier) or explain one away (it is withdrawn).
 *
 * @param records the subject's stored findings that come within a window of the updates
 * @param updates new or renewed assessments by activity id
 * @returns the records that changed or are new
 */
export function regroup(
  { account, subject }: Subject,
  records: readonly FindingRecord[],
  updates: ReadonlyMap<string, Assessment>,
  policy: Policy,
): FindingRecord[] {
  const members = new Map<string, Assessment>();
  const open = records.filter(({ status }) => status === 'open');
  for (const record of open) {
    for (const member of record.members) members.set(member.activity.id, member);
  }
  const truncated = open.some((record) => record.truncated);
  for (const [id, assessment] of updates) {
    if (assessment.score >= policy.severity.low) members.set(id, assessment);
    else members.delete(id);
  }

  const grouped = split([...members.values()], policy.timeWindow).map((group) =>
    recordOf({ account, subject }, group, truncated, policy),
  );
  const ids = new Set(grouped.map(({ id }) => id));
  const closed = open
    .filter(({ id }) => !ids.has(id))
    .map((record): FindingRecord => {
      const into = grouped.find(({ members: kept }) =>
        kept.some(({ activity }) => record.members.some((old) => old.activity.id === activity.id)),
      );
      return {
        ...record,
        status: into === undefined ? 'withdrawn' : 'merged',
        members: [],
        ...(into && { into: into.id }),
      };
    });
  const before = new Map(records.map((record) => [record.id, record]));
  // by value: a store may give back the same record with its keys in another order
  return [...grouped, ...closed].filter((record) => !dequal(before.get(record.id), record));
}

function split(members: readonly Assessment[], window: number): Assessment[][] {
  const groups: Assessment[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const member of members.toSorted((a, b) => byTime(a.activity, b.activity))) {
    if (member.activity.at - last > window) groups.push([]);
    groups.at(-1)?.push(member);
    last = member.activity.at;
  }
  return groups;
}

function recordOf(
  { account, subject }: Subject,
  group: readonly Assessment[],
  truncated: boolean,
  policy: Policy,
): FindingRecord {
  const { score } = scoreOf(group, policy);
  const first = group[0] as Assessment;
  const last = group.at(-1) as Assessment;
  const ranked = group.toSorted((a, b) => b.score - a.score || byTime(a.activity, b.activity));
  const needed = holders(group);
  const explained = ({ activity }: Assessment, rank: number): boolean =>
    rank < MAX_EXPLAINED || needed.has(activity.id);
  const kept = ranked
    .map((member, rank) => (explained(member, rank) ? member : { ...member, evidence: [] }))
    .filter((member, rank) => rank < MAX_MEMBERS || needed.has(member.activity.id));
  return {
    id: findingId(account, first.activity.id),
    account,
    subject,
    status: 'open',
    start: first.activity.at,
    end: last.activity.at,
    members: kept,
    ...((truncated || ranked.length > MAX_MEMBERS) && { truncated: true }),
    score,
    severity: severityOf(policy, score) ?? 'low',
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

/**
 * Members whose first-seen values must not be learnt: those in a finding that was MEDIUM or worse before the values had
 * settled. Members later than that do not count, so that what is learnt never depends on what it is used for.
 *
 * While an account is being learnt everything is new, and someone's first use of a GPU would keep itself from ever
 * becoming a habit; so then it takes a HIGH finding, which novelty alone cannot make.
 */
export function suspects(record: FindingRecord, policy: Policy): Set<string> {
  if (record.status !== 'open' || record.score < policy.severity.medium) return new Set();
  const ordered = record.members.toSorted((a, b) => byTime(a.activity, b.activity));
  const medium = reached(ordered, policy.severity.medium, policy);
  const high = reached(ordered, policy.severity.high, policy);
  return new Set(
    ordered
      .filter(({ activity, learning }) => (learning ? high : medium) < activity.at + policy.learning.settle)
      .map(({ activity }) => activity.id),
  );
}

/** When the first members of a finding together reached a score, ms; infinity if all of them do not. */
function reached(ordered: readonly Assessment[], score: number, policy: Policy): number {
  let low = 1;
  let high = ordered.length + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scoreOf(ordered.slice(0, middle), policy).score >= score) high = middle;
    else low = middle + 1;
  }
  return ordered[low - 1]?.activity.at ?? Number.POSITIVE_INFINITY;
}
