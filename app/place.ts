import type { Activity } from '../core/activity/activity.ts';
import { subjectKey } from '../core/activity/actor.ts';
import type { Place } from './ports.ts';

/** Where the verdict on an activity is kept. */
export const placeOf = ({ account, actor, at, id }: Activity): Place => ({
  account,
  subject: subjectKey(actor),
  at,
  id,
});
