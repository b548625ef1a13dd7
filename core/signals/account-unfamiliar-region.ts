import type { Activity } from '../activity/activity.ts';
import { inRegion, regionOf } from '../history/circles.ts';
import { accountScope, actorScope, workedRegion } from '../history/facts.ts';
import type { Policy } from '../policy/policy.ts';
import { inTeam, isKnownElsewhere } from './circle.ts';
import type { Memory } from './memory.ts';
import { untilNow } from './newness.ts';
import { accountKnown, CHANGES, isBehindChange, isPlace, LAUNCHES, type Signal } from './signal.ts';

/** Part left for launches by a service: the one who set it up there is the one to ask. */
const BY_SERVICE = 0.5;

/** Part left where nobody, one, or several other accounts launch in the Region: it is watched there, and one of ours. */
const OTHER_ACCOUNTS = [1, 0.6, 0.45] as const;

/** Part left of a person whom other accounts know: whoever opens a Region for the house. */
const ONE_OF_OURS = 0.6;

/** Part left where the account does other things in the Region: its servers stand there, and nobody has launched one lately. */
const WORKED_IN = 0.6;
/** Part left, at the least, where others of the circle launch there in other accounts. */
const LEAST = 0.6;

/** How the ids of users begin; AWS gives them. Rollouts make roles and use them at once, so these are left out. */
const USER_ID = 'AIDA';

/** A Region in which nobody of the account has launched: the place where a miner is noticed last. */
export const accountUnfamiliarRegion: Signal = {
  id: 'account-unfamiliar-region',
  family: 'place',
  description:
    'A launch, also one that a new user tells a service to make, in a Region where nobody in the account has launched before',
  appliesTo: [...LAUNCHES, ...CHANGES],

  evaluate(activity, memory, policy) {
    // Only what succeeds also proves the Region, so only then may the account be asked (see affected.ts).
    if (activity.outcome !== 'succeeded' || !accountKnown(activity, memory, policy)) return undefined;
    if (!isPlace(activity.region)) return undefined;
    const change = activity.launch === undefined;
    if (change && (activity.plan === undefined || !byNewUser(activity, memory, policy))) return undefined;
    const familiarity = memory.familiarity(accountScope(activity), 'region', activity.region);
    if (familiarity !== 'new' && familiarity !== 'suspect') return undefined;
    const service = activity.actor.class === 'service';
    // whoever set it up there was asked about the Region at that change; once is enough
    if (service && isBehindChange(activity, memory, policy)) return undefined;
    // a plan proves no Region, so it may not ask who else launches there
    const others = change ? 0 : memory.otherMembers(regionOf(activity));
    const own = isKnownElsewhere(activity, memory) ? ONE_OF_OURS : 1;
    const scope = accountScope(activity);
    const worked = memory.familiarity(scope, 'region', workedRegion(activity.region)) === 'familiar';
    const team = inTeam(activity, [inRegion(activity.region)], memory, policy);
    return {
      strength:
        own *
        (worked ? WORKED_IN : 1) *
        Math.max(LEAST, team.part) *
        (service ? BY_SERVICE : 1) *
        (OTHER_ACCOUNTS[Math.min(others, OTHER_ACCOUNTS.length - 1)] ?? 1),
      novelty: true,
      reason: `Nobody in account ${activity.account}${others > 0 || change ? '' : ', nor in any other,'} had launched an instance in ${activity.region} ${untilNow(familiarity, policy)}${others > 0 ? ', though other accounts do' : ''}`,
    };
  },
};

/**
 * Whoever tells a service to launch is asked whether the Region is new to them (unfamiliar-region). To a new user every one
 * is, so it is asked whether it is new to the account.
 */
function byNewUser({ account, actor, at }: Activity, memory: Memory, { userContext }: Policy): boolean {
  const created = memory.firstSeen(actorScope(account, actor.key), 'created', '');
  return actor.key.startsWith(USER_ID) && created !== undefined && at - created <= userContext.newIdentity;
}
