import { type Activity, byTime } from '../activity/activity.ts';
import { does } from '../activity/kinds.ts';
import { isTo, targetsOf } from '../activity/links.ts';
import {
  includesResource,
  type Resource,
  resourceKey,
  resourcesOf,
  uniqueResources,
} from '../activity/resources.ts';
import { unique } from '../activity/unique.ts';
import { type InstanceHistory, postureOf } from './posture.ts';
import {
  groupsJoined,
  groupsPut,
  interfacesOn,
  isBirth,
  isPosture,
  timelineOf,
  usesOf,
} from './timelines.ts';
import { type Before, distinct, MAX_WIDTH, type Step } from './walk.ts';

/** Whether an activity launched an instance, or shows that it was launched. */
const launched = (activity: Activity, instance: Resource): boolean =>
  isBirth(activity) && activity.links.some((link) => link.role !== 'used' && isTo(link, instance));

/** The launches of an instance among some activities; where one is recorded, what was only seen later adds nothing. */
export function launchesOf(instance: Resource, activities: readonly Activity[]): readonly Activity[] {
  const all = activities.filter((each) => launched(each, instance));
  const recorded = all.filter(({ kind }) => kind === 'instance.launch');
  return recorded.length > 0 ? recorded : all;
}

/** Instances that an activity made or changed. */
export const instancesIn = (activity: Pick<Activity, 'links'>): Resource[] =>
  targetsOf(activity).filter(({ type }) => type === 'instance');

/** Instances that an interface was on last: by their launch, or because it was attached. */
export function holdersOf(each: Resource, before: Before): Resource[] {
  const ties = before(timelineOf(each)).filter((tie) => instancesIn(tie).length > 0);
  const last = ties.toSorted(byTime).at(-1) ?? { links: [] };
  return instancesIn(last).filter((instance) => includesResource(interfacesOn(last, instance), each));
}

/** What is known of an instance before an activity, also by way of its interfaces. */
export function historyOf(
  instance: Resource,
  { kind, at, links }: Pick<Activity, 'kind' | 'at' | 'links'>,
  before: Before,
): InstanceHistory {
  const own = before(timelineOf(instance), at).filter((each) => launched(each, instance) || isPosture(each));
  // how open a terminated instance was is nobody's question
  const interfaces =
    kind === 'instance.terminate'
      ? []
      : uniqueResources([...own, { links }].flatMap((each) => interfacesOn(each, instance))).slice(
          0,
          MAX_WIDTH,
        );
  const changes = interfaces.flatMap((each) => before(timelineOf(each), at).filter(isPosture));
  return { instance, activities: distinct([...own, ...changes]) };
}

/** Of a launch that does not say what it launched. */
const NAMELESS: Resource = { type: 'instance', id: '' };

/** What was changed on the interfaces that a launch brings along. */
export function broughtAlong(activity: Activity, before: Before): InstanceHistory[] {
  const brought = activity.links.filter(({ type, role }) => type === 'network-interface' && role === 'used');
  const activities = distinct(brought.flatMap((each) => before(timelineOf(each)).filter(isPosture)));
  return activities.length === 0 ? [] : [{ instance: instancesIn(activity)[0] ?? NAMELESS, activities }];
}

/** Whether an instance is in one of some groups, as far as is known: what changed them later counts. */
export function stillBehind(groups: readonly Resource[], { instance, activities }: InstanceHistory): boolean {
  const { groups: now } = postureOf(activities, instance);
  return now.size === 0 || groups.some(({ id }) => now.has(id));
}

/** Groups that the instances of an activity are in after it. */
export function groupsAfter(activity: Activity, histories: readonly InstanceHistory[]): readonly Resource[] {
  // nobody asks how open an Auto Scaling instance is, or was one that is gone
  if (activity.kind === 'instance.terminate' || activity.actor.class === 'service') return [];
  if (histories.length === 0) return [...groupsJoined(activity), ...groupsPut(activity)];
  const own = isPosture(activity) || isBirth(activity) ? [activity] : [];
  const all = histories.map(({ instance, activities }) => postureOf([...activities, ...own], instance));
  return resourcesOf('security-group', unique(all.flatMap(({ groups }) => [...groups.keys()])));
}

/** The instances whose volumes, or which themselves, were copied, as they were then. */
export function originsOf(
  steps: readonly Step[],
  targets: readonly Resource[],
  before: Before,
): InstanceHistory[] {
  const copied = steps
    .filter(({ activity }) => does(activity.kind, 'take'))
    .flatMap(({ activity, from }) => from.map((source): [Resource, number] => [source, activity.at]))
    .slice(0, MAX_WIDTH);
  const holders = copied.flatMap(([source, at]): [Resource, number][] => {
    if (source.type === 'instance') return [[source, at]];
    if (source.type !== 'volume') return [];
    return before(usesOf(source), at)
      .filter(({ kind }) => kind === 'volume.attach')
      .flatMap(targetsOf)
      .map((instance): [Resource, number] => [instance, at]);
  });
  const latest = new Map<string, readonly [Resource, number]>();
  for (const [instance, at] of holders) {
    const key = resourceKey(instance);
    const known = latest.get(key)?.[1] ?? at;
    if (!includesResource(targets, instance)) latest.set(key, [instance, Math.max(at, known)]);
  }
  return [...latest.values()]
    .slice(0, MAX_WIDTH)
    .map(([instance, at]) => historyOf(instance, { kind: 'instance.modify', at, links: [] }, before))
    .filter(({ instance, activities }) => activities.some((each) => launched(each, instance)));
}
