import type { Activity } from '../core/activity/activity.ts';
import { subjectKey, subjectLabel } from '../core/activity/actor.ts';
import { clean } from '../core/activity/clean.ts';
import { sourcesOf } from '../core/activity/links.ts';
import { inNetworks } from '../core/activity/networks.ts';
import { unique } from '../core/activity/unique.ts';
import { explain } from '../core/findings/assess.ts';
import type { Assessment, FindingRecord } from '../core/findings/finding.ts';
import { SEVERITIES, type Severity } from '../core/findings/severity.ts';
import { DAY } from '../core/history/facts.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { Evidence } from '../core/signals/signal.ts';
import { shown } from './shown.ts';

export type Suppression = Policy['suppressions'][number];

/** Below this a finding is not shown to people, so what a suppression leaves over need not be shown either. */
const ALERTED: Severity = 'medium';

const rank = (severity: Severity | undefined): number =>
  severity === undefined ? -1 : SEVERITIES.indexOf(severity);

/** Whether a suppression still counts at a time, ms; its last day counts in full, in UTC. */
const valid = ({ expires }: Suppression, at: number): boolean => at < Date.parse(expires) + DAY;

function covers(suppression: Suppression, { activity }: Assessment, { signal }: Evidence): boolean {
  const { signal: only, account, actor, subject } = suppression;
  // one that names nothing would silence everything: it silences nothing
  if ([only, account, actor, subject].every((each) => each === undefined)) return false;
  return (
    (only === undefined || only === signal) &&
    (account === undefined || account === activity.account) &&
    (actor === undefined || labelIncludes(activity, actor)) &&
    (subject === undefined || subject === subjectKey(activity.actor)) &&
    isWithin(activity, suppression)
  );
}

/** What an exception may be held to, beside who and what signal. */
export type Conditions = Pick<Suppression, 'regions' | 'networks' | 'resources' | 'peers'>;

/** Whether all that an activity names is listed, of whatever is listed. */
function isWithin(activity: Activity, { regions, networks, resources, peers }: Conditions): boolean {
  const { region, origin, share } = activity;
  return (
    (regions === undefined || regions.includes(region)) &&
    (networks === undefined || isFrom(origin, networks)) &&
    (resources === undefined || isListed(namedBy(activity), resources)) &&
    // everybody is nobody's peer
    (peers === undefined || (share?.public !== true && isListed(peersOf(activity), peers)))
  );
}

const isFrom = ({ ip, service = '' }: Activity['origin'], networks: readonly string[]): boolean =>
  ip === undefined ? networks.includes(service) : inNetworks(ip, networks);

/** One id among others that is not listed is enough: else whatever is excepted would hide what is done beside it. */
const isListed = (ids: readonly string[], listed: readonly string[]): boolean =>
  ids.length > 0 && ids.every((id) => listed.includes(id));

/** Ids of what an activity used or changed, and not of what it made: that had no id before. */
export function namedBy(activity: Activity): readonly string[] {
  const { links, launch, plan } = activity;
  const { profile, groups = [] } = launch ?? plan ?? {};
  return unique([
    ...links.filter(({ role }) => role !== 'made').map(({ id }) => id),
    ...sourcesOf(activity).map(({ id }) => id),
    ...(profile === undefined ? [] : [profile]),
    ...groups,
  ]);
}

/** Whom an activity shares with, and the account of a stranger who acts or takes. */
export const peersOf = ({ account, actor, share }: Activity): readonly string[] =>
  unique([...(share?.accounts ?? []), ...(share?.organisations ?? []), actor.account]).filter(
    (peer) => peer !== account,
  );

/** What an exception covers, in words. */
export function coveredBy({ signal, account, actor, subject, ...conditions }: Suppression): string {
  const listed = ([words, values]: readonly [string, readonly string[] | undefined]): string[] =>
    values === undefined ? [] : [`${words} ${values.map((each) => clean(each, 80)).join(' or ')}`];
  return [
    clean(signal ?? 'any signal', 80),
    clean(account ?? 'any account', 80),
    clean(actor ?? subject ?? 'any actor', 120),
    ...(actor === undefined || subject === undefined ? [] : [`alone as ${clean(subject, 80)}`]),
    ...listed(['in', conditions.regions]),
    ...listed(['from', conditions.networks]),
    ...listed(['with', conditions.resources]),
    ...listed(['for', conditions.peers]),
  ].join(', ');
}

/** A person copies the label out of a message, where it is cleaned and cut. */
const labelIncludes = ({ actor }: Activity, part: string): boolean =>
  subjectLabel(actor).includes(part) || shown(subjectLabel(actor), 120).includes(part);

/**
 * Suppressions of the policy that silence a finding; empty when it must be heard.
 *
 * A suppression takes away the evidence it names, not the whole finding: what is left decides. So an exception for one
 * signal cannot hide a public share by the same actor. Expiry is compared with the finding's end, never the clock.
 */
export function suppressedBy(
  { members, end, severity }: Pick<FindingRecord, 'members' | 'end' | 'severity'>,
  policy: Policy,
): Suppression[] {
  const live = policy.suppressions.filter((suppression) => valid(suppression, end));
  const used = new Set<Suppression>();
  const left = members.map((member) => ({
    ...member,
    evidence: member.evidence.filter((evidence) => {
      const covering = live.filter((suppression) => covers(suppression, member, evidence));
      for (const suppression of covering) used.add(suppression);
      return covering.length === 0;
    }),
  }));
  if (used.size === 0) return [];
  const rest = rank(explain({ members: left }, policy).severity);
  return rest < rank(severity) && rest < rank(ALERTED) ? [...used] : [];
}
