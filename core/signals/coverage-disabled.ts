import { isThroughService } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import type { Signal } from './signal.ts';

/** Part left of a change that ends nothing by itself, such as new code or another pattern: an upgrade makes the same calls. */
const CHANGED = 0.55;
/** Part left where CloudFormation makes the call for somebody, as it does at each upgrade. */
const BY_STACK = 0.5;
/** Calls after which something is gone or does nothing. */
const ENDS = /:(?:Disable|Delete|Remove|Stop|Purge|Schedule|Unsubscribe)/;

/** Whoever switches a detector or its trail off has no use for what it would say. */
export const coverageDisabled: Signal = {
  id: 'coverage-disabled',
  family: 'coverage',
  description: 'A part of Launchtrail, or a trail, switched off or changed',
  appliesTo: ['coverage.disable'],

  evaluate(activity) {
    const { actor, action, outcome, detail, region } = activity;
    if (outcome !== 'succeeded' && outcome !== 'denied') return undefined;
    const ends = ENDS.test(action);
    const byStack = isThroughService(activity) && actor.invokedBy === 'cloudformation.amazonaws.com';
    const what = detail ?? 'a part of Launchtrail';
    const tried = outcome === 'denied' ? 'tried' : 'called';
    return {
      strength: (ends ? 1 : CHANGED) * (byStack ? BY_STACK : 1),
      reason: `${subjectLabel(actor)} ${tried} ${action} on ${what} in ${region}`,
    };
  },
};
