import { type Activity, byTime, type Kind } from '../activity.ts';
import type { Policy } from '../policy.ts';
import { unique } from '../unique.ts';
import { automationsOf } from './automation.ts';
import { isBehind, setUpBy } from './behind.ts';
import { type InstanceHistory, postureOf } from './posture.ts';
import {
  carriesOn,
  groupsPut,
  guardsOf,
  interfacesOf,
  isPosture,
  isRemoval,
  launchedFrom,
  REMOVALS,
  sourcesOf,
  targetsOf,
  usesOf,
} from './timelines.ts';

/** Steps followed from one resource to the next, resources looked at per step, and steps kept: what bounds the walk. */
export const MAX_DEPTH = 8;
const MAX_WIDTH = 12;
const MAX_STEPS = 40;

/** Whether two are the same activity, which may have been read twice. */
export const isSame = (a: Activity, b: Activity): boolean => a.id === b.id && a.account === b.account;

/** Looks a resource timeline up; undefined where it has not been read. */
export type Timelines = (key: string) => readonly Activity[] | undefined;

/** One activity by which data came into a resource. */
export interface Step {
  readonly activity: Activity;
  readonly into: string;
  readonly from: readonly string[];
}

/** Where the data of an activity comes from, and what opens the instances it ends on. */
export interface Lineage {
  /** Steps before the activity by which data came to its resources, nearest first. */
  readonly steps: readonly Step[];
  /** Instances concerned: made or changed by the activity, or behind the security group it opens. */
  readonly instances: readonly string[];
  /** Earlier launches of those instances. */
  readonly launches: readonly Activity[];
  /** Earlier inbound rules on the groups of the instances. */
  readonly openings: readonly Activity[];
  /** What became of the instances before: their launches, and what was changed on them or their interfaces. */
  readonly histories: readonly InstanceHistory[];
  /** The same of the instances that the data was copied from, up to the copy: what the new ones are compared with. */
  readonly origins: readonly InstanceHistory[];
  /** What a copy that is cleared away was before: who made, shared and used it within the policy's window. */
  readonly past: readonly Activity[];
  /** Guards of the account and Region switched off before, where copied data or access to it is at stake. */
  readonly guards: readonly Activity[];
  /** Changes that a launch by a service follows, oldest first. */
  readonly changes: readonly Activity[];
}

export const NO_LINEAGE: Lineage = {
  steps: [],
  instances: [],
  launches: [],
  openings: [],
  histories: [],
  origins: [],
  past: [],
  guards: [],
  changes: [],
};

/** Kinds that are judged by where their data comes from. */
const JUDGED: ReadonlySet<Kind> = new Set<Kind>([
  'instance.launch',
  'instance.replace-root',
  'volume.attach',
  'ingress.open',
  'profile.attach',
  'address.associate',
  'metadata.change',
  'instance.modify',
  'instance.terminate',
  'snapshot.share',
  'image.share',
  'snapshot.unshare',
  'snapshot.delete',
  'image.unshare',
  'image.delete',
  'volume.delete',
]);
const SHARES: ReadonlySet<Kind> = new Set<Kind>(['snapshot.share', 'image.share']);

const NOBODY: readonly Activity[] = [];

/** Everything a lineage knows besides the activity itself and the instances the data was copied from: once each, steps first. */
export function partsOf(lineage: Lineage): Activity[] {
  const { steps, launches, openings, histories, past, guards, changes } = lineage;
  const all = [
    ...steps.map(({ activity }) => activity),
    ...launches,
    ...openings,
    ...histories.flatMap(({ activities }) => activities),
    ...past,
    ...guards,
    ...changes,
  ];
  return [...new Map(all.map((each) => [`${each.account}#${each.id}`, each])).values()];
}

interface Exploration {
  readonly lineage: Lineage;
  /** Keys of timelines that would have to be read to go on. */
  readonly missing: readonly string[];
}

