import { type Activity, byTime } from '../../core/activity/activity.ts';

/** Orders a timeline. That of a resource can hold two activities of one time and id, which are of two accounts. */
export function byPlace(a: Activity, b: Activity): number {
  return byTime(a, b) || (a.account < b.account ? -1 : a.account > b.account ? 1 : 0);
}
