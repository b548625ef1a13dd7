import { subjectLabel } from '../activity/actor.ts';
import { instanceFamily } from '../activity/instance-types.ts';
import { accountScope, subjectScope } from '../history/facts.ts';
import { CHANGES, established, LAUNCHES, listed, type Signal, wantedBy } from './signal.ts';

/** Part left when others in the account use the family: new to the person, not to the house. */
const KNOWN_TO_ACCOUNT = 0.5;

/** Leaves out what is kept beside the families. */
const isFamily = (value: string): boolean => !value.includes(' ');

/** Workloads keep to a few instance families; what an intruder needs is often another. */
export const unfamiliarType: Signal = {
  id: 'unfamiliar-type',
  family: 'thing',
  description: 'An instance family that this subject has not launched before',
  appliesTo: [...LAUNCHES, ...CHANGES],

  evaluate(activity, memory, policy) {
    if (activity.actor.class === 'service' || !established(memory, policy)) return undefined;
    // who launches tries out, too: nothing of that type could start
    if (activity.outcome === 'dry-run' || activity.outcome === 'failed') return undefined;
    const scope = subjectScope(activity);
    // what someone told services to launch is no launch of theirs, but the other way round they know the type
    const dimensions = activity.launch === undefined ? (['family', 'plan'] as const) : (['family'] as const);
    const known = dimensions.flatMap((dimension) => memory.known(scope, dimension)).filter(isFamily);
    if (known.length === 0) return undefined;
    const families = [...new Set((wantedBy(activity)?.types ?? []).map(instanceFamily))].filter((family) =>
      dimensions.every((dimension) =>
        ['new', 'suspect'].includes(memory.familiarity(scope, dimension, family)),
      ),
    );
    if (families.length === 0) return undefined;
    const inAccount =
      activity.launch !== undefined &&
      activity.outcome === 'succeeded' &&
      families.every((family) => memory.familiarity(accountScope(activity), 'family', family) === 'familiar');
    return {
      strength: inAccount ? KNOWN_TO_ACCOUNT : 1,
      novelty: true,
      reason: `${listed(families)} is new to ${subjectLabel(activity.actor)}, who launches ${listed([...new Set(known)].sort())}`,
    };
  },
};