/** Follows the data of an activity back in time, as far as the timelines read so far allow. */
export function explore(activity: Activity, timelines: Timelines, policy: Policy): Exploration {
  const idle =
    ((activity.kind === 'instance.modify' || activity.kind === 'metadata.change') && !isPosture(activity)) ||
    // scaling in: a service's instances have no timeline
    (activity.kind === 'instance.terminate' && activity.actor.class === 'service');
  if (!JUDGED.has(activity.kind) || activity.outcome !== 'succeeded' || idle)
    return { lineage: NO_LINEAGE, missing: [] };
  const missing: string[] = [];
  const oldest = activity.at - policy.lineageWindow;
  const before = (key: string, until = activity.at): readonly Activity[] => {
    const timeline = timelines(key);
    if (timeline === undefined && !missing.includes(key)) missing.push(key);
    // most resources have no past
    if (timeline === undefined || timeline.length === 0) return NOBODY;
    return timeline.filter((other) => other.at >= oldest && other.at <= until && !isSame(other, activity));
  };

  const guards = (): readonly Activity[] =>
    before(guardsOf(activity)).filter(({ at }) => activity.at - at <= policy.timeWindow);
  if (SHARES.has(activity.kind)) {
    return { lineage: { ...NO_LINEAGE, guards: guards() }, missing };
  }
  const removing = isRemoval(activity);
  const past = removing ? pastOf(activity, before, policy.timeWindow) : [];
  if (REMOVALS.has(activity.kind) && (activity.kind !== 'volume.delete' || past.length === 0)) {
    return { lineage: { ...NO_LINEAGE, past: distinct(past) }, missing };
  }

  const groups = activity.kind === 'ingress.open' ? openedBy(activity) : [];
  const members = groups.flatMap((group) => before(usesOf(group)).filter(bringsToGroup));
  // spot requests, fleets and templates: their instances are a service's and have no timeline
  const unnamed = members.filter(
    (member) => member.kind !== 'instance.modify' && instancesIn(member).length === 0,
  );
  const holders = (each: Activity): string[] => {
    const named = instancesIn(each);
    if (named.length > 0 || each.kind === 'instance.launch') return named;
    return interfacesOf(each).flatMap((id) => holdersOf(id, before));
  };
  const candidates = unique([activity, ...members].flatMap(holders)).slice(0, MAX_WIDTH);

  // a launch is the beginning of its instances: nothing came into them before
  const launching = activity.kind === 'instance.launch';
  const histories = launching
    ? broughtAlong(activity, before)
    : candidates
        .map((instance) => historyOf(instance, activity, before))
        .filter(({ activities }) => groups.length === 0 || stillBehind(groups, activities));
  const instances = launching ? candidates : histories.map(({ instance }) => instance);
  const born = launching ? [] : instances;
  const steps = new Map<string, Step>();
  // Data flows forward in time: what came into a source after it was used is another story.
  const until = new Map<string, number>();
  const inherited = new Set<string>();
  const removed = removing ? targetsOf(activity) : [];
  let frontier = unique([...sourcesOf(activity), ...born, ...removed]).map((id): [string, number] => [
    id,
    activity.at,
  ]);
  for (const member of unnamed) for (const id of carriedBy(member)) frontier.push([id, member.at]);
  for (let depth = 0; depth < MAX_DEPTH && frontier.length > 0 && steps.size < MAX_STEPS; depth += 1) {
    const parents: [string, number][] = [];
    for (const [resource, limit] of frontier.slice(0, MAX_WIDTH)) {
      if ((until.get(resource) ?? Number.NEGATIVE_INFINITY) >= limit) continue;
      until.set(resource, limit);
      for (const step of before(resource, limit)) {
        const all = sourcesInto(step, resource);
        // a snapshot written block by block, or from a bucket, begins here
        const begins = step.kind === 'snapshot.create' && isMadeBy(step, resource);
        if (all.length === 0 && !begins) continue;
        // a version inherits what its source version names, but for snapshots
        const from = inherited.has(resource) ? all.filter((id) => !id.startsWith('snap-')) : all;
        if (step.kind === 'template.change')
          for (const source of from) if (source.startsWith('lt-')) inherited.add(source);
        steps.set(`${step.account}#${step.id}>${resource}`, { activity: step, into: resource, from });
        for (const source of from) parents.push([source, step.at]);
      }
    }
    frontier = parents.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  }

  const launches = born.flatMap((instance) => before(instance).filter((each) => launched(each, instance)));
  const openings = standingGroups(activity, histories)
    .slice(0, MAX_WIDTH)
    .flatMap((group) => before(group).filter(({ kind }) => kind === 'ingress.open'));
  return {
    lineage: {
      steps: [...steps.values()].slice(0, MAX_STEPS),
      instances: unique([...instances, ...unnamed.flatMap(namesOf)]).slice(0, MAX_WIDTH),
      launches: distinct(launches),
      openings: distinct(openings),
      histories,
      past: distinct(past),
      guards: steps.size > 0 && activity.actor.class !== 'service' ? distinct(guards()) : [],
      origins: originsOf([...steps.values()], new Set(instances), before),
      changes: distinct(
        setUpBy(activity)
          .flatMap((key) => before(key))
          .filter((change) => isBehind(change, activity, policy.timeWindow)),
      ),
    },
    missing,
  };
}

