import { byTime } from '../activity/activity.ts';
import { firstIndex } from '../activity/sorted.ts';
import type { Suspicion } from '../history/sighting.ts';
import type { Policy } from '../policy/policy.ts';
import { scoreOf } from './assess.ts';
import { isCleared, isCondemned } from './decision.ts';
import type { Assessment } from './finding.ts';
import { isFollower } from './sessions.ts';

/** Verdicts on either side of one that decide how suspect it is: bounds what a flood of them costs. */
export const REACH = 12;

/** How far before and after a verdict lie those that decide how suspect it is, ms. */
export const reachOf = ({ timeWindow, learning }: Policy): { before: number; after: number } => ({
  before: timeWindow,
  after: learning.settle,
});

/**
 * Whether what an activity was the first to show must not be learnt, and for how long. It must not where its subject's
 * verdicts around it make MEDIUM together. Around it means from the policy's window before it until its values settle. Later
 * verdicts do not count, so what is learnt never depends on what it is used for.
 *
 * While an account is being learnt everything is new, and MEDIUM would keep someone's first use of a GPU from ever
 * becoming a habit. So then it takes HIGH, which novelty alone cannot make.
 *
 * A stolen session ends when its owner signs in anew. A long-lived key stays in the hands of whoever took it, so what it
 * showed is suspect for longer where the verdicts make CRITICAL. HIGH is not enough: where people work with such keys,
 * somebody's first drill is HIGH, and the second should not be. Nor does a session's end take back what it was the first to show of
 * the account, such as a Region that nobody uses: that, too, is suspect for longer (`quarantineOf`).
 *
 * A person's decision about the activity itself goes before all of this. What was closed as benign, or as told wrongly, is learnt; what was
 * confirmed as an attack never is. What those around it add up to stays as it is, since nobody has decided about this one.
 *
 * What a service launched because of somebody's change says nothing of the service. It is as suspect as the change.
 *
 * @param own verdicts of the subject, in order of time: at least `REACH` on either side of the one asked about
 */
export function suspicionOf(
  verdict: Assessment,
  own: readonly Assessment[],
  policy: Policy,
): Suspicion | undefined {
  if (isCondemned(verdict.decided)) return 'confirmed';
  if (isCleared(verdict.decided)) return undefined;
  const { at, actor } = verdict.activity;
  const { before, after } = reachOf(policy);
  const place = firstIndex(own, ({ activity }) => byTime(activity, verdict.activity) < 0);
  const around = own
    .slice(Math.max(0, place - REACH), place + 1 + REACH)
    .filter((each) => !isFollower(each) && each.activity.at >= at - before && each.activity.at < at + after);
  const { score } = scoreOf(around, policy);
  const { medium, high, critical } = policy.severity;
  if (score < (verdict.learning ? high : medium)) return undefined;
  if (score < critical) return 'finding';
  return actor.credential === 'long-lived' ? 'leaked-key' : 'critical';
}
