import { type Activity, activityKey } from '../activity/activity.ts';
import { does } from '../activity/kinds.ts';
import { sourcesOf, targetsOf } from '../activity/links.ts';
import { type Resource, typeInKey } from '../activity/resources.ts';
import type { Policy } from '../policy/policy.ts';
import { automationsOf } from './automation.ts';
import { instancesIn } from './histories.ts';
import {
  carriesOn,
  groupsIn,
  groupsJoined,
  groupsPut,
  interfacesOf,
  isOfUses,
  isPosture,
  openedBy,
  timelineOf,
  timelineOfUse,
  usesOf,
} from './timelines.ts';
import { isSame, MAX_DEPTH, type Timelines } from './walk.ts';

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
        later.set(activityKey(other), other);
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
  const type = typeInKey(key);
  if (each.kind === 'volume.attach' && type === 'instance' && stands) {
    // a copy of the volume is compared with how this instance stands
    return usesOfVolumes(each);
  }
  if (each.kind !== 'instance.launch' && !isPosture(each)) return [];
  const instances = instancesIn(each);
  const interfaces = interfacesOf(each);
  const groups = [...groupsJoined(each), ...groupsPut(each)];
  if (type === 'security-group') return isOfUses(key) ? [...instances, ...interfaces].map(timelineOf) : [];
  if (type === 'instance') return [...interfaces, ...groups].map(timelineOf);
  return type === 'network-interface' ? [...instances, ...groups].map(timelineOf) : [];
}

/** Whoever clears such a copy away is asked what it was used for. */
const isDisk = ({ type }: Resource): boolean => type === 'snapshot' || type === 'volume';

const usesOfVolumes = ({ links }: Activity): string[] =>
  links.filter(({ type }) => type === 'volume').map(usesOf);

const known = new WeakMap<Activity, readonly string[]>();

/** Timelines on which something may rest on an activity; made once, as busy resources lead many walks past the same ones. */
function keysAfter(activity: Activity): readonly string[] {
  const before = known.get(activity);
  if (before !== undefined) return before;
  const keys = keysMade(activity);
  known.set(activity, keys);
  return keys;
}

function keysMade(activity: Activity): readonly string[] {
  const made = madeAndChanged(activity);
  const disks = activity.actor.class === 'service' ? [] : sourcesOf(activity).filter(isDisk);
  return disks.length === 0 ? made : [...made, ...disks.map(usesOf)];
}

function madeAndChanged(activity: Activity): readonly string[] {
  if (activity.kind === 'ingress.open')
    return openedBy(activity).flatMap((group) => [timelineOf(group), usesOf(group)]);
  if (activity.kind === 'instance.launch') {
    // as in timelinesOf: a service's instances have no timeline
    if (activity.actor.class === 'service') return [];
    return [
      ...[...targetsOf(activity), ...interfacesOf(activity), ...groupsJoined(activity)].map(timelineOf),
      ...automationsOf(activity).map(usesOf),
    ];
  }
  const targets = targetsOf(activity);
  if (isPosture(activity))
    return [...targets, ...interfacesOf(activity), ...groupsPut(activity)].map(timelineOf);
  if (does(activity.kind, 'posture')) return [];
  if (activity.kind === 'volume.attach') {
    // a copy of the volume has this instance for its origin
    return [...targets.map(timelineOf), ...usesOfVolumes(activity)];
  }
  if (activity.kind === 'fleet.change') return automationsOf(activity).map(usesOf);
  if (activity.kind === 'template.change') {
    // launches stand by the template's id alone, whatever the version; so do later versions, which may be made of this one
    const templates = targets.filter(({ version }) => version === undefined);
    return [...[...templates, ...groupsIn(activity)].map(timelineOf), ...templates.map(usesOf)];
  }
  return targets.map(timelineOfUse);
}