type Before = (key: string, until?: number) => readonly Activity[];

const isMadeBy = ({ links }: Activity, resource: string): boolean =>
  links.some(({ id, role }) => id === resource && role === 'made');

/**
 * What was done to a copy before it was cleared away. Its uses are read only where its making or sharing is known: most
 * copies that are rotated are old.
 */
function pastOf(activity: Activity, before: Before, window: number): Activity[] {
  return targetsOf(activity).flatMap((id) => {
    const own = before(id);
    if (own.length === 0) return [];
    // a popular image has thousands of uses, and they say nothing
    const uses = id.startsWith('ami-') ? [] : before(usesOf(id));
    return [...own, ...uses].filter(({ at, kind }) => activity.at - at <= window && !REMOVALS.has(kind));
  });
}

const bringsToGroup = ({ kind }: Activity): boolean =>
  kind === 'instance.launch' || kind === 'template.change' || kind === 'instance.modify';

const launched = ({ kind, links }: Activity, instance: string): boolean =>
  kind === 'instance.launch' && links.some(({ id, role }) => id === instance && role !== 'used');

const instancesIn = (activity: Pick<Activity, 'links'>): string[] =>
  targetsOf(activity).filter((id) => id.startsWith('i-'));

/** Instances that an interface was on last: by their launch, or because it was attached. */
function holdersOf(id: string, before: Before): string[] {
  const ties = before(id).filter((each) => instancesIn(each).length > 0);
  return instancesIn(ties.toSorted(byTime).at(-1) ?? { links: [] });
}

/** What is known of an instance before an activity, also by way of its interfaces. */
function historyOf(
  instance: string,
  { kind, at, links }: Pick<Activity, 'kind' | 'at' | 'links'>,
  before: Before,
): InstanceHistory {
  const own = before(instance, at).filter((each) => launched(each, instance) || isPosture(each));
  // how open a terminated instance was is nobody's question
  const interfaces =
    kind === 'instance.terminate'
      ? []
      : unique([...own, { links }].flatMap(interfacesOf)).slice(0, MAX_WIDTH);
  const changes = interfaces.flatMap((id) => before(id, at).filter(isPosture));
  return { instance, activities: distinct([...own, ...changes]) };
}

/** What was changed on the interfaces that a launch brings along. */
function broughtAlong(activity: Activity, before: Before): InstanceHistory[] {
  const brought = activity.links.filter(({ type, role }) => type === 'network-interface' && role === 'used');
  const activities = distinct(brought.flatMap(({ id }) => before(id).filter(isPosture)));
  return activities.length === 0 ? [] : [{ instance: instancesIn(activity)[0] ?? '', activities }];
}

/** Whether an instance is in one of some groups, as far as is known: what changed them later counts. */
function stillBehind(groups: readonly string[], activities: readonly Activity[]): boolean {
  const { groups: now } = postureOf(activities);
  return now.size === 0 || groups.some((group) => now.has(group));
}

