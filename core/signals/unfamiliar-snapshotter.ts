import { subjectLabel } from '../activity/actor.ts';
import { roleScope, subjectScope } from '../history/facts.ts';
import { inTeam } from './circle.ts';
import { untilNow } from './newness.ts';
import { accountKnown, type Signal, SNAPSHOTS } from './signal.ts';

/** Part left when the role behind a person copies as a matter of course: the person is new to it, the role is not. */
const ROLE_COPIES = 0.6;

/** MITRE's T1578.001: a snapshot by someone who does not make them. Backups have their habits, thieves have none. */
export const unfamiliarSnapshotter: Signal = {
  id: 'unfamiliar-snapshotter',
  family: 'snapshot',
  description: 'A snapshot, copy or image made by someone who has not made one before',
  appliesTo: SNAPSHOTS,

  evaluate(activity, memory, policy) {
    if (activity.actor.class === 'service' || !accountKnown(activity, memory, policy)) return undefined;
    const habits = SNAPSHOTS.map((kind) => memory.familiarity(subjectScope(activity), 'kind', kind));
    if (habits.includes('familiar') || habits.includes('unknown')) return undefined;
    const roleDoes =
      activity.actor.person !== undefined &&
      SNAPSHOTS.some((kind) => memory.familiarity(roleScope(activity), 'kind', kind) === 'familiar');
    const team = inTeam(activity, SNAPSHOTS, memory, policy);
    return {
      strength: Math.min(roleDoes ? ROLE_COPIES : 1, team.part),
      novelty: true,
      reason: `${subjectLabel(activity.actor)} had made no snapshot, copy or image in account ${activity.account} ${untilNow(habits.includes('suspect') ? 'suspect' : 'new', policy)}`,
    };
  },
};
