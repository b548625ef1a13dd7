import { type Activity, byTime, type Kind } from '../activity.ts';
import type { Policy } from '../policy.ts';
import { automationsOf, isCostlyByService, launchedFrom, sourcesOf, targetsOf, usesOf } from './timelines.ts';

/** Steps followed from one resource to the next, resources looked at per step, and steps kept: what bounds the walk. */
export const MAX_DEPTH = 8;
const MAX_WIDTH = 12;
const MAX_STEPS = 40;

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
  /** Launches of the instances that the data was copied from, where known: what the new ones are compared with. */
  readonly origins: readonly Activity[];
  /** Earlier changes to the automation behind a launch that a service made, oldest first. */
  readonly changes: readonly Activity[];
}

export const NO_LINEAGE: Lineage = {
  steps: [],
  instances: [],
  launches: [],
  openings: [],
  origins: [],
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
]);

const NOBODY: readonly Activity[] = [];

interface Exploration {
  readonly lineage: Lineage;
  /** Keys of timelines that would have to be read to go on. */
  readonly missing: readonly string[];
}

/** Follows the data of an activity back in time, as far as the timelines read so far allow. */
export function explore(activity: Activity, timelines: Timelines, policy: Policy): Exploration {
  if (!JUDGED.has(activity.kind) || activity.outcome !== 'succeeded')
    return { lineage: NO_LINEAGE, missing: [] };
  const missing = new Set<string>();
  const oldest = activity.at - policy.lineageWindow;
  const before = (key: string, until = activity.at): readonly Activity[] => {
    const timeline = timelines(key);
    if (timeline === undefined) missing.add(key);
    // most resources have no past
    if (timeline === undefined || timeline.length === 0) return NOBODY;
    return timeline.filter((other) => other.at >= oldest && other.at <= until && !same(other, activity));
  };

  const groups = activity.kind === 'ingress.open' ? groupsOf(activity) : [];
  const members = groups.flatMap((group) =>
    before(usesOf(group)).filter(({ kind }) => kind === 'instance.launch' || kind === 'template.change'),
  );
  // spot requests, fleets and templates: their instances are a service's and have no timeline
  const unnamed = members.filter((member) => !targetsOf(member).some((id) => id.startsWith('i-')));
  const named = [...targetsOf(activity), ...members.flatMap(targetsOf)].filter((id) => id.startsWith('i-'));
  const instances = [...new Set(named)].slice(0, MAX_WIDTH);

  // a launch is the beginning of its instances: nothing came into them before
  const born = activity.kind === 'instance.launch' ? [] : instances;
  const steps = new Map<string, Step>();
  // Data flows forward in time: what came into a source after it was used is another story.
  const until = new Map<string, number>();
  let frontier = [...new Set([...sourcesOf(activity), ...born])].map((id): [string, number] => [
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
        const from = sourcesInto(step, resource);
        if (from.length === 0) continue;
        steps.set(`${step.account}#${step.id}>${resource}`, { activity: step, into: resource, from });
        for (const source of from) parents.push([source, step.at]);
      }
    }
    frontier = parents.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  }

  const launches = born.flatMap((instance) =>
    before(instance).filter(
      ({ kind, links }) => kind === 'instance.launch' && links.some(({ id }) => id === instance),
    ),
  );
  const opened = new Set(
    [activity, ...launches].flatMap((launch) => launch.launch?.groups ?? []).slice(0, MAX_WIDTH),
  );
  const openings = [...opened].flatMap((group) =>
    before(group).filter(({ kind }) => kind === 'ingress.open'),
  );
  return {
    lineage: {
      steps: [...steps.values()].slice(0, MAX_STEPS),
      instances: [...new Set([...instances, ...unnamed.flatMap(namesOf)])].slice(0, MAX_WIDTH),
      launches: distinct(launches),
      openings: distinct(openings),
      origins: distinct(originsOf([...steps.values()], new Set(instances), before)),
      changes: distinct(
        isCostlyByService(activity) ? automationsOf(activity).flatMap((key) => before(key)) : [],
      ),
    },
    missing: [...missing],
  };
}

