import { subjectLabel } from '../actor.ts';
import { accountScope, subjectScope } from '../facts.ts';
import { instanceFamily } from '../instance-types.ts';
import { established, LAUNCHES, listed, type Signal } from './signal.ts';

/** Part left when others in the account use the family: new to the person, not to the house. */
const KNOWN_TO_ACCOUNT = 0.5;

/** Workloads keep to a few instance families; what an intruder needs is often another. */
export const unfamiliarType: Signal = {
  id: 'unfamiliar-type',
  family: 'thing',
  description: 'An instance family that this subject has not launched before',
  appliesTo: LAUNCHES,

  evaluate(activity, memory, policy) {
    if (activity.actor.class === 'service' || !established(memory, policy)) return undefined;
    const scope = subjectScope(activity);
    const known = memory.known(scope, 'family');
    if (known.length === 0) return undefined;
    const families = [...new Set((activity.launch?.types ?? []).map(instanceFamily))].filter((family) =>
      ['new', 'suspect'].includes(memory.familiarity(scope, 'family', family)),
    );
    if (families.length === 0) return undefined;
    const inAccount =
      activity.outcome === 'succeeded' &&
      families.every((family) => memory.familiarity(accountScope(activity), 'family', family) === 'familiar');
    return {
      strength: inAccount ? KNOWN_TO_ACCOUNT : 1,
      novelty: true,
      reason: `${listed(families)} is new to ${subjectLabel(activity.actor)}, who launches ${listed(known)}`,
    };
  },
};
