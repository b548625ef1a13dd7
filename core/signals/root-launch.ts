import { SENSITIVE, type Signal, signInsOf } from './signal.ts';

/** The root user is for a handful of account tasks, none of which is in this list (AWS, "Root user best practices"). */
export const rootLaunch: Signal = {
  id: 'root-launch',
  family: 'person',
  description: 'The root user launches, copies or shares',
  appliesTo: SENSITIVE,

  evaluate({ actor, account, action }, memory) {
    if (actor.class !== 'root') return undefined;
    return {
      strength: 1,
      reason: `The root user of account ${account} called ${action}`,
      refs: signInsOf(memory),
    };
  },
};
