import { type Activity, byTime, copyKey, placeKey } from '../activity/activity.ts';
import { subjectKey } from '../activity/actor.ts';
import type { Suspicion } from '../history/sighting.ts';
import type { Policy } from '../policy/policy.ts';
import type { Assessment } from './finding.ts';
import { isFollower } from './sessions.ts';

/** An assessment with the change that it follows: the last of those behind it that is told. */
export function followedBy(
  assessment: Assessment,
  changes: readonly Activity[],
  isTold: (change: Activity) => boolean,
  policy: Policy,
): Assessment {
  const change = changes.findLast(isTold);
  if (change === undefined) return assessment;
  const { account, id, at, actor } = change;
  const own = assessment.score >= policy.severity.low;
  const follows = { account, subject: subjectKey(actor), id, at, ...(own && { own }) };
  return { ...assessment, follows };
}

/**
 * Whether the stored verdict on a launch by a service agrees with a change behind it, as this is now. It compares what is
 * stored, whatever has just changed, so that a worker that died half way is made up for.
 *
 * @param launch the stored verdict; absent where there is none
 * @param mark how the sheets mark what the launch was the first to show
 * @param told how suspect the change is; absent where it is not told
 */
export function agrees(
  launch: Assessment | undefined,
  mark: Suspicion | undefined,
  change: Activity,
  told: { readonly suspicion: Suspicion | undefined } | undefined,
): boolean {
  const follows = launch?.follows;
  const isOther = follows === undefined || placeKey(follows) !== copyKey(change);
  if (told === undefined) return isOther;
  if (launch === undefined || follows === undefined || byTime(follows, change) < 0) return false;
  return isOther || !isFollower(launch) || mark === told.suspicion;
}
