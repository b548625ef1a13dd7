import type { DecisionStore } from '../../app/ports.ts';
import { byTime } from '../../core/activity/activity.ts';
import type { Decision } from '../../core/findings/decision.ts';

/** Decisions that live as long as the process. */
export function memoryDecisions(): DecisionStore {
  const kept = new Map<string, Decision>();
  const keyOf = ({ at, id }: Pick<Decision, 'at' | 'id'>): string => `${at} ${id}`;
  return {
    async keep(decision) {
      if (!kept.has(keyOf(decision))) kept.set(keyOf(decision), decision);
    },
    at: async (which) => which.flatMap((each) => kept.get(keyOf(each)) ?? []),
    async *within({ from, to }) {
      yield* [...kept.values()].filter(({ at }) => at >= from && at <= to).sort(byTime);
    },
  };
}
