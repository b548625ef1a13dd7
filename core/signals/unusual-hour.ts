import { subjectLabel } from '../activity/actor.ts';
import { hourOf, subjectScope } from '../history/facts.ts';
import { SENSITIVE, type Signal } from './signal.ts';

/** Hours beside a usual one are usual too: people start early and stay late. */
const NEIGHBOURS = 2;

/** A person at work when they never are; weak alone, since people do travel and are on call. */
export const unusualHour: Signal = {
  id: 'unusual-hour',
  family: 'place',
  description: 'An hour of day at which this person has not been active',
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    if (activity.actor.class !== 'human') return undefined;
    if (memory.activeDays < policy.userContext.minActiveDaysForHours) return undefined;
    const hour = Number(hourOf(activity.at));
    const known = memory.known(subjectScope(activity), 'hour').map(Number);
    // every earlier activity was refused or is part of a finding: no habit to depart from
    if (known.length === 0) return undefined;
    const near = known.some((usual) => {
      const distance = Math.abs(usual - hour);
      return Math.min(distance, 24 - distance) <= NEIGHBOURS;
    });
    if (near) return undefined;
    return {
      strength: 1,
      novelty: true,
      reason: `${subjectLabel(activity.actor)} is not known to be active around ${hourOf(activity.at)}:00 UTC`,
    };
  },
};
