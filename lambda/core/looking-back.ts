import type { Activity, Kind } from './activity.ts';

/**
 * Kinds that are judged without a look at what their subject did before, and that no judgement looks back at. They are kept
 * apart from the rest of a subject's timeline, so that scaling down and up makes no look dearer and hides no launch.
 */
const ASIDE: ReadonlySet<Kind> = new Set<Kind>([
  'instance.start',
  'instance.stop',
  'instance.terminate',
  'volume.detach',
  'volume.delete',
]);

/** Whether a judgement may look at the subject's recent activities, and those of later ones at this one. */
export const looksBack = ({ kind }: Pick<Activity, 'kind'>): boolean => !ASIDE.has(kind);

/** Pseudo account of the timelines of activities that nobody looks back at. */
const asideOf = (account: string): string => `~${account}`;

/** Account of the timeline of its subject in which an activity is kept. */
export const timelineAccount = (activity: Activity): string =>
  looksBack(activity) ? activity.account : asideOf(activity.account);

/** Accounts of the timelines that together hold all that a subject did. */
export const timelineAccounts = (account: string): readonly [string, string] => [account, asideOf(account)];
