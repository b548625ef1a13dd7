import { type Activity, isThroughService, type Kind } from '../activity/activity.ts';
import { subjectKey } from '../activity/actor.ts';
import { CARRIERS } from '../activity/links.ts';
import { unique } from '../activity/unique.ts';
import { timelineAccount } from '../history/looking-back.ts';
import { automationBehind, automationsOf } from './automation.ts';

/** Pseudo account under which resource timelines are kept: resource ids are unique by themselves. */
export const RESOURCES = '~';

/** Timeline of what used a resource as a source, apart from what made or changed it: popular images have thousands. */
export const usesOf = (resource: string): string => `${resource}>`;

/** Instances of one call that get timelines of their own; the rest of a big call behaves like the first. */
const MAX_INSTANCES = 10;
/** Groups of one call, and interfaces. */
const MAX_GROUPS = 5;

/** Kinds that bring data into a resource, open one or clear one away. */
const KEPT: ReadonlySet<Kind> = new Set<Kind>([
  'instance.launch',
  'instance.replace-root',
  'instance.modify',
  'instance.terminate',
  'snapshot.create',
  'snapshot.copy',
  'snapshot.share',
  'snapshot.unshare',
  'snapshot.use',
  'snapshot.delete',
  'volume.create',
  'volume.copy',
  'volume.attach',
  'volume.delete',
  'image.create',
  'image.copy',
  'image.share',
  'image.unshare',
  'image.delete',
  'template.change',
  'fleet.change',
  'security-group.create',
  'ingress.open',
  'profile.attach',
  'address.associate',
  'metadata.change',
]);

/** Kinds that bring data onto an instance. */
export const BRINGS: readonly Kind[] = ['instance.launch', 'volume.attach', 'instance.replace-root'];

/** Kinds after which a resource is no more. */
export const ENDS: ReadonlySet<Kind> = new Set<Kind>([
  'instance.terminate',
  'snapshot.delete',
  'volume.delete',
  'image.delete',
]);

/** Whether a later judgement may rest on an activity of a kind: it must stand in a resource timeline and not end one. */
export const carriesOn = (kind: Kind): boolean =>
  (KEPT.has(kind) && !ENDS.has(kind)) || kind === 'identity.create' || kind === 'identity.grant';

/** Kinds by which a copy, or access to it, is cleared away. */
export const REMOVALS: ReadonlySet<Kind> = new Set<Kind>([
  'snapshot.unshare',
  'snapshot.delete',
  'image.unshare',
  'image.delete',
  'volume.delete',
]);

/** Rotating copies is a service's daily work, and nobody's cover. */
export const isRemoval = (activity: Activity): boolean =>
  REMOVALS.has(activity.kind) && activity.actor.class !== 'service' && !isThroughService(activity);

/** Timeline of what was done to a user: its making, its keys and passwords, and the rights it was given. */
const userOf = (account: string, name: string): string => `user/${account}/${name}`;

/** Timeline of the user whose long-lived key made a call, where the record names one. */
export function identityOf({ account, actor }: Pick<Activity, 'account' | 'actor'>): string | undefined {
  if (actor.credential !== 'long-lived' || !actor.label.startsWith('user/')) return undefined;
  return userOf(account, actor.label.slice('user/'.length));
}

/** Timelines of the users that a change of identities is about: they are named where they are changed, and told where they are made. */
export function identitiesIn({ account, kind, links, detail }: Activity): string[] {
  if (kind !== 'identity.create' && kind !== 'identity.grant') return [];
  const users = links.filter(({ type }) => type === 'user');
  const named = users.filter(({ role }) => role === 'changed').map(({ id }) => id);
  const made = users.some(({ role }) => role === 'made') && detail !== undefined ? [detail] : [];
  return unique([...named, ...made]).map((name) => userOf(account, name));
}

/** Timeline of the guards of an account and Region that were switched off. */
export const guardsOf = ({ account, region }: Activity): string => `guardrail/${account}/${region}`;

/** Network interfaces that an activity ties to an instance or changes. */
export const interfacesOf = ({ links }: Pick<Activity, 'links'>): string[] =>
  links.filter(({ type }) => type === 'network-interface').map(({ id }) => id);

/** Those of them that are one instance's: a launch of several names the instance of each. */
export const interfacesOn = ({ links }: Pick<Activity, 'links'>, instance: string): string[] =>
  interfacesOf({ links: links.filter(({ on }) => on === undefined || on === instance) });

