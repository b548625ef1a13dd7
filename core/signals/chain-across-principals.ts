import type { Activity } from '../activity/activity.ts';
import { bySame, subjectLabel } from '../activity/actor.ts';
import { does, kindsThat } from '../activity/kinds.ts';
import { chainOf, isBackup } from '../lineage/chain.ts';
import type { Policy } from '../policy/policy.ts';
import { broughtBy, restoresByHabit } from './brought.ts';
import type { Signal } from './signal.ts';

/** Part left for whoever restores as a habit: mostly backups, and now and then what a colleague hands over. */
const HABITUAL = 0.6;

/**
 * One principal copies, another uses: what a rule on one user within minutes cannot see. Backups are made by services
 * and automations and restored by people, so only copies by people and workloads count.
 */
export const chainAcrossPrincipals: Signal = {
  id: 'chain-across-principals',
  family: 'chain',
  description: 'Data copied by one principal and brought onto an instance by another',
  appliesTo: kindsThat('bring'),

  evaluate(activity, around, policy) {
    const memory = broughtBy(activity, around);
    const chain = chainOf(activity, memory);
    // of whom no record tells, nobody knows whether they are another
    if (chain === undefined || activity.actor.class === 'service' || does(activity.kind, 'unrecorded'))
      return undefined;
    const other = [...chain.copies, ...chain.written].find(
      (step) => step.activity.kind !== 'image.create' && !isBackup(step) && !bySame(step.activity, activity),
    );
    if (other === undefined || isNamesake(other.activity, activity, policy)) return undefined;
    return {
      strength: restoresByHabit(activity, chain, memory, policy) ? HABITUAL : 1,
      reason: `${subjectLabel(other.activity.actor)} made the copy, ${subjectLabel(activity.actor)} put it to use`,
      lineage: true,
      refs: [other.activity.id],
    };
  },
};

/**
 * Whether whoever copied bears the name of the one who uses it, whom the cloud's own sign-in names, in accounts of the organisation:
 * responders copy through a role there and look here. Whoever takes another's name for the copy must be that one for the use.
 */
const isNamesake = (copy: Activity, use: Activity, { organisation }: Policy): boolean =>
  use.actor.person?.vouched === true &&
  copy.actor.person?.key === use.actor.person.key &&
  [copy.account, use.account].every((account) => organisation.accounts.includes(account));
