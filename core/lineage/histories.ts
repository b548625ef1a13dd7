import { type Activity, byTime } from '../activity/activity.ts';
import { does } from '../activity/kinds.ts';
import { targetsOf } from '../activity/links.ts';
import { unique } from '../activity/unique.ts';
import { type InstanceHistory, postureOf } from './posture.ts';
import { groupsPut, interfacesOn, isPosture, usesOf } from './timelines.ts';
import { type Before, distinct, MAX_WIDTH, type Step } from './walk.ts';

/** Whether an activity launched an instance. */
export const launched = ({ kind, links }: Activity, instance: string): boolean =>
  kind === 'instance.launch' && links.some(({ id, role }) => id === instance && role !== 'used');

/** Instances that an activity made or changed. */
export const instancesIn = (activity: Pick<Activity, 'links'>): string[] =>
  targetsOf(activity).filter((id) => id.startsWith('i-'));

/** Instances that an interface was on last: by their launch, or because it was attached. */
export function holdersOf(id: string, before: Before): string[] {
  const ties = before(id).filter((each) => instancesIn(each).length > 0);
  const last = ties.toSorted(byTime).at(-1) ?? { links: [] };
  return instancesIn(last).filter((instance) => interfacesOn(last, instance).includes(id));
}

/** What is known of an instance before an activity, also by way of its interfaces. */
export function historyOf(
  instance: string,
  { kind, at, links }: Pick<Activity, 'kind' | 'at' | 'links'>,
  before: Before,
): InstanceHistory {
  const own = before(instance, at).filter((each) => launched(each, instance) || isPosture(each));
  // how open a terminated instance was is nobody's question
  const interfaces =
    kind === 'instance.terminate'
      ? []
      : unique([...own, { links }].flatMap((each) => interfacesOn(each, instance))).slice(0, MAX_WIDTH);
  const changes = interfaces.flatMap((id) => before(id, at).filter(isPosture));
  return { instance, activities: distinct([...own, ...changes]) };
}

/** What was changed on the interfaces that a launch brings along. */
export function broughtAlong(activity: Activity, before: Before): InstanceHistory[] {
  const brought = activity.links.filter(({ type, role }) => type === 'network-interface' && role === 'used');
  const activities = distinct(brought.flatMap(({ id }) => before(id).filter(isPosture)));
  return activities.length === 0 ? [] : [{ instance: instancesIn(activity)[0] ?? '', activities }];
}

/** Whether an instance is in one of some groups, as far as is known: what changed them later counts. */
export function stillBehind(groups: readonly string[], { instance, activities }: InstanceHistory): boolean {
  const { groups: now } = postureOf(activities, instance);
  return now.size === 0 || groups.some((group) => now.has(group));
}

/** Groups that the instances of an activity are in once it has happened. */
export function standingGroups(activity: Activity, histories: readonly InstanceHistory[]): readonly string[] {
  // nobody asks how open an Auto Scaling instance is, or was one that is gone
  if (activity.kind === 'instance.terminate' || activity.actor.class === 'service') return [];
  if (histories.length === 0) return [...(activity.launch?.groups ?? []), ...groupsPut(activity)];
  const own = isPosture(activity) || activity.kind === 'instance.launch' ? [activity] : [];
  const all = histories.map(({ instance, activities }) => postureOf([...activities, ...own], instance));
  return unique(all.flatMap(({ groups }) => [...groups.keys()]));
}

/** The instances whose volumes, or which themselves, were copied, as they were then. */
export function originsOf(
  steps: readonly Step[],
  targets: ReadonlySet<string>,
  before: Before,
): InstanceHistory[] {
  const copied = steps
    .filter(({ activity }) => does(activity.kind, 'take'))
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
