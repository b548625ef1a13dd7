import { type Activity, isThroughService } from '../activity/activity.ts';
import { subjectKey } from '../activity/actor.ts';
import { type ActPart, actKey } from '../activity/acts.ts';
import { aboutOf, does, type Kind, kindsThat } from '../activity/kinds.ts';
import { CARRIERS } from '../activity/links.ts';
import { plain, type Resource, resourceKey, resourcesOf } from '../activity/resources.ts';
import { unique } from '../activity/unique.ts';
import { timelineAccount } from '../history/looking-back.ts';
import { automationBehind, automationsOf } from './automation.ts';

/** Pseudo account under which resource timelines are kept: their keys are unique by themselves. */
export const RESOURCES = '~';

/** Pseudo account under which the parts of acts are kept that the cloud tells in several records, one timeline an act. */
export const ACTS = '~~acts';

/** Timeline of a resource: what made or changed it. */
export const timelineOf = resourceKey;

/** Timeline of what used a resource as a source, apart from what made or changed it: popular images have thousands. */
export const usesOf = (resource: Resource): string => `${resourceKey(resource)}>`;

/** Timeline of what took a way in away: rules of a security group, the group, a key. No judgement asks for it, so it stands apart. */
const closingsOf = (way: Resource): string => `${resourceKey(way)}<`;
/** Kinds that stand in such a timeline, each by the resources of its own type. */
const CLOSINGS: readonly Kind[] = ['ingress.close', 'security-group.delete', 'credential.change'];

/** Whether a call takes a way in away, or gives it back. */
export const isClosing = (kind: Kind): boolean => CLOSINGS.includes(kind);

/** Timeline in which the end of a resource stands. */
export const timelineOfEnd = (resource: Resource): string =>
  // the end of anything else but an instance stands among its uses
  resource.type === 'security-group' || resource.type === 'access-key'
    ? closingsOf(resource)
    : timelineOfUse(resource);

/** Whether a timeline is one of uses. */
export const isOfUses = (key: string): boolean => key.endsWith('>');

/** An instance has few activities, so what uses it (an image made of it) stands in its one timeline. */
export const timelineOfUse = (resource: Resource): string =>
  resource.type === 'instance' ? timelineOf(resource) : usesOf(resource);

/** Instances of one call that get timelines of their own; the rest of a big call behaves like the first. */
const MAX_INSTANCES = 10;
/** Groups of one call, and interfaces. */
const MAX_GROUPS = 5;

/** What of the things an activity makes or touches has a timeline: of many instances and interfaces the first. */
export function withTimelines(resources: readonly Resource[]): readonly Resource[] {
  let [instances, interfaces] = [0, 0];
  return resources.filter(({ type }) => {
    if (type === 'instance') return ++instances <= MAX_INSTANCES;
    if (type === 'network-interface') return ++interfaces <= MAX_GROUPS;
    return true;
  });
}

/** Kinds that bring data into a resource, open one, give access or clear one away: they stand in the timelines of resources. */
const KEPT: ReadonlySet<Kind> = new Set(
  kindsThat(
    'plan',
    'copy',
    'make',
    'reuse',
    'bring',
    'open',
    'posture',
    'admit',
    'unshare',
    'end',
    'precede',
  ),
);

/** Whether a later judgement may rest on an activity of a kind: it must stand in a resource timeline and not end one. */
export const carriesOn = (kind: Kind): boolean => KEPT.has(kind) && !does(kind, 'end');

/** Rotating copies is a service's daily work, and nobody's cover. */
export const isRemoval = (activity: Activity): boolean =>
  does(activity.kind, 'clear') && activity.actor.class !== 'service' && !isThroughService(activity);

/** A user by name, which is unique within the account; its ids are told only where it is made. */
const userNamed = (account: string, id: string): Resource => ({
  type: 'user',
  id,
  account,
  region: 'aws-global',
});

/** The user who made a call, where rights are given to it by a name that the record has, too: of AWS by a long-lived key. */
export function identityOf({ account, actor }: Pick<Activity, 'account' | 'actor'>): Resource | undefined {
  if (actor.identity !== undefined) return userNamed(account, actor.identity);
  if (actor.credential !== 'long-lived' || !actor.label.startsWith('user/')) return undefined;
  return userNamed(account, actor.label.slice('user/'.length));
}

/** The users that a change of identities is about: named where they are changed, and in its detail where they are made. */
export function identitiesIn({ account, kind, links, detail }: Activity): Resource[] {
  if (kind !== 'identity.create' && kind !== 'identity.grant') return [];
  const users = links.filter(({ type }) => type === 'user');
  const named = users.filter(({ role }) => role === 'changed').map(({ id }) => id);
  const made = users.some(({ role }) => role === 'made') && detail !== undefined ? [detail] : [];
  return unique([...named, ...made]).map((name) => userNamed(account, name));
}

/** Timeline of the guards of an account and Region that were switched off. */
export const guardsOf = ({ account, region }: Activity): string => `guardrail/${account}/${region}`;

/** Network interfaces that an activity ties to an instance or changes. */
export const interfacesOf = ({ links }: Pick<Activity, 'links'>): Resource[] =>
  links.filter(({ type }) => type === 'network-interface').map(plain);

