import type { Activity } from '../activity/activity.ts';
import { subjectKey } from '../activity/actor.ts';
import { hashOf } from '../activity/size.ts';

/** When a value was first seen and by which activity. */
export interface Sighting {
  /** ms since the epoch. */
  readonly at: number;
  /** First eight characters of the activity's id, enough to break a tie within a second, and three that mark its subject. */
  readonly id: string;
  /** First seen inside a finding of MEDIUM or worse: not to be learnt from until it has aged. */
  readonly suspect?: Suspicion;
}

/** In what a value was first seen: a finding; a CRITICAL one; one of these by way of a long-lived key; one that a person has called an attack. */
export type Suspicion = 'finding' | 'critical' | 'leaked-key' | 'confirmed';

/**
 * A value as an activity shows it. The subject is marked because copies of a record may be of two subjects and one time: each is
 * judged, and one must not take the other's suspicion away.
 */
export const sightingOf = ({ at, id, actor }: Pick<Activity, 'at' | 'id' | 'actor'>): Sighting => ({
  at,
  id: `${id.slice(0, 8)}${hashOf(subjectKey(actor)).slice(-3)}`,
});
