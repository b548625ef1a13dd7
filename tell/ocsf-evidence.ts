import type { Activity, Link } from '../core/activity/activity.ts';
import { type Actor, type ActorClass, knownMfa } from '../core/activity/actor.ts';
import { clean } from '../core/activity/clean.ts';
import { does } from '../core/activity/kinds.ts';
import { fullNameOf } from '../core/activity/resources.ts';
import type { Assessment } from '../core/findings/finding.ts';
import { ATTACK_VERSION, attackUrl, type Technique, techniquesOfActivity } from './attack.ts';
import { ec2Arn, partitionOf } from './aws-ids.ts';
import { narrate } from './narrate.ts';
import type {
  OcsfActor,
  OcsfAttack,
  OcsfEndpoint,
  OcsfEvidence,
  OcsfObservable,
  OcsfRelatedEvent,
  OcsfResource,
  OcsfUser,
} from './ocsf-types.ts';

/** Links shown beside one piece of evidence; the finding's own `resources` has them all. */
const LINKS_PER_EVIDENCE = 20;

/** Cleaned text, or `unknown` where nothing is left of it: OCSF wants these fields to say something. */
const known = (value: string, max: number): string => clean(value, max) || 'unknown';

/** A field that is left out where there is nothing to say. */
function maybe<K extends string>(
  key: K,
  value: string | undefined,
  max: number,
): { readonly [P in K]?: string } {
  const text = clean(value, max);
  return (text === '' ? {} : { [key]: text }) as { readonly [P in K]?: string };
}

const USER_TYPES: Readonly<Record<ActorClass, Pick<OcsfUser, 'type' | 'type_id'>>> = {
  human: { type: 'User', type_id: 1 },
  root: { type: 'Admin', type_id: 2 },
  workload: { type: 'Service', type_id: 4 },
  unknown: { type: 'Unknown', type_id: 0 },
  automation: { type: 'Service', type_id: 4 },
  service: { type: 'System', type_id: 3 },
  'foreign-account': { type: 'foreign-account', type_id: 99 },
};

export const accountOf = (uid: string) =>
  ({ uid: known(uid, 64), type: 'AWS Account', type_id: 10 }) as const;

const withUrl = ({ uid, name }: Technique['technique']) => ({ uid, name, src_url: attackUrl(uid) });

export const attackOf = ({ technique, sub, tactic }: Technique): OcsfAttack => ({
  technique: withUrl(technique),
  ...(sub && { sub_technique: withUrl(sub) }),
  ...(tactic && { tactic }),
  version: ATTACK_VERSION,
});

/** Who it was: the person where a role is shared, else the user or role itself. */
const userOf = ({ person, arn, key }: Actor): string => known(person?.key ?? arn ?? key, 256);

function actorOf(actor: Actor): OcsfActor {
  const { person, accessKey, invokedBy } = actor;
  const mfa = knownMfa(actor);
  const session = {
    ...maybe('credential_uid', accessKey, 128),
    ...(mfa !== undefined && { is_mfa: mfa }),
    // the role that a person acts through is theirs for the session only
    ...(person && maybe('issuer', actor.arn ?? actor.label, 256)),
  };
  return {
    user: {
      name: known(person?.label ?? actor.label, 200),
      uid: userOf(actor),
      ...(person === undefined && { uid_alt: known(actor.key, 200) }),
      ...USER_TYPES[actor.class],
      account: accountOf(actor.account),
    },
    ...(Object.keys(session).length > 0 && { session }),
    ...maybe('invoked_by', invokedBy, 100),
  };
}

function endpointOf({ origin, actor }: Activity): OcsfEndpoint | undefined {
  const { ip, service, network } = origin;
  if (ip === undefined && service === undefined) return undefined;
  const country = clean(network?.country, 2);
  return {
    ...(ip === undefined ? { svc_name: known(service ?? '', 100) } : { ip: known(ip, 45) }),
    // credentials of an instance do not prove the call came from it
    ...(ip === undefined && maybe('instance_uid', actor.instance, 64)),
    ...(network?.asn !== undefined && {
      autonomous_system: {
        number: network.asn,
        ...maybe('name', network.holder, 100),
      },
    }),
    ...(country !== '' && { location: { country } }),
  };
}

/** Copies and images go from hand to hand, so whoever only uses one need not own it. */
const TRAVELS: ReadonlySet<Link['type']> = new Set<Link['type']>(['snapshot', 'image']);

/** Account that a resource belongs to, where the record says so: that of its maker or changer, and of all that does not travel. */
const ownerOf = ({ type, role }: Link, { kind, account }: Activity): string | undefined =>
  // of a use by others the owner is told, in a record of his own
  role !== 'used' || !TRAVELS.has(type) || kind === 'snapshot.use' ? account : undefined;

/** Region in which a resource is: a copy's source is where the copy says that it came from. */
const regionOf = ({ type, role }: Link, { kind, region, detail }: Activity): string =>
  (role === 'used' && TRAVELS.has(type) && (does(kind, 'copy') || does(kind, 'make'))
    ? /^from ([a-z0-9-]+)$/.exec(detail ?? '')?.[1]
    : undefined) ?? region;

