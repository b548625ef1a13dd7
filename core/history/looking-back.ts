import { type Activity, isThroughService } from '../activity/activity.ts';
import { does } from '../activity/kinds.ts';

/** A service deletes backups when their time has come: nobody asks how long ago it made them, and they are many. */
const isRotation = (activity: Activity): boolean =>
  does(activity.kind, 'end') && (activity.actor.class === 'service' || isThroughService(activity));

/** A service launches because of somebody's change. That one's rate is asked, not the service's, whose launches are most of all. */
const isLaunchByService = ({ kind, actor }: Activity): boolean =>
  kind === 'instance.launch' && actor.class === 'service';

/**
 * Whether a judgement may look at the subject's recent activities, and those of later ones at this one. All others are kept
 * apart from these in a subject's timeline, so that scaling down and up, attaching and opening make no look dearer and hide no
 * launch.
 */
export const looksBack = (activity: Activity): boolean =>
  (does(activity.kind, 'look back') || activity.posture?.protected === true) &&
  !isRotation(activity) &&
  !isLaunchByService(activity);

/** Pseudo account of the timelines of activities that nobody looks back at. */
const asideOf = (account: string): string => `~${account}`;

/** Account of the timeline of its subject in which an activity is kept. */
export const timelineAccount = (activity: Activity): string =>
  looksBack(activity) ? activity.account : asideOf(activity.account);

/** Accounts of the timelines that together hold all that a subject did. */
export const timelineAccounts = (account: string): readonly [string, string] => [account, asideOf(account)];
