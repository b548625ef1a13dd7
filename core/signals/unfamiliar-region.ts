import type { Activity } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { isCostly } from '../activity/instance-types.ts';
import { does } from '../activity/kinds.ts';
import { inRegion } from '../history/circles.ts';
import { accountScope, subjectScope } from '../history/facts.ts';
import { inTeam } from './circle.ts';
import { established, isPlace, listed, SENSITIVE, type Signal } from './signal.ts';

/**
 * Part left of a change that asks for ordinary instances: a rollout to another Region begins with groups and templates.
 * What miners want counts in full, and so does a stack, which may hold anything.
 */
const ORDINARY_PLAN = 0.5;

/** Part left of a launch where others in the account launch: new to the person, not to the house. */
const KNOWN_TO_ACCOUNT = 0.6;

/** Miners pick Regions that nobody watches; people and pipelines keep to theirs. */
export const unfamiliarRegion: Signal = {
  id: 'unfamiliar-region',
  family: 'place',
  description: 'A Region that this subject has not used before',
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    // a service launches where it is told to; whoever tells it is asked
    if (activity.kind === 'instance.launch' && activity.actor.class === 'service') return undefined;
    if (!isPlace(activity.region) || !established(memory, policy)) return undefined;
    const scope = subjectScope(activity);
    const familiarity = memory.familiarity(scope, 'region', activity.region);
    if (familiarity !== 'new' && familiarity !== 'suspect') return undefined;
    const known = memory.known(scope, 'region').filter(isPlace);
    if (known.length === 0) return undefined;
    // only a launch that worked proves the Region to the account, and may ask it
    const inAccount =
      activity.launch !== undefined &&
      activity.outcome === 'succeeded' &&
      memory.familiarity(accountScope(activity), 'region', activity.region) === 'familiar';
    const team = inTeam(activity, [inRegion(activity.region)], memory, policy);
    return {
      strength: team.part * (isOrdinaryPlan(activity) ? ORDINARY_PLAN : inAccount ? KNOWN_TO_ACCOUNT : 1),
      novelty: true,
      reason: `${subjectLabel(activity.actor)} uses ${listed(known)} and is not known in ${activity.region}${team.words}`,
    };
  },
};

const isOrdinaryPlan = ({ kind, plan, links }: Activity): boolean =>
  does(kind, 'plan') && !links.some(({ type }) => type === 'stack') && !isCostly(plan);
