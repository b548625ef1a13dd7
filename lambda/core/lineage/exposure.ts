import ipaddr from 'ipaddr.js';
import type { Activity, IngressRule } from '../activity.ts';
import type { Lineage } from './lineage.ts';

/** Ports by which an instance is entered or its data read: remote shells, remote desktops, databases. */
const SENSITIVE_PORTS = [22, 3389, 5985, 5986, 1433, 1521, 3306, 5432, 6379, 9200, 27017];

/** An inbound network this large (IPv4 /8, IPv6 /16) is as good as the world. */
const WIDE = { v4: 8, v6: 16 };

/** Ranges that are not routed in the open: 10.0.0.0/8 is a whole company, but not the world. */
const INSIDE = ['10.0.0.0/8', 'fc00::/7', 'fe80::/10'].map((cidr) => ipaddr.parseCIDR(cidr));

function isInside(source: string): boolean {
  if (!ipaddr.isValidCIDR(source)) return false;
  const [address, bits] = ipaddr.parseCIDR(source);
  return INSIDE.some(
    ([network, most]) => network.kind() === address.kind() && bits >= most && address.match(network, most),
  );
}

/** Whether a rule lets the world, or a large part of it, in; by address range, whatever the notation. */
export function isWorldOpen({ source }: IngressRule): boolean {
  const [address = '', bits] = source.split('/');
  if (bits === undefined || !/^\d{1,3}$/.test(bits) || isInside(source)) return false;
  return Number(bits) <= (address.includes(':') ? WIDE.v6 : WIDE.v4);
}

/** Whether a rule covers a port by which instances are entered; protocol -1 and absent ports mean all. */
export function coversSensitivePort({ protocol, fromPort, toPort }: IngressRule): boolean {
  if (protocol === '-1' || fromPort === undefined || fromPort === -1) return true;
  const last = toPort ?? fromPort;
  return SENSITIVE_PORTS.some((port) => port >= fromPort && port <= last);
}

/** `tcp 22 from 0.0.0.0/0`. */
export function ruleText({ protocol, fromPort, toPort, source }: IngressRule): string {
  const ports =
    fromPort === undefined || fromPort === -1
      ? 'all ports'
      : fromPort === toPort || toPort === undefined
        ? `${fromPort}`
        : `${fromPort}-${toPort}`;
  return protocol === '-1' ? `everything from ${source}` : `${protocol} ${ports} from ${source}`;
}

/** Ways in which a launch left its instances open. */
function waysOf({ launch }: Activity): string[] {
  if (launch === undefined) return [];
  return [
    ...(launch.publicAddress ? ['public address'] : []),
    ...(launch.profile === undefined ? [] : ['profile']),
    ...(launch.httpTokens === 'optional' ? ['IMDSv1'] : []),
    ...launch.groups,
  ];
}

/** One way in which an instance is open, and how much it weighs, 0..1. */
export interface Opening {
  /** What is open, to compare with another instance: `public address`, `profile`, `IMDSv1` or a security group's id. */
  readonly way: string;
  readonly weight: number;
  readonly words: string;
  readonly refs: readonly string[];
}

/**
 * Ways in which an activity opens the instances it concerns, or finds them open, beyond what the instances were that the
 * data came from (those of which a launch is known). Weights: the world at a port by which
 * one enters is the end of the story; a public address alone still needs a rule; a role and IMDSv1 are ways onward.
 */
export function openingsOf(activity: Activity, lineage: Lineage): Opening[] {
  const found: Opening[] = [];
  const rules = (source: Activity): void => {
    const world = (source.ingress ?? []).filter(isWorldOpen);
    const worst = world.find(coversSensitivePort) ?? world[0];
    if (worst === undefined) return;
    found.push({
      way: worst.group,
      weight: coversSensitivePort(worst) ? 1 : 0.7,
      words: `${worst.group} lets in ${ruleText(worst)}`,
      refs: source === activity ? [] : [source.id],
    });
  };
  if (activity.kind === 'ingress.open') rules(activity);
  for (const opening of lineage.openings) rules(opening);
  for (const source of [activity, ...lineage.launches]) {
    const refs = source === activity ? [] : [source.id];
    if (source.launch?.publicAddress)
      found.push({ way: 'public address', weight: 0.6, words: 'it asked for a public address', refs });
    if (source.launch?.profile !== undefined) {
      found.push({
        way: 'profile',
        weight: 0.3,
        words: `it carries instance profile ${source.launch.profile}`,
        refs,
      });
    }
    if (source.launch?.httpTokens === 'optional')
      found.push({ way: 'IMDSv1', weight: 0.2, words: 'it answers IMDSv1', refs });
  }
  if (activity.kind === 'address.associate')
    found.push({ way: 'public address', weight: 0.6, words: 'it was given a public address', refs: [] });
  if (activity.kind === 'profile.attach')
    found.push({ way: 'profile', weight: 0.5, words: `it was given an instance profile`, refs: [] });
  const before = new Set(lineage.origins.flatMap(waysOf));
  return found
    .filter(({ way }) => !before.has(way))
    .sort((a, b) => b.weight - a.weight || (a.words < b.words ? -1 : 1));
}
