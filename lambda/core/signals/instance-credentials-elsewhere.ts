import { inNetworks } from '../networks.ts';
import { networkNovelty } from './network-novelty.ts';
import { SENSITIVE, type Signal } from './signal.ts';

/** Autonomous systems of Amazon: instances reach the API from them, through NAT or addresses of their own. */
const AMAZON = new Set([
  16509, 14618, 8987, 7224, 62785, 38895, 10124, 9059, 39111, 17493, 19047, 36263, 58588, 135_630,
]);
/** Without an ASN database only a change of network speaks, and NAT gateways do change now and then. */
const BY_NETWORK_ALONE = 0.95;

/**
 * The credentials of an instance's role used from outside AWS: read off the instance (T1552.005) and taken elsewhere.
 * Calls through a VPC endpoint or from the organisation's own networks are at home.
 */
export const instanceCredentialsElsewhere: Signal = {
  id: 'instance-credentials-elsewhere',
  family: 'person',
  description: "An instance's own credentials used away from it",
  appliesTo: SENSITIVE,

  evaluate(activity, memory, policy) {
    const { actor, origin } = activity;
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
    const novelty = networkNovelty(activity, memory, policy);
    if (novelty === undefined) return undefined;
    return { strength: BY_NETWORK_ALONE, novelty: true, reason: `${words}: ${novelty.words}` };
  },
};
