import { subjectLabel } from '../actor.ts';
import { roleScope, subjectScope } from '../facts.ts';
import { accountKnown, LAUNCHES, type Signal } from './signal.ts';

/** Part left when the role behind a person launches as a matter of course: the person is new to it, the role is not. */
const ROLE_LAUNCHES = 0.6;

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
    return {
      strength: roleDoes ? ROLE_LAUNCHES : 1,
      novelty: true,
      reason:
        own === 'suspect'
          ? `The earlier launches by ${subjectLabel(activity.actor)} in account ${activity.account} are themselves part of a finding`
          : `${subjectLabel(activity.actor)} had launched no instance in account ${activity.account} before`,
    };
  },
};
