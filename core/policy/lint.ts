import ipaddr from 'ipaddr.js';
import { inNetworks } from '../activity/networks.ts';
import type { Policy } from './policy.ts';
import { type SignalId, WEIGHTS } from './weights.ts';

/** Something that is valid in a policy and unwise. */
export interface PolicyWarning {
  /** Such as `suppressions[0]`. */
  readonly key: string;
  readonly message: string;
}

type Suppression = Policy['suppressions'][number];

const DAY = 86_400_000;
/** Longer than that nobody remembers why. */
const LONGEST_SUPPRESSION = 180 * DAY;
/** An expiry as near as that is about to be a surprise. */
const SOON = 14 * DAY;
/** Addresses beyond which a network is no office: a /8 of IPv4, a /32 of IPv6. */
const WIDEST = { ipv4: 8, ipv6: 32 } as const;
/** Shorter parts of a label are in too many of them: `role/` is in every role's. */
const SHORTEST_ACTOR = 4;
const HOUR = 3_600_000;
/** A weight of a signal that is at least this strong by itself makes HIGH. */
const STRONG = 0.7;

/**
 * What is valid and unwise in a policy: exceptions that hide more, or longer, than was meant, networks that are everybody's, windows in
 * which nothing belongs together.
 *
 * @param today as in `expires`, e.g. `2026-12-31`
 */
export function lintPolicy(policy: Policy, today: string): PolicyWarning[] {
  return [
    ...aboutNetworks(policy),
    ...aboutAccounts(policy),
    ...aboutWindows(policy),
    ...aboutSignals(policy),
    ...policy.suppressions.flatMap((each, index) =>
      aboutSuppression(each, index, policy.suppressions, policy, today).map((message) => ({
        key: `suppressions[${index}]`,
        message,
      })),
    ),
  ];
}

function aboutNetworks({ organisation, geoLocation }: Policy): PolicyWarning[] {
  const wide = organisation.networks.flatMap((network, index) =>
    widthOf(network, 'nothing is foreign any more').map((message) => ({
      key: `organisation.networks[${index}]`,
      message,
    })),
  );
  if (!geoLocation.onlyFromNetworks || organisation.networks.length > 0) return wide;
  const message = 'people must call from organisation.networks, and there are none: every call is outside';
  return [...wide, { key: 'geoLocation.onlyFromNetworks', message }];
}

/** @param then what follows where it is every address */
function widthOf(network: string, then: string): string[] {
  const [address, bits] = ipaddr.parseCIDR(network);
  if (bits === 0) return [`${network} is every address there is: ${then}`];
  return bits < WIDEST[address.kind()] ? [`${network} is wider than any organisation's own network`] : [];
}

function aboutAccounts({ organisation: { accounts, partners, sensitiveAccounts } }: Policy): PolicyWarning[] {
  const both = partners.filter((each) => accounts.includes(each));
  const strangers = accounts.length === 0 ? [] : sensitiveAccounts.filter((each) => !accounts.includes(each));
  return [
    ...both.map((each) => ({
      key: 'organisation.partners',
      message: `"${each}" is among organisation.accounts too, where sharing with it is not asked about at all`,
    })),
    ...strangers.map((each) => ({
      key: 'organisation.sensitiveAccounts',
      message: `"${each}" is not among organisation.accounts`,
    })),
  ];
}

function aboutWindows({ timeWindow, lineageWindow, learning, changeWindow }: Policy): PolicyWarning[] {
  const { from, to, days } = changeWindow;
  return [
    ...warned('timeWindow', timeWindow < HOUR, 'in less than an hour bursts and stories fall apart'),
    ...warned(
      'timeWindow',
      timeWindow > 7 * DAY,
      'beyond a week nearly everything of an actor is one finding',
    ),
    ...warned(
      'lineageWindow',
      lineageWindow < timeWindow,
      'data is followed for less time than a story may take',
    ),
    ...warned(
      'learning.period',
      learning.period === 0,
      'nothing is learnt: for weeks all that is new is told',
    ),
    ...warned(
      'learning.settle',
      learning.settle === 0,
      'whoever does something twice in a minute makes it familiar',
    ),
    ...warned(
      'learning.quarantine',
      learning.quarantine <= learning.settle,
      'what an intruder shows settles as soon as anything else',
    ),
    ...warned(
      'changeWindow',
      days.length > 0 && from === to,
      'it begins when it ends: every change is outside',
    ),
  ];
}

const warned = (key: string, is: boolean, message: string): PolicyWarning[] => (is ? [{ key, message }] : []);