/** Launches of the instances whose volumes, or which themselves, were copied. */
function originsOf(
  steps: readonly Step[],
  targets: ReadonlySet<string>,
  before: (key: string, until?: number) => readonly Activity[],
): Activity[] {
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
  return holders
    .filter(([instance]) => !targets.has(instance))
    .slice(0, MAX_WIDTH)
    .flatMap(([instance, at]) =>
      before(instance, at).filter(
        ({ kind, links }) => kind === 'instance.launch' && links.some(({ id }) => id === instance),
      ),
    );
}

const groupsOf = (activity: Activity): string[] => [
  ...new Set((activity.ingress ?? []).map(({ group }) => group)),
];

/** Where to look for the data of instances that are not named: in the template's version, else in what is launched. */
function carriedBy(member: Activity): string[] {
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
    : [...new Set([...link.from, ...from.filter((source) => source.startsWith('lt-'))])];
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
  if (activity.outcome !== 'succeeded') return { later: [], missing: [] };
  const missing = new Set<string>();
  const later = new Map<string, Activity>();
  const since = new Map<string, number>();
  let frontier: [string, number][] = keysAfter(activity).map((key) => [key, activity.at]);
  for (let depth = 0; depth < MAX_DEPTH && frontier.length > 0; depth += 1) {
    const next: [string, number][] = [];
    for (const [key, from] of frontier) {
      if ((since.get(key) ?? Number.POSITIVE_INFINITY) <= from) continue;
      since.set(key, from);
      const timeline = timelines(key);
      if (timeline === undefined) missing.add(key);
      for (const other of timeline ?? []) {
        // a group opened late matters to what comes onto the instances behind it, however long they have been there
        if (
          other.kind === 'instance.launch' &&
          other.at < from &&
          key.startsWith('sg-') &&
          key.endsWith('>')
        ) {
          for (const instance of targetsOf(other)) next.push([instance, from]);
        }
        // what an instance's groups let in matters to what comes onto it, however long it has been there
        if (other.kind === 'instance.launch' && other.at < from && key.startsWith('i-')) {
          for (const group of other.launch?.groups ?? []) next.push([group, from]);
        }
        if (other.at < from || other.at > activity.at + policy.lineageWindow || same(other, activity))
          continue;
        later.set(`${other.account}#${other.id}`, other);
        for (const further of keysAfter(other)) next.push([further, other.at]);
      }
    }
    frontier = next;
  }
  return { later: [...later.values()], missing: [...missing] };
}

const same = (a: Activity, b: Activity): boolean => a.id === b.id && a.account === b.account;

/** Timelines on which something may rest on an activity. */
function keysAfter(activity: Activity): string[] {
  if (activity.kind === 'ingress.open') return groupsOf(activity).flatMap((group) => [group, usesOf(group)]);
  if (activity.kind === 'instance.launch') {
    // as in timelinesOf: a service's instances have no timeline
    if (activity.actor.class === 'service') return [];
    return [...targetsOf(activity), ...(activity.launch?.groups ?? [])];
  }
  const targets = targetsOf(activity);
  if (activity.kind === 'volume.attach') {
    // a copy of the volume has this instance for its origin
    const volumes = activity.links.filter(({ type }) => type === 'volume').map(({ id }) => usesOf(id));
    return [...targets, ...volumes];
  }
  if (activity.kind === 'fleet.change') return automationsOf(activity).map(usesOf);
  if (activity.kind === 'template.change') {
    const groups = activity.links.filter(({ type }) => type === 'security-group').map(({ id }) => id);
    // launches stand by the template's id alone, whatever the version
    return [
      ...targets.filter((id) => !id.includes(':')).map(usesOf),
      ...groups,
      ...automationsOf(activity).map(usesOf),
    ];
  }
  return targets.map((id) => (id.startsWith('i-') ? id : usesOf(id)));
}