/** Groups that the instances of an activity are in once it has happened. */
function standingGroups(activity: Activity, histories: readonly InstanceHistory[]): readonly string[] {
  // nobody asks how open an Auto Scaling instance is, or was one that is gone
  if (activity.kind === 'instance.terminate' || activity.actor.class === 'service') return [];
  if (histories.length === 0) return [...(activity.launch?.groups ?? []), ...groupsPut(activity)];
  const own = isPosture(activity) || activity.kind === 'instance.launch' ? [activity] : [];
  const all = histories.map(({ activities }) => [...activities, ...own]);
  return unique(all.flatMap((activities) => [...postureOf(activities).groups.keys()]));
}

/** The instances whose volumes, or which themselves, were copied, as they were then. */
function originsOf(steps: readonly Step[], targets: ReadonlySet<string>, before: Before): InstanceHistory[] {
  const copied = steps
    .filter(
      ({ activity: { kind } }) =>
        kind === 'snapshot.create' || kind === 'volume.copy' || kind === 'image.create',
    )
    .flatMap(({ activity, from }) => from.map((source): [string, number] => [source, activity.at]))
    .slice(0, MAX_WIDTH);
  const holders = copied.flatMap(([source, at]): [string, number][] => {
    if (source.startsWith('i-')) return [[source, at]];
    if (!source.startsWith('vol-')) return [];
    return before(usesOf(source), at)
      .filter(({ kind }) => kind === 'volume.attach')
      .flatMap(targetsOf)
      .map((instance): [string, number] => [instance, at]);
  });
  const latest = new Map<string, number>();
  for (const [instance, at] of holders) {
    if (!targets.has(instance)) latest.set(instance, Math.max(at, latest.get(instance) ?? at));
  }
  return [...latest]
    .slice(0, MAX_WIDTH)
    .map(([instance, at]) => historyOf(instance, { kind: 'instance.modify', at, links: [] }, before))
    .filter(({ instance, activities }) => activities.some((each) => launched(each, instance)));
}

/** Groups that rules were added to. */
const openedBy = (activity: Activity): readonly string[] =>
  unique((activity.ingress ?? []).map(({ group }) => group));

/** Where to look for the data of instances that are not named: in the template's version, else in what is launched. */
function carriedBy(member: Activity): readonly string[] {
  if (member.kind !== 'template.change') return sourcesOf(member);
  const ids = targetsOf(member);
  const version = ids.find((id) => id.includes(':'));
  return version === undefined ? ids : [version];
}

/** What stands for instances that are not named: the template, fleet or spot request they come from. */
const namesOf = ({ links }: Activity): string[] =>
  links
    .filter(
      ({ type, role, id }) =>
        role !== 'used' && (type === 'fleet' || type === 'launch-template') && !id.includes(':'),
    )
    .map(({ id }) => id);

/** Sources whose data an activity brought into a resource. */
function sourcesInto(activity: Activity, resource: string): readonly string[] {
  const link = activity.links.find(({ id, role }) => id === resource && role !== 'used');
  if (link === undefined) return [];
  if (activity.kind !== 'instance.launch') return link.from ?? [];
  const from = launchedFrom(activity);
  return link.from === undefined
    ? from
    : unique([...link.from, ...from.filter((source) => source.startsWith('lt-'))]);
}

function distinct(activities: readonly Activity[]): readonly Activity[] {
  if (activities.length < 2) return activities;
  return [
    ...new Map(activities.map((activity) => [`${activity.account}#${activity.id}`, activity])).values(),
  ].sort(byTime);
}

/**
 * Later activities whose judgement an activity may change because they carry on what it made or opened: to be judged
 * again when it arrives late. In the order of time there are none.
 */