function aboutSignals({ signals: { off, weights } }: Policy): PolicyWarning[] {
  const strong = off.filter((signal) => WEIGHTS[signal] >= STRONG);
  const raised = Object.entries(weights).filter(([signal, weight]) => {
    const builtIn = WEIGHTS[signal as SignalId];
    return weight < STRONG && builtIn >= STRONG;
  });
  return [
    ...strong.map((signal) => ({
      key: 'signals.off',
      message: `${signal} alone is HIGH or worse (${WEIGHTS[signal]}); a suppression with an expiry hides less`,
    })),
    ...raised.map(([signal, weight]) => ({
      key: `signals.weights.${signal}`,
      message: `from ${WEIGHTS[signal as SignalId]} to ${weight}: it is not HIGH any more by itself`,
    })),
    ...off
      .filter((signal) => weights[signal] !== undefined)
      .map((signal) => ({
        key: `signals.weights.${signal}`,
        message: 'it is off, so its weight counts for nothing',
      })),
  ];
}

function aboutSuppression(
  own: Suppression,
  index: number,
  all: readonly Suppression[],
  { organisation }: Policy,
  today: string,
): string[] {
  const { signal, account, actor, subject, networks, resources, peers, expires } = own;
  if (expires < today) return [`it expired on ${expires} and does nothing`];
  const left = Date.parse(expires) - Date.parse(today);
  const wider = all.findIndex(
    (other, at) =>
      at !== index &&
      other.expires >= expires &&
      contains(other, own) &&
      (at < index || !contains(own, other)),
  );
  return [
    ...(left > LONGEST_SUPPRESSION
      ? [`it lasts until ${expires}, beyond half a year; who will remember why?`]
      : []),
    ...(left <= SOON ? [`it expires on ${expires}, in ${Math.round(left / DAY)} days`] : []),
    ...(signal === undefined ? ['it names no signal: whatever this actor or account does is hidden'] : []),
    ...(actor === undefined && subject === undefined
      ? ['it names no actor: it hides the same by anybody, an intruder among them']
      : []),
    ...(actor !== undefined && (actor.length < SHORTEST_ACTOR || /^(role|user)\/?$/.test(actor))
      ? [`"${actor}" is part of nearly every label`]
      : []),
    ...(actor !== undefined && account === undefined && subject === undefined
      ? ['it names no account: a role of that name anywhere is meant, also one that an intruder makes']
      : []),
    ...(actor !== undefined && subject === undefined
      ? [
          `it names no subject: "${actor}" may be part of the label of others, and of one that an intruder makes`,
        ]
      : []),
    ...([networks, resources, peers].every((each) => each === undefined)
      ? ['it names no network, resource or peer: it hides the same from anywhere, by a stolen key too']
      : []),
    ...(networks ?? [])
      .filter((network) => network.includes('/'))
      .flatMap((network) => widthOf(network, 'as condition it is none')),
    ...(account !== undefined && organisation.accounts.length > 0 && !organisation.accounts.includes(account)
      ? [`"${account}" is not among organisation.accounts`]
      : []),
    ...(wider >= 0 ? [`suppressions[${wider}] hides all that this one hides`] : []),
  ];
}

/** Whether whatever one suppression takes away the other takes away as well. */
const contains = (wide: Suppression, narrow: Suppression): boolean =>
  (wide.signal === undefined || wide.signal === narrow.signal) &&
  (wide.account === undefined || wide.account === narrow.account) &&
  (wide.actor === undefined || narrow.actor?.includes(wide.actor) === true) &&
  (wide.subject === undefined || wide.subject === narrow.subject) &&
  lists(wide.regions, narrow.regions) &&
  lists(wide.networks, narrow.networks, isInside) &&
  lists(wide.resources, narrow.resources) &&
  lists(wide.peers, narrow.peers);

/** Whether whatever fits one list fits the other; one that is absent fits all. */
const lists = (
  wide: readonly string[] | undefined,
  narrow: readonly string[] | undefined,
  isIn = (value: string, all: readonly string[]): boolean => all.includes(value),
): boolean => wide === undefined || narrow?.every((value) => isIn(value, wide)) === true;

/** Whether a network, or a service by its name, lies in one of some. */
function isInside(network: string, all: readonly string[]): boolean {
  if (all.includes(network)) return true;
  if (!ipaddr.isValidCIDR(network)) return false;
  const [address, bits] = ipaddr.parseCIDR(network);
  return inNetworks(
    address.toString(),
    all.filter((each) => Number(each.split('/')[1]) <= bits),
  );
}