function resourceOf(link: Link, activity: Activity, owner = ownerOf(link, activity)): OcsfResource {
  const { type, role } = link;
  const id = fullNameOf(link);
  const region = regionOf(link, activity);
  const arn = ec2Arn(type, id, region, activity.account);
  return {
    uid: known(id, 256),
    ...(arn !== undefined && { uid_alt: arn }),
    name: known(id, 256),
    type,
    ...(role === 'used' ? { role_id: 4, role: 'Related' } : { role_id: 3, role: 'Affected' }),
    region: known(region, 40),
    cloud_partition: partitionOf(region),
    ...(owner !== undefined && { owner: { account: accountOf(owner) } }),
  };
}

/** Every resource the members touched, once: those made or changed first, each group in order of its first member. */
export function resourcesOf(members: readonly Assessment[]): OcsfResource[] {
  const found = new Map<string, OcsfResource>();
  const owners = new Map<string, string>();
  const all = members.flatMap(({ activity }) => activity.links.map((link) => ({ link, activity })));
  for (const { link, activity } of all) {
    const owner = ownerOf(link, activity);
    if (TRAVELS.has(link.type) && owner !== undefined) owners.set(fullNameOf(link), owner);
  }
  for (const { link, activity } of all) {
    const travels = TRAVELS.has(link.type);
    const owner = travels ? owners.get(fullNameOf(link)) : ownerOf(link, activity);
    const region = regionOf(link, activity);
    const key = JSON.stringify([link.type, fullNameOf(link), region, travels ? '' : activity.account]);
    const before = found.get(key);
    if (before === undefined || (before.role_id === 4 && link.role !== 'used')) {
      found.set(key, resourceOf(link, activity, owner));
    }
  }
  return [...found.values()].sort((a, b) => a.role_id - b.role_id);
}

/** One member with what speaks against it. */
export function evidenceOf({ activity, evidence, score }: Assessment): OcsfEvidence {
  const [service = '', operation = ''] = activity.action.split(':', 2);
  const error = clean(activity.error, 100);
  const endpoint = endpointOf(activity);
  const resources = activity.links.slice(0, LINKS_PER_EVIDENCE).map((link) => resourceOf(link, activity));
  return {
    uid: known(activity.id, 128),
    name: activity.kind,
    actor: actorOf(activity.actor),
    api: {
      operation: known(operation, 100),
      service: { name: known(service, 100) },
      ...(error !== '' && { response: { error } }),
    },
    ...(endpoint && { src_endpoint: endpoint }),
    ...(resources.length > 0 && { resources }),
    data: {
      score,
      outcome: activity.outcome,
      agent: clean(activity.origin.agent, 60),
      ...(activity.origin.userAgent !== undefined && { user_agent: clean(activity.origin.userAgent, 120) }),
      signals: evidence.map(({ signal, strength, reason }) => ({
        signal,
        strength,
        reason: clean(reason, 400),
      })),
    },
  };
}

/** One member as an event related to the finding; `full` adds what can be told from its id elsewhere. */
export function relatedOf({ activity, evidence }: Assessment, full: boolean): OcsfRelatedEvent {
  const attacks = techniquesOfActivity(activity).map(attackOf);
  return {
    uid: known(activity.id, 128),
    type: known(activity.action, 100),
    created_time: activity.at,
    status: activity.outcome,
    ...(full && { title: narrate(activity) }),
    ...(full && attacks.length > 0 && { attacks }),
    ...(evidence.length > 0 && {
      traits: evidence.map(({ signal }) => ({ name: signal, category: 'signal' })),
    }),
  };
}

/** What to search other logs for, each value once: addresses, credentials, principals, countries, resources. */
export function observablesOf(
  members: readonly Assessment[],
  resources: readonly OcsfResource[],
): OcsfObservable[] {
  const found = new Map<string, OcsfObservable>();
  const add = (type_id: number, type: string, name: string, value: string): void => {
    const key = `${type_id} ${value}`;
    if (value !== '' && !found.has(key)) found.set(key, { name, type, type_id, value });
  };
  for (const { activity } of members) {
    const { origin, actor } = activity;
    add(2, 'IP Address', 'evidences[].src_endpoint.ip', clean(origin.ip ?? '', 45));
    add(14, 'Country', 'evidences[].src_endpoint.location.country', clean(origin.network?.country ?? '', 2));
    add(31, 'User Object: uid', 'evidences[].actor.user.uid', userOf(actor));
    add(
      19,
      'User Credential ID',
      'evidences[].actor.session.credential_uid',
      clean(actor.accessKey ?? '', 128),
    );
    for (const account of activity.share?.accounts ?? []) {
      add(35, 'Account Object: uid', 'finding_info.related_events[].title', clean(account, 64));
    }
  }
  for (const { uid } of resources) add(10, 'Resource UID', 'resources[].uid', uid);
  return [...found.values()];
}
