import { activityKey } from '../activity/activity.ts';
import type { Suspicion } from '../history/sighting.ts';
import type { Policy } from '../policy/policy.ts';
import { scoreOf } from './assess.ts';
import type { Assessment, FindingRecord } from './finding.ts';
import { sessionsOf } from './regroup.ts';

/** What must not be learnt from some findings: by activity, and for how long. */
export function suspectsOf(records: readonly FindingRecord[], policy: Policy): Map<string, Suspicion> {
  const all = new Map<string, Suspicion>();
  for (const record of records) {
    for (const [key, suspicion] of suspects(record, policy)) {
      // while a member is handed over it stands in two findings
      if (all.get(key) !== 'leaked-key') all.set(key, suspicion);
    }
  }
  return all;
}

/**
 * Members whose first-seen values must not be learnt: those in a finding that was MEDIUM or worse before the values had
 * settled. Members later than that do not count, so that what is learnt never depends on what it is used for.
 *
 * While an account is being learnt everything is new, and someone's first use of a GPU would keep itself from ever
 * becoming a habit; so then it takes a HIGH finding, which novelty alone cannot make.
 *
 * A stolen session ends when its owner signs in anew, but a long-lived key stays in the hands of whoever took it: so what
 * a CRITICAL finding shows of one is suspect for longer. HIGH is not enough: where people work with such keys, somebody's
 * first drill is HIGH, too, and the second should not be.
 */
function suspects(record: FindingRecord, policy: Policy): Map<string, Suspicion> {
  if (record.status !== 'open' || record.score < policy.severity.medium) return new Map();
  // By session: who else's story a subject's records turn out to belong to may not decide what is learnt of them.
  return new Map(
    sessionsOf(record.members, policy.timeWindow).flatMap(({ members }) => suspectsIn(members, policy)),
  );
}

/** The same of the members of one session, in order of time. */
export function suspectsIn(ordered: readonly Assessment[], policy: Policy): [string, Suspicion][] {
  const { medium, high, critical } = policy.severity;
  const [mediumAt, highAt, criticalAt] = [medium, high, critical].map((score) =>
    reached(ordered, score, policy),
  ) as [number, number, number];
  return ordered.flatMap(({ activity, learning }): [string, Suspicion][] => {
    const settled = activity.at + policy.learning.settle;
    if ((learning ? highAt : mediumAt) >= settled) return [];
    const leaked = activity.actor.credential === 'long-lived' && criticalAt < settled;
    return [[activityKey(activity), leaked ? 'leaked-key' : 'finding']];
  });
}

/** When the first members of a finding together reached a score, ms; infinity if all of them do not. */
function reached(ordered: readonly Assessment[], score: number, policy: Policy): number {
  if (scoreOf(ordered, policy).score < score) return Number.POSITIVE_INFINITY;
  let low = 1;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scoreOf(ordered.slice(0, middle), policy).score >= score) high = middle;
    else low = middle + 1;
  }
  return ordered[low - 1]?.activity.at ?? Number.POSITIVE_INFINITY;
}
