import type { Activity } from '../activity/activity.ts';
import { subjectLabel } from '../activity/actor.ts';
import { inNetworks } from '../activity/networks.ts';
import { teamOf } from '../history/circles.ts';
import { ANY_NETWORK, accountScope, networkOf } from '../history/facts.ts';
import type { Familiarity } from '../history/habits.ts';
import type { Memory } from './memory.ts';
import { awayFromPlace, networkNovelty } from './network-novelty.ts';
import { untilNow } from './newness.ts';
import { established, SENSITIVE, type Signal } from './signal.ts';

/** Autonomous systems of Amazon: instances reach the API from them, through NAT or addresses of their own. */
const AMAZON = new Set([
  16509, 14618, 8987, 7224, 62785, 38895, 10124, 9059, 39111, 17493, 19047, 36263, 58588, 135_630,
]);
/** Without an ASN database only a change of network speaks, and NAT gateways do change now and then. */
const BY_NETWORK_ALONE = 0.95;
/** Where the role has no habits: a network from which nothing inside the account ever called, a shade less sure. */
const BY_ACCOUNT_ALONE = 0.9;

/** A pipeline may have moved, or its provider: less sure than of an instance, which cannot. */
const BY_PROGRAM = 0.7;

/**
 * The credentials of an instance's role used from outside AWS: read off the instance (T1552.005) and taken elsewhere.
 * Calls through a VPC endpoint, from the organisation's own networks or from where other workloads of the account call
 * are at home. A program that has long called from one place (a pod, a pipeline) is asked the same once it calls from a country
 * where it never was.
 */
export const instanceCredentialsElsewhere: Signal = {
  id: 'instance-credentials-elsewhere',
  family: 'person',
  description: "An instance's, a pod's or a pipeline's own credentials used away from its place",
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    const { actor, origin } = activity;
    const away = awayFromPlace(activity, memory, policy);
    if (away !== undefined)
      return {
        strength: BY_PROGRAM,
        novelty: true,
        reason: `${subjectLabel(actor)}, a program with a place of its own, was used elsewhere: ${away}`,
      };
    // without a prefix the address is private: a call from inside
    if (actor.instance === undefined || origin.ip === undefined || origin.prefix === undefined)
      return undefined;
    if (origin.endpoint !== undefined || inNetworks(origin.ip, policy.organisation.networks))
      return undefined;
    const words = `Credentials of instance ${actor.instance} (${actor.label}) were used from ${origin.ip}`;
    const { asn, holder } = origin.network ?? {};
    if (asn !== undefined) {
      if (AMAZON.has(asn)) return undefined;
      return { strength: 1, reason: `${words}, which is not in AWS (AS${asn}${holder ? ` ${holder}` : ''})` };
    }
    // a runner of another account works with the same role there, and its network is known
    const team = teamOf(activity);
    if (team !== undefined && memory.isNetworkOf(team)) return undefined;
    const inAccount = amongWorkloads(activity, memory);
    if (inAccount === 'familiar') return undefined;
    const novelty = networkNovelty(activity, memory, policy);
    if (novelty !== undefined)
      return { strength: BY_NETWORK_ALONE, novelty: true, reason: `${words}: ${novelty.words}` };
    // whoever has habits is known from this network, or from too many to have a usual one
    if (inAccount === 'unknown' || established(memory, policy)) return undefined;
    return {
      strength: BY_ACCOUNT_ALONE,
      novelty: true,
      reason: `${words}: no workload in account ${activity.account} had called from ${origin.prefix} ${untilNow(inAccount, policy)}`,
    };
  },
};

/** Whether workloads of the account call from this network; unknown where none is known from any, or from too many. */
function amongWorkloads(activity: Activity, memory: Memory): Familiarity {
  // only what succeeded proves where workloads call from, and only who proves a value may ask the account about it
  if (activity.outcome !== 'succeeded' || activity.actor.class !== 'workload') return 'unknown';
  const ask = (network: string): Familiarity =>
    memory.familiarity(accountScope(activity), 'workload-network', network);
  return ask(ANY_NETWORK) === 'familiar' ? ask(networkOf(activity) ?? ANY_NETWORK) : 'unknown';
}
