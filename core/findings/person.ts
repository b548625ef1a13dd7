import type { Activity } from '../activity/activity.ts';
import { vouchedNames } from '../activity/actor.ts';
import type { Policy } from '../policy/policy.ts';

/**
 * Names under which one person's verdicts find each other, whatever the account or cloud; none for whom the policy's `identities` do
 * not know. There are two, one for the window that the activity lies in and one for the next, so that any two no further apart than a
 * window share one, and none do that are two windows apart.
 */
export function personNames({ actor, at }: Activity, { identities, timeWindow }: Policy): readonly string[] {
  if (identities.length === 0) return [];
  const names = vouchedNames(actor).map((name) => name.toLowerCase());
  const known = identities.find(({ ids }) => ids.some((id) => names.includes(id.toLowerCase())));
  if (known === undefined) return [];
  const window = Math.floor(at / timeWindow);
  return [window, window + 1].map((each) => `person ${known.person} ${each}`);
}
