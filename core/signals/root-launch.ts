import { subjectScope } from '../history/facts.ts';
import { networkNovelty } from './network-novelty.ts';
import { established, SENSITIVE, type Signal, signInsOf } from './signal.ts';

/** Part left where root does just this as a matter of course, from where it always does: how the house is kept, not news of today. */
const USUAL = 0.6;

/** The root user is for a handful of account tasks, none of which is in this list (AWS, "Root user best practices"). */
export const rootLaunch: Signal = {
  id: 'root-launch',
  family: 'person',
  description: 'The root user launches, copies or shares',
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    const { actor, account, action, kind } = activity;
    if (actor.class !== 'root') return undefined;
    const usual =
      established(memory, policy) &&
      memory.familiarity(subjectScope(activity), 'kind', kind) === 'familiar' &&
      networkNovelty(activity, memory, policy) === undefined;
    return {
      strength: usual ? USUAL : 1,
      reason: `The root user of account ${account} called ${action}${usual ? ', as it does as a habit' : ''}`,
      refs: signInsOf(memory),
    };
  },
};
