import { knownMfa, subjectLabel } from '../activity/actor.ts';
import { SENSITIVE, type Signal, signInsOf } from './signal.ts';

/**
 * A console session of a user or of root that says it was opened without MFA. Sessions of roles say "false" whatever
 * the identity provider asked for, so they tell nothing.
 */
export const consoleWithoutMfa: Signal = {
  id: 'console-without-mfa',
  family: 'person',
  description: 'A user or root in the console without multi-factor authentication',
  appliesTo: SENSITIVE,

  evaluate({ actor, origin }, memory) {
    if (!origin.console || knownMfa(actor) !== false) return undefined;
    return {
      strength: 1,
      reason: `${subjectLabel(actor)} was in the console without multi-factor authentication`,
      refs: signInsOf(memory),
    };
  },
};
