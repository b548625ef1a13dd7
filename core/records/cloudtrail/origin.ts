import ipaddr from 'ipaddr.js';
import type { Origin } from '../../activity/activity.ts';
import { clean } from '../../activity/clean.ts';
import { flag, get, type Obj, text } from './read.ts';
import { agentFamily, TOOL_AGENTS } from './user-agent.ts';

const SERVICE = /^(?:[a-z0-9-]+\.)+amazonaws\.com$/i;
/**
 * Domains of the services in the other partitions: China, the European Sovereign Cloud, the four isolated ones (`partitions.json`
 * of botocore), and that of GovCloud's sign-in.
 */
const OTHER_DOMAIN =
  /\.(?:amazonaws\.com\.cn|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|csp\.hci\.ic\.gov|cloud\.adc-e\.uk|amazonaws-us-gov\.com)$/i;
/** Only what looks like an address is parsed: ipaddr.js would also take `1`, `0x7f.1` and leading zeros. */
const IPV4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
const IPV6 = /^[0-9a-f:.]{2,45}$/i;
/** Addresses that say nothing about where the caller sits. Documentation ranges are `reserved` and stay. */
const NO_NETWORK = new Set([
  'private',
  'uniqueLocal',
  'loopback',
  'linkLocal',
  'carrierGradeNat',
  'multicast',
  'broadcast',
]);
/** Network compared when no autonomous system is known: /24 is the smallest routed IPv4 block, /48 a site in IPv6. */
const IPV4_BITS = 24;
const IPV6_BITS = 48;
/** Enough for the name and version of a tool; whoever calls chooses it, and it is stored with each record. */
const MAX_USER_AGENT = 120;

/** The name of a service as it is in the partition `aws`, whichever it runs in; other text unchanged. */
export const inAws = (service: string): string => service.replace(OTHER_DOMAIN, '.amazonaws.com');

/** DNS name of the AWS service, or `AWS Internal`, when that is what a record gives as source address. */
export function serviceName(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const service = inAws(address);
  if (SERVICE.test(service)) return service.toLowerCase();
  return /^aws internal$/i.test(address) ? 'AWS Internal' : undefined;
}

/** Whether a call was made by the sign-in service, which stands for the console. */
export const isSignIn = (invokedBy: unknown): boolean =>
  typeof invokedBy === 'string' && inAws(invokedBy) === 'signin.amazonaws.com';

/** The address and its network; neither for text that is no address, or the unspecified one. */
export function addressOf(written: string | undefined): { ip?: string; prefix?: string } {
  if (written === undefined) return {};
  const isV4 = IPV4.test(written);
  if (!isV4 && !(IPV6.test(written) && written.includes(':'))) return {};
  if (!ipaddr.isValid(written)) return {};
  const address = ipaddr.process(written);
  const range = address.range();
  if (range === 'unspecified') return {};
  const ip = address.toString();
  if (NO_NETWORK.has(range)) return { ip };
  const bits = address.kind() === 'ipv4' ? IPV4_BITS : IPV6_BITS;
  const bytes = address.toByteArray().map((byte, index) => (index < bits / 8 ? byte : 0));
  return { ip, prefix: `${ipaddr.fromByteArray(bytes).toString()}/${bits}` };
}

/**
 * Where a call came from.
 *
 * The console is told by `sessionCredentialFromConsole`, which the service sets, and in records older than that field
 * by the console's own user agents or `invokedBy: signin.amazonaws.com`.
 */
export function originOf(record: Obj): Origin {
  const written = text(record.sourceIPAddress, 100);
  const service = serviceName(written);
  const { ip, prefix } = service === undefined ? addressOf(written) : {};
  const userAgent = text(record.userAgent, 1024) ?? '';
  const family = agentFamily(inAws(userAgent));
  const console =
    flag(record.sessionCredentialFromConsole) ||
    family === 'console' ||
    isSignIn(get(record.userIdentity, 'invokedBy'));
  const endpoint = text(record.vpcEndpointId, 64);
  // A browser or an unnamed agent in a console session is the console; an attack tool stays one.
  const agent =
    console && (family === 'browser' || family === 'other' || service === 'AWS Internal')
      ? 'console'
      : family;
  const isTelling = userAgent !== '' && (agent === 'other' || TOOL_AGENTS.includes(agent));
  return {
    ...(ip !== undefined && { ip }),
    ...(prefix !== undefined && { prefix }),
    ...(service !== undefined && { service }),
    agent,
    ...(isTelling && { userAgent: clean(userAgent, MAX_USER_AGENT) }),
    console,
    ...(endpoint !== undefined && { endpoint }),
  };
}
