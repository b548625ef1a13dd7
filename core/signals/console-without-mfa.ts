import { subjectLabel } from '../activity/actor.ts';
import { NO_MFA } from '../history/circles.ts';
import { isConsoleWithoutMfa, subjectScope } from '../history/facts.ts';
import { SENSITIVE, type Signal, signInsOf } from './signal.ts';

/** Part left of who never has one: it says how the house is kept, and little of today. */
const USUAL = 0.4;

/**
 * A console session of a user or of root that says it was opened without MFA. Sessions of roles say "false" whatever
 * the identity provider asked for, so they tell nothing.
 */
export const consoleWithoutMfa: Signal = {
  id: 'console-without-mfa',
  family: 'person',
  description: 'A user or root in the console without multi-factor authentication',
  appliesTo: SENSITIVE,

  evaluate(activity, memory) {
    if (!isConsoleWithoutMfa(activity)) return undefined;
    const usual = memory.familiarity(subjectScope(activity), 'kind', NO_MFA) === 'familiar';
    return {
      strength: usual ? USUAL : 1,
      reason: `${subjectLabel(activity.actor)} was in the console without multi-factor authentication`,
      refs: signInsOf(memory),
    };
  },
};
