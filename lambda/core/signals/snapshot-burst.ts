import { subjectLabel } from '../actor.ts';
import { subjectScope } from '../facts.ts';
import { copiesMade, windowTotal } from '../peaks.ts';
import { count, type Signal, span } from './signal.ts';

/** Somebody takes everything: more snapshots in one window than the policy allows and than they ever made. */
export const snapshotBurst: Signal = {
  id: 'snapshot-burst',
  family: 'volume',
  description: 'More snapshots in one window than the policy allows and this subject has ever made',
  appliesTo: ['snapshot.create', 'snapshot.copy'],

  evaluate(activity, memory, policy) {
    if (activity.actor.class === 'service') return undefined;
    const made = windowTotal(copiesMade, activity, memory.recent);
    const habit = memory.familiarity(
      subjectScope(activity),
      'peak',
      `copies:${2 ** Math.floor(Math.log2(Math.max(1, made)))}`,
    );
    if (made < policy.rateThreshold.snapshots || habit === 'familiar') return undefined;
    return {
      strength: 1,
      reason: `${subjectLabel(activity.actor)} made ${count(made, 'snapshot')} within ${span(policy.timeWindow)}`,
      refs: memory.recent.filter((earlier) => copiesMade(earlier) > 0).map(({ id }) => id),
    };
  },
};
