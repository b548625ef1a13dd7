import { type Activity, activityKey, byTime } from '../activity/activity.ts';
import { subjectKey } from '../activity/actor.ts';
import { isBehind } from '../lineage/behind.ts';
import type { Policy } from '../policy/policy.ts';
import type { Assessment, FindingRecord } from './finding.ts';
import type { Surroundings } from './surroundings.ts';

/** Says of each launch by a service which change it follows: the last one behind it that is itself a member of a finding. */
export function following(
  assessed: readonly Assessment[],
  { findings, lineages }: Pick<Surroundings, 'findings' | 'lineages'>,
  policy: Policy,
): readonly Assessment[] {
  if (!assessed.some(({ activity }) => (lineages.get(activity)?.changes.length ?? 0) > 0)) return assessed;
  const members = new Set(membersOf(findings).keys());
  for (const { activity, score } of assessed) {
    if (score >= policy.severity.low) members.add(activityKey(activity));
    else members.delete(activityKey(activity));
  }
  return assessed.map((assessment) =>
    followedBy(
      assessment,
      lineages.get(assessment.activity)?.changes ?? [],
      (change) => members.has(activityKey(change)),
      policy,
    ),
  );
}

/** An assessment with the change that it follows, which is the last one behind it that is told itself. */
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
 * Launches by services that do not, or no longer, follow a change as they should now: it has become a member, or is none
 * any more. Read off what is stored and not off what has changed, so that a worker that died half way is made up for.
 */
export function misplaced(
  updates: readonly Assessment[],
  records: readonly FindingRecord[],
  { ahead }: Pick<Surroundings, 'ahead'>,
  policy: Policy,
): Activity[] {
  if (!updates.some(({ activity }) => (ahead.get(activity)?.length ?? 0) > 0)) return [];
  const members = membersOf(records);
  return updates.flatMap(({ activity: change }) => {
    const isMember = members.has(activityKey(change));
    return (ahead.get(change) ?? []).filter((launch) => {
      if (!isBehind(change, launch, policy.timeWindow)) return false;
      const follows = members.get(activityKey(launch))?.follows;
      if (!isMember) return follows?.id === change.id;
      return follows === undefined || byTime(follows, change) < 0;
    });
  });
}

const membersOf = (records: readonly FindingRecord[]): Map<string, Assessment> =>
  new Map(
    records
      .filter(({ status }) => status === 'open')
      .flatMap((record) => record.members)
      .map((member) => [activityKey(member.activity), member]),
  );
