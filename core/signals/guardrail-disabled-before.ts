import type { Activity } from '../activity/activity.ts';
import { subjectKey, subjectLabel } from '../activity/actor.ts';
import { does, kindsThat } from '../activity/kinds.ts';
import { chainOf } from '../lineage/chain.ts';
import type { Policy } from '../policy/policy.ts';
import { broughtBy, restoresByHabit } from './brought.ts';
import type { Memory } from './memory.ts';
import { outsideOf } from './shared-outside.ts';
import { SENSITIVE, type Signal, span } from './signal.ts';

/** Part left when another subject of the account switched the guard off: administrators do, and know nothing of it. */
const BY_ANOTHER = 0.5;

/** Block public access, allowed images or default encryption switched off, then the call that they would have stopped. */
export const guardrailDisabledBefore: Signal = {
  id: 'guardrail-disabled-before',
  family: 'cover',
  description: 'A guardrail disabled shortly before, by the same subject or for what another does',
  appliesTo: [...SENSITIVE, ...kindsThat('bring')],

  evaluate(activity, memory, policy) {
    const by = subjectKey(activity.actor);
    // among the guards, too: whoever makes many calls in between moves it out of what is recent
    const own =
      SENSITIVE.includes(activity.kind) && activity.actor.class !== 'service'
        ? (memory.recent.findLast(
            ({ kind, outcome }) => kind === 'guardrail.disable' && outcome === 'succeeded',
          ) ??
          memory.lineage.guards.findLast(
            ({ account, actor }) => account === activity.account && subjectKey(actor) === by,
          ))
        : undefined;
    if (own !== undefined) {
      return {
        strength: 1,
        reason: offBefore(own, activity),
        refs: [own.id],
      };
    }
    const other = memory.lineage.guards.findLast(({ actor }) => subjectKey(actor) !== by);
    if (other === undefined || !isTelling(activity, memory, policy)) return undefined;
    return {
      strength: BY_ANOTHER,
      reason: offBefore(other, activity),
      refs: [other.id],
    };
  },
};

const offBefore = ({ actor, action, region, at }: Activity, activity: Activity): string =>
  `${subjectLabel(actor)} switched a guard off ${span(activity.at - at)} before: ${action} in ${region}`;

/** Data leaves, or copied data comes onto an instance, and not as a habit. */
function isTelling(activity: Activity, around: Memory, policy: Policy): boolean {
  if (activity.outcome !== 'succeeded') return false;
  if (activity.share !== undefined) {
    return activity.share.public || outsideOf(activity, around, policy).length > 0;
  }
  if (!does(activity.kind, 'bring')) return false;
  const memory = broughtBy(activity, around);
  const chain = chainOf(activity, memory);
  return chain !== undefined && chain.copies.length > 0 && !restoresByHabit(activity, chain, memory, policy);
}
