import ipaddr from 'ipaddr.js';
import type { Activity, IngressRule } from './activity.ts';

/** An inbound network this large (IPv4 /8, IPv6 /16) is as good as the world. */
const WIDE = { v4: 8, v6: 16 };

/** Ranges that are not routed in the open: 10.0.0.0/8 is a whole company, but not the world. */
const INSIDE = ['10.0.0.0/8', 'fc00::/7', 'fe80::/10'];

function isInside(source: string): boolean {
  if (!ipaddr.isValidCIDR(source)) return false;
  const [address, bits] = ipaddr.parseCIDR(source);
  return INSIDE.some((range) => {
    const [network, most] = ipaddr.parseCIDR(range);
    return network.kind() === address.kind() && bits >= most && address.match(network, most);
  });
}

const known = new WeakMap<IngressRule, boolean>();

/** Whether a rule lets the world, or a large part of it, in; by address range, whatever the notation. Worked out once a rule. */
export function isWorldOpen(rule: IngressRule): boolean {
  const before = known.get(rule);
  if (before !== undefined) return before;
  const open = isWide(rule.source);
  known.set(rule, open);
  return open;
}

function isWide(source: string): boolean {
  const [address = '', bits] = source.split('/');
  if (bits === undefined || !/^\d{1,3}$/.test(bits)) return false;
  return Number(bits) <= (address.includes(':') ? WIDE.v6 : WIDE.v4) && !isInside(source);
}

/** Whether an activity lets the world into a group. What lets in less is judged by nothing that came before. */
export const opensToWorld = ({ ingress = [] }: Activity): boolean => ingress.some(isWorldOpen);

/** A group that was made or opened longer before a launch was not prepared for it, ms. */
export const PREPARING = 3_600_000;
