import { subjectLabel } from '../activity/actor.ts';
import { aboutOf, kindsThat } from '../activity/kinds.ts';
import { subjectScope } from '../history/facts.ts';
import { copiesMade, windowTotal } from '../history/peaks.ts';
import { untilNow } from './newness.ts';
import { accountKnown, count, type Signal, SNAPSHOTS, span } from './signal.ts';

/** More disks than most servers have: whoever takes a first snapshot before maintenance takes those of one server. */
const NEWCOMER = 6;
/** Part left below the policy's threshold. */
const FEW = 0.7;

/**
 * Somebody takes everything: more snapshots in one window than the policy allows and than they ever made; of somebody who
 * never made any, a handful is enough.
 */
export const snapshotBurst: Signal = {
  id: 'snapshot-burst',
  family: 'volume',
  description: 'More snapshots in one window than the policy allows and this subject has ever made',
  appliesTo: kindsThat('make').filter((kind) => aboutOf(kind) === 'snapshot'),

  evaluate(activity, memory, policy) {
    if (activity.actor.class === 'service') return undefined;
    const made = windowTotal(copiesMade, activity, memory.recent);
    const words = `${subjectLabel(activity.actor)} made ${count(made, 'snapshot')} within ${span(policy.timeWindow)}`;
    const copies = memory.recent.filter((earlier) => copiesMade(earlier) > 0);
    const refs = copies.map(({ id }) => id);
    const since = Math.min(activity.at, ...copies.map(({ at }) => at));
    const habit = memory.familiarity(
      subjectScope(activity),
      'peak',
      `copies:${2 ** Math.floor(Math.log2(Math.max(1, made)))}`,
    );
    if (habit === 'familiar') return undefined;
    if (made >= policy.rateThreshold.snapshots) return { strength: 1, reason: words, refs, since };
    if (made < Math.min(NEWCOMER, policy.rateThreshold.snapshots)) return undefined;
    const kinds = SNAPSHOTS.map((kind) => memory.familiarity(subjectScope(activity), 'kind', kind));
    if (kinds.includes('familiar') || kinds.includes('unknown') || !accountKnown(activity, memory, policy))
      return undefined;
    return {
      strength: FEW,
      novelty: true,
      reason: `${words}, and had made none ${untilNow(kinds.includes('suspect') ? 'suspect' : 'new', policy)}`,
      refs,
      since,
    };
  },
};
