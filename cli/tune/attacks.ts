import { activityKey } from '../../core/activity/activity.ts';
import { atLeast, type Severity } from '../../core/findings/severity.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ATTACK_NAMES, type AttackName } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import { isHeard, loudest, type Trial, trials } from './trial.ts';

/** An organisation that is large enough for all attacks to be apart, and small enough to be judged in two seconds. */
const SIZE = { seed: 11, accounts: 6, days: 24 } as const;

/** What is left of a simulated attack under a policy. */
interface Standing {
  readonly attack: AttackName;
  readonly expected: Severity;
  readonly found: Severity | undefined;
}

/** What would be left of simulated attacks if whoever an exception names were the attacker. */
export interface TakenOver {
  /** Less severe than expected, and heard of all the same. */
  readonly less: readonly AttackName[];
  /** Below MEDIUM. */
  readonly unheard: readonly AttackName[];
}

/** Simulated attacks, each of which a policy may make less severe. */
export interface Attacks {
  readonly count: number;
  /** Those that are less severe than they are expected to be. */
  missed(policy: Policy): Promise<readonly AttackName[]>;
  /**
   * What would be left of them if whoever the policy's suppressions name were the attacker: each is taken for one of its signal,
   * whoever acts.
   */
  takenOver(policy: Policy): Promise<TakenOver>;
}

/** Every attack of the generator, hidden in an organisation of its own. */
export function simulatedAttacks(): Attacks {
  const made = organisation({ ...SIZE, noise: 0, attacks: ATTACK_NAMES });
  const activities = [...made.deliveries()].flatMap(({ record }) => {
    const read = fromCloudTrail(record);
    return read.ok ? [read.activity] : [];
  });
  const attempt = trials(activities.toSorted((a, b) => a.at - b.at));
  const keys = new Map(activities.map((activity) => [activity.id, activityKey(activity)]));
  const accounts = made.accounts.map(({ id }) => id);

  const standing = (trial: Trial): Standing[] => {
    const worst = loudest(trial);
    return made.labels.map(({ attack, expected, eventIDs }) => ({
      attack,
      expected,
      found: worst(eventIDs.flatMap((id) => keys.get(id) ?? [])),
    }));
  };
  const below = (all: readonly Standing[]): AttackName[] =>
    all.filter(({ found, expected }) => !atLeast(found, expected)).map(({ attack }) => attack);
  return {
    count: made.labels.length,
    missed: async (policy) => below(standing(await attempt(there(policy, accounts)))),
    async takenOver(policy) {
      const all = standing(await attempt(there({ ...policy, suppressions: byAnyone(policy) }, accounts)));
      const unheard = all.filter(({ found }) => !isHeard(found)).map(({ attack }) => attack);
      return { less: below(all).filter((attack) => !unheard.includes(attack)), unheard };
    },
  };
}

/** Later than any record that is simulated. */
const NEVER = '2999-12-31';

const byAnyone = ({ suppressions }: Policy): Policy['suppressions'] =>
  suppressions.flatMap(({ signal, reason, owner }) =>
    signal === undefined ? [] : [{ signal, reason, owner, expires: NEVER }],
  );

/** The policy as that organisation would have it: its accounts are ours, and its data is marked as the generator marks it. */
const there = (policy: Policy, accounts: readonly string[]): Policy => ({
  ...policy,
  organisation: {
    ...policy.organisation,
    accounts: [...new Set([...policy.organisation.accounts, ...accounts])],
  },
  volumeSensitivity: {
    ...policy.volumeSensitivity,
    tags: { ...policy.volumeSensitivity.tags, 'data-classification': ['restricted'] },
  },
});
