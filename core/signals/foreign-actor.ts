import { subjectScope } from '../history/facts.ts';
import { isSeen } from './shared-outside.ts';
import { established, SENSITIVE, type Signal } from './signal.ts';

/** Part left of a principal of another of our accounts: rarer than it should be, and a way from a lesser account to a better one. */
const OURS = 0.5;

/** Credentials of another account act here: fine for partners and tools that always do, odd for anyone else. */
export const foreignActor: Signal = {
  id: 'foreign-actor',
  family: 'person',
  description: 'A principal of another account acts in this one',
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    const { account, actor, action } = activity;
    if (actor.class !== 'foreign-account') return undefined;
    const { accounts } = policy.organisation;
    const ours =
      accounts.includes(actor.account) || (accounts.length === 0 && isSeen(activity, actor.account, memory));
    // days alone do not do: refused attempts have days, too, and must not become a habit
    const usual = SENSITIVE.some(
      (kind) => memory.familiarity(subjectScope(activity), 'kind', kind) === 'familiar',
    );
    if (usual && established(memory, policy)) return undefined;
    return {
      strength: ours ? OURS : 1,
      reason: `${actor.label === `account/${actor.account}` ? 'Somebody' : actor.label} of account ${actor.account} called ${action} in account ${account}`,
    };
  },
};
