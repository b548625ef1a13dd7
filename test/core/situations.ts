import type { Activity } from '../../core/activity/activity.ts';
import { assess, scoreOf } from '../../core/findings/assess.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { type Severity, severityOf } from '../../core/findings/severity.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { memoryAfter } from '../builders.ts';
import { habit, launchOf, someoneElse } from '../fixtures/signals/cases.ts';

/** Whole situations judged by the default policy, for tests of what severity means. */

const RANKS = [undefined, 'low', 'medium', 'high', 'critical'] as const;
export const rank = (severity: Severity | undefined): number => RANKS.indexOf(severity);

export const judged = (
  activity: Activity,
  history: readonly Activity[] = [],
  policy: Policy = defaultPolicy,
): Assessment => assess(activity, memoryAfter(history, activity, { policy }), policy);

export const severity = (
  activity: Activity,
  history: readonly Activity[] = [],
  policy: Policy = defaultPolicy,
): Severity | undefined => severityOf(policy, judged(activity, history, policy).score);

/** Severity of the finding that some activities of one subject make, each judged in its turn. */
export const together = (
  activities: readonly Activity[],
  history: readonly Activity[] = [],
): Severity | undefined =>
  severityOf(
    defaultPolicy,
    scoreOf(
      activities.map((activity) =>
        judged(activity, [...history, ...activities.filter((each) => each !== activity)]),
      ),
      defaultPolicy,
    ).score,
  );

/** An account where others launch every other day, with the image and in the Region that all tests use. */
export const busy = habit({ actor: someoneElse });
export const denied = { outcome: 'denied', error: 'UnauthorizedOperation' } as const;
export const limited = { outcome: 'limited', error: 'VcpuLimitExceeded' } as const;
export const gpu = (overrides: Partial<Activity> = {}): Activity =>
  launchOf({ types: ['p5.48xlarge'] }, overrides);