/** Those of them that are one instance's: a launch of several names the instance of each. */
export const interfacesOn = ({ links }: Pick<Activity, 'links'>, instance: Resource): Resource[] =>
  interfacesOf({ links: links.filter(({ on }) => on === undefined || on === instance.id) });

/** Groups that rules were added to. */
export const openedBy = ({ ingress = [] }: Activity): readonly Resource[] =>
  ingress.length === 0 ? [] : resourcesOf('security-group', unique(ingress.map(({ group }) => group)));

/** Groups that a launch puts its instances into. */
export const groupsJoined = ({ launch }: Activity): readonly Resource[] =>
  launch === undefined ? [] : resourcesOf('security-group', launch.groups);

/** Security groups that a change puts on an instance or interface in place of those before. */
export const groupsPut = (activity: Activity): readonly Resource[] =>
  activity.kind === 'instance.modify' ? groupsIn(activity) : [];

/** Security groups that an activity names. */
export const groupsIn = ({ links }: Pick<Activity, 'links'>): Resource[] =>
  links.filter(({ type }) => type === 'security-group').map(plain);

/** Whether an activity launched instances, or shows that they were launched. */
export const isBirth = ({ kind }: Pick<Activity, 'kind'>): boolean =>
  kind === 'instance.launch' || kind === 'instance.observe';

/**
 * Whether a change may concern how open an instance is. Most attributes do not, and container networking and load
 * balancers set them all day.
 */
export function isPosture(activity: Activity): boolean {
  const { kind, links, posture } = activity;
  if (kind === 'address.associate' || kind === 'profile.attach') return true;
  if (kind === 'instance.run' || kind === 'instance.enter') return true;
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
  if (kind === 'identity.create' || kind === 'identity.grant') return identitiesIn(activity).map(timelineOf);
  if (isClosing(kind)) return links.filter(({ type }) => type === aboutOf(kind)).map(closingsOf);
  if (!KEPT.has(kind)) return [];
  if (does(kind, 'posture') && !isPosture(activity)) return [];
  const byService = actor.class === 'service';
  if (byService && (kind === 'instance.run' || kind === 'instance.enter')) return [];
  if (does(kind, 'end') && (byService || (kind !== 'instance.terminate' && isThroughService(activity))))
    return [];
  if (kind === 'volume.create' && !links.some(({ from }) => from !== undefined && from.length > 0)) return [];

  const keys = automationsOf(activity).map(timelineOf);
  let instances = 0;
  for (const link of links) {
    if (link.type === 'security-group' && (kind === 'ingress.open' || kind === 'security-group.create'))
      keys.push(timelineOf(link));
    if (!CARRIERS.has(link.type)) continue;
    for (const source of link.from ?? []) keys.push(timelineOfUse(source));
    if (link.type === 'instance') {
      if (kind === 'instance.launch' && (byService || instances >= MAX_INSTANCES)) continue;
      instances += 1;
    }
    if (link.alias !== undefined) keys.push(timelineOf({ type: link.type, id: link.alias }));
    // what clears a copy away stands where its uses do: whoever made it looks there already
    keys.push(link.role === 'used' || does(kind, 'clear') ? timelineOfUse(link) : timelineOf(link));
  }
  if (isPosture(activity) || (isBirth(activity) && !byService)) {
    for (const each of interfacesOf(activity).slice(0, MAX_GROUPS)) keys.push(timelineOf(each));
  }
  for (const group of groupsPut(activity).slice(0, MAX_GROUPS)) keys.push(usesOf(group));
  if (kind === 'template.change') {
    // whoever opens such a group opens what is launched from the template, also where a service launches it
    for (const group of groupsIn(activity).slice(0, MAX_GROUPS)) keys.push(usesOf(group));
  }
  const identity = kind === 'instance.launch' ? identityOf(activity) : undefined;
  if (identity !== undefined) keys.push(usesOf(identity));
  const automation = automationBehind(activity);
  if (automation !== undefined) keys.push(usesOf(automation));
  if (launch !== undefined) {
    for (const source of resourcesOf('image', launch.images)) keys.push(usesOf(source));
    for (const source of resourcesOf('snapshot', launch.snapshots)) keys.push(usesOf(source));
    if (!byService) for (const group of groupsJoined(activity).slice(0, MAX_GROUPS)) keys.push(usesOf(group));
  }
  return unique(keys);
}

/** One activity in one timeline: that of its subject, or that of a resource it touched. */
export interface Entry {
  /** Account of the timeline, or `RESOURCES`. */
  readonly account: string;
  /** Key of the subject, or of the resource's timeline. */
  readonly subject: string;
  readonly activity: Activity;
}

/** An activity in every timeline that it is stored in. */
export function entriesOf(activity: Activity): Entry[] {
  const subject = subjectKey(activity.actor);
  const entries: Entry[] = [{ account: timelineAccount(activity), subject, activity }];
  for (const key of timelinesOf(activity)) entries.push({ account: RESOURCES, subject: key, activity });
  return entries;
}

/** A part of an act in the timeline of its act. */
export const partEntry = (part: ActPart): Entry => ({ account: ACTS, subject: actKey(part), activity: part });

/** The timeline of an activity that was joined, in which its parts are. */
export const actOf = ({ account, id }: Activity): string => `${account}#${id}`;