export function downstream(
  activity: Activity,
  timelines: Timelines,
  policy: Policy,
): { later: Activity[]; missing: string[] } {
  if (activity.outcome !== 'succeeded' || !carriesOn(activity.kind)) return { later: [], missing: [] };
  const missing: string[] = [];
  const later = new Map<string, Activity>();
  const since = new Map<string, number>();
  let frontier: [string, number][] = keysAfter(activity).map((key) => [key, activity.at]);
  for (let depth = 0; depth < MAX_DEPTH && frontier.length > 0; depth += 1) {
    const next: [string, number][] = [];
    for (const [key, from] of frontier) {
      if ((since.get(key) ?? Number.POSITIVE_INFINITY) <= from) continue;
      since.set(key, from);
      const timeline = timelines(key);
      if (timeline === undefined && !missing.includes(key)) missing.push(key);
      for (const other of timeline ?? []) {
        // what ties instance, interfaces and groups together matters however long it has been so
        if (other.at < from) for (const tied of tiedTo(key, other, activity)) next.push([tied, from]);
        if (other.at < from || other.at > activity.at + policy.lineageWindow || isSame(other, activity))
          continue;
        later.set(`${other.account}#${other.id}`, other);
        for (const further of keysAfter(other)) next.push([further, other.at]);
      }
    }
    frontier = next;
  }
  return { later: [...later.values()], missing };
}

/** Timelines that an earlier activity on one timeline leads on to: of the instance, its interfaces and its groups. */
function tiedTo(key: string, each: Activity, activity: Activity): string[] {
  const stands = isPosture(activity) || activity.kind === 'instance.launch';
  if (each.kind === 'volume.attach' && key.startsWith('i-') && stands) {
    // a copy of the volume is compared with how this instance stands
    return each.links.filter(({ type }) => type === 'volume').map(({ id }) => usesOf(id));
  }
  if (each.kind !== 'instance.launch' && !isPosture(each)) return [];
  const instances = instancesIn(each);
  const interfaces = interfacesOf(each);
  const groups = [...(each.launch?.groups ?? []), ...groupsPut(each)];
  if (key.startsWith('sg-')) return key.endsWith('>') ? [...instances, ...interfaces] : [];
  if (key.startsWith('i-')) return [...interfaces, ...groups];
  return key.startsWith('eni-') ? [...instances, ...groups] : [];
}

/** Whoever clears such a copy away is asked what it was used for. */
const isDisk = (id: string): boolean => id.startsWith('snap-') || id.startsWith('vol-');

/** Timelines on which something may rest on an activity. */
function keysAfter(activity: Activity): readonly string[] {
  const made = madeAndChanged(activity);
  const disks = activity.actor.class === 'service' ? [] : sourcesOf(activity).filter(isDisk);
  return disks.length === 0 ? made : [...made, ...disks.map(usesOf)];
}

function madeAndChanged(activity: Activity): readonly string[] {
  if (activity.kind === 'ingress.open') return openedBy(activity).flatMap((group) => [group, usesOf(group)]);
  if (activity.kind === 'instance.launch') {
    // as in timelinesOf: a service's instances have no timeline
    if (activity.actor.class === 'service') return [];
    return [
      ...targetsOf(activity),
      ...interfacesOf(activity),
      ...(activity.launch?.groups ?? []),
      ...automationsOf(activity).map(usesOf),
    ];
  }
  const targets = targetsOf(activity);
  if (isPosture(activity)) return [...targets, ...interfacesOf(activity), ...groupsPut(activity)];
  if (activity.kind === 'instance.modify' || activity.kind === 'metadata.change') return [];
  if (activity.kind === 'volume.attach') {
    // a copy of the volume has this instance for its origin
    const volumes = activity.links.filter(({ type }) => type === 'volume').map(({ id }) => usesOf(id));
    return [...targets, ...volumes];
  }
  if (activity.kind === 'fleet.change') return automationsOf(activity).map(usesOf);
  if (activity.kind === 'template.change') {
    const groups = activity.links.filter(({ type }) => type === 'security-group').map(({ id }) => id);
    // launches stand by the template's id alone, whatever the version
    return [...targets.filter((id) => !id.includes(':')).map(usesOf), ...groups];
  }
  return targets.map((id) => (id.startsWith('i-') ? id : usesOf(id)));
}
