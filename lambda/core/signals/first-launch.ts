import { subjectLabel } from '../actor.ts';
import { roleScope, subjectScope } from '../facts.ts';
import { untilNow } from './newness.ts';
import { accountKnown, LAUNCHES, type Signal } from './signal.ts';

/** Part left when the role behind a person launches as a matter of course: the person is new to it, the role is not. */
const ROLE_LAUNCHES = 0.6;
/**
 * Part left when the call could not have started anything, for want of rights or by mistake: people try a button once.
 * With one refusal it stays LOW, with a sweep of them it is MEDIUM. A quota refusal counts in full: the rights were there.
 */
const NOTHING_STARTED = 0.5;

/**
 * MITRE's first analytic for T1578.002: an instance created by someone who does not usually create them. Launches by a
 * service are left out: who is behind the service is another question.
 */
export const firstLaunch: Signal = {
  id: 'first-launch',
  family: 'person',
  description: 'An instance launched by someone who has not launched one before',
  appliesTo: LAUNCHES,

  evaluate(activity, memory, policy) {
    if (activity.actor.class === 'service' || !accountKnown(activity, memory, policy)) return undefined;
    const own = memory.familiarity(subjectScope(activity), 'kind', activity.kind);
    if (own === 'familiar' || own === 'unknown') return undefined;

    const behindRole = activity.actor.person !== undefined;
    const roleDoes =
      behindRole && memory.familiarity(roleScope(activity), 'kind', activity.kind) === 'familiar';
    const couldStart = activity.outcome === 'succeeded' || activity.outcome === 'limited';
    return {
      strength: (roleDoes ? ROLE_LAUNCHES : 1) * (couldStart ? 1 : NOTHING_STARTED),
      novelty: true,
      reason:
        own === 'suspect'
          ? `The earlier launches by ${subjectLabel(activity.actor)} in account ${activity.account} are part of a finding themselves`
          : `${subjectLabel(activity.actor)} had launched no instance in account ${activity.account} ${untilNow(own, policy)}`,
    };
  },
};
