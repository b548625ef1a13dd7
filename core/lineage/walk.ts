import { type Activity, activityKey, byTime, counts } from '../activity/activity.ts';
import { isTo, launchedFrom } from '../activity/links.ts';
import { type Resource, resourceKey, uniqueResources } from '../activity/resources.ts';

/** Steps followed from one resource to the next, resources looked at per step, and steps kept: what bounds the walk. */
export const MAX_DEPTH = 8;
export const MAX_WIDTH = 12;
export const MAX_STEPS = 40;

/** Activities of one resource looked at, the nearest in time first: bounds the cost of a popular one. */
export const NEAREST = 40;

/**
 * Timelines looked at in either direction for one activity. What matters is near: of ten thousand records of generated
 * organisations hardly one asks for forty.
 */
export const MAX_TIMELINES = 60;

/** Whether two are the same activity, which may have been read twice. */
export const isSame = (a: Activity, b: Activity): boolean => a.id === b.id && a.account === b.account;

/** Looks a resource timeline up; undefined where it has not been read. */
export type Timelines = (key: string) => readonly Activity[] | undefined;

/** What a resource timeline holds before the activity asked about, or before a time, ms. */
export type Before = (key: string, until?: number) => readonly Activity[];

/** One activity by which data came into a resource. */
export interface Step {
  readonly activity: Activity;
  readonly into: Resource;
  readonly from: readonly Resource[];
}

/**
 * Steps by which data came into some resources, each followed from a time on backwards, nearest first.
 *
 * @param beginnings a resource and the time, ms, up to which what came into it counts
 */
export function walkBack(beginnings: readonly [Resource, number][], before: Before): Step[] {
  const steps = new Map<string, Step>();
  // Data flows forward in time: what came into a source after it was used is another story.
  const until = new Map<string, number>();
  const inherited = new Set<string>();
  let frontier = beginnings;
  for (let depth = 0; depth < MAX_DEPTH && frontier.length > 0 && steps.size < MAX_STEPS; depth += 1) {
    const parents: [Resource, number][] = [];
    for (const [resource, limit] of frontier.slice(0, MAX_WIDTH)) {
      const key = resourceKey(resource);
      if ((until.get(key) ?? Number.NEGATIVE_INFINITY) >= limit) continue;
      until.set(key, limit);
      for (const step of before(key, limit)) {
        const all = sourcesInto(step, resource);
        // a snapshot written block by block, or from a bucket, begins here
        const begins = step.kind === 'snapshot.create' && isMadeBy(step, resource);
        if (all.length === 0 && !begins) continue;
        // a version inherits what its source version names, but for snapshots
        const from = inherited.has(key) ? all.filter(({ type }) => type !== 'snapshot') : all;
        if (step.kind === 'template.change')
          for (const source of from)
            if (source.type === 'launch-template') inherited.add(resourceKey(source));
        steps.set(`${activityKey(step)}>${key}`, { activity: step, into: resource, from });
        for (const source of from) parents.push([source, step.at]);
      }
    }
    frontier = parents.sort(([a, x], [b, y]) => y - x || (resourceKey(a) < resourceKey(b) ? -1 : 1));
  }
  return [...steps.values()];
}

const isMadeBy = ({ links }: Activity, resource: Resource): boolean =>
  links.some((link) => link.role === 'made' && isTo(link, resource));

/** Sources whose data an activity brought into a resource. */
function sourcesInto(activity: Activity, resource: Resource): readonly Resource[] {
  const link = activity.links.find((each) => each.role !== 'used' && isTo(each, resource));
  if (link === undefined) return [];
  if (activity.kind !== 'instance.launch') return link.from ?? [];
  const from = launchedFrom(activity);
  return link.from === undefined
    ? from
    : uniqueResources([...link.from, ...from.filter(({ type }) => type === 'launch-template')]);
}

/** Each activity once, in order of appearance; of several copies the one that counts. */
export function once(activities: readonly Activity[]): readonly Activity[] {
  if (activities.length < 2) return activities;
  const found = new Map<string, Activity>();
  for (const activity of activities) {
    const key = activityKey(activity);
    const other = found.get(key);
    if (other === undefined || counts(activity, other)) found.set(key, activity);
  }
  return found.size === activities.length ? activities : [...found.values()];
}

/** Each activity once, oldest first. */
export const distinct = (activities: readonly Activity[]): readonly Activity[] =>
  activities.length < 2 ? activities : once(activities).toSorted(byTime);