/** Groups that rules were added to. */
export const openedBy = (activity: Activity): readonly string[] =>
  unique((activity.ingress ?? []).map(({ group }) => group));

/** Security groups that a change puts on an instance or interface in place of those before. */
export const groupsPut = ({ kind, links }: Activity): string[] =>
  kind === 'instance.modify' ? links.filter(({ type }) => type === 'security-group').map(({ id }) => id) : [];

/**
 * Whether a change may concern how open an instance is. Most attributes do not, and container networking and load
 * balancers set them all day.
 */
export function isPosture(activity: Activity): boolean {
  const { kind, links, posture } = activity;
  if (kind === 'address.associate' || kind === 'profile.attach') return true;
  if (kind === 'metadata.change') return posture?.httpTokens !== undefined;
  if (kind !== 'instance.modify') return false;
  const attached = links.some(({ type, role }) => type === 'network-interface' && role === 'used');
  return attached || posture?.publicAddress === true || groupsPut(activity).length > 0;
}

/**
 * Keys of the resource timelines in which an activity is kept beside its subject's.
 *
 * A service's launches are kept only where their data comes from, and its terminations and deletions not at all: nobody
 * asks how open an Auto Scaling instance is or how long a backup was kept, and they are most of all records.
 */
function timelinesOf(activity: Activity): readonly string[] {
  const { kind, outcome, actor, launch, links } = activity;
  if (outcome !== 'succeeded') return [];
  if (kind === 'guardrail.disable') return [guardsOf(activity)];
  if (kind === 'identity.create' || kind === 'identity.grant') return identitiesIn(activity);
  if (!KEPT.has(kind)) return [];
  if ((kind === 'instance.modify' || kind === 'metadata.change') && !isPosture(activity)) return [];
  const byService = actor.class === 'service';
  if (ENDS.has(kind) && (byService || (kind !== 'instance.terminate' && isThroughService(activity))))
    return [];
  if (kind === 'volume.create' && !links.some(({ from }) => from !== undefined && from.length > 0)) return [];

  const keys = [...automationsOf(activity)];
  let instances = 0;
  for (const link of links) {
    if (link.type === 'security-group' && (kind === 'ingress.open' || kind === 'security-group.create'))
      keys.push(link.id);
    if (!CARRIERS.has(link.type)) continue;
    for (const source of link.from ?? []) keys.push(timelineOfUse(source));
    if (link.type === 'instance') {
      if (kind === 'instance.launch' && (byService || instances >= MAX_INSTANCES)) continue;
      instances += 1;
    }
    // what clears a copy away stands where its uses do: whoever made it looks there already
    keys.push(link.role === 'used' || REMOVALS.has(kind) ? timelineOfUse(link.id) : link.id);
  }
  if (isPosture(activity) || (kind === 'instance.launch' && !byService)) {
    for (const each of interfacesOf(activity).slice(0, MAX_GROUPS)) keys.push(each);
  }
  for (const group of groupsPut(activity).slice(0, MAX_GROUPS)) keys.push(usesOf(group));
  if (kind === 'template.change') {
    // whoever opens such a group opens what is launched from the template, also where a service launches it
    const groups = links.filter(({ type }) => type === 'security-group').map(({ id }) => id);
    for (const group of groups.slice(0, MAX_GROUPS)) keys.push(usesOf(group));
  }
  const identity = kind === 'instance.launch' ? identityOf(activity) : undefined;
  if (identity !== undefined) keys.push(usesOf(identity));
  const automation = automationBehind(activity);
  if (automation !== undefined) keys.push(usesOf(automation));
  if (launch !== undefined) {
    for (const source of [...launch.images, ...launch.snapshots]) keys.push(usesOf(source));
    if (!byService) for (const group of launch.groups.slice(0, MAX_GROUPS)) keys.push(usesOf(group));
  }
  return unique(keys);
}

/** An instance has few activities, so what uses it (an image made of it) stands in its one timeline. */
const timelineOfUse = (resource: string): string => (resource.startsWith('i-') ? resource : usesOf(resource));

interface Place {
  readonly account: string;
  readonly subject: string;
  readonly activity: Activity;
}

/** Every timeline an activity is stored in: its subject's, and those of the resources it touched. */
export function entriesOf(activity: Activity): Place[] {
  const subject = subjectKey(activity.actor);
  const places: Place[] = [{ account: timelineAccount(activity), subject, activity }];
  for (const key of timelinesOf(activity)) places.push({ account: RESOURCES, subject: key, activity });
  return places;
}
