import type { Activity } from '../activity/activity.ts';
import { sourcesOf, targetsOf } from '../activity/links.ts';
import type { Policy } from '../policy/policy.ts';
import { automationsOf } from './automation.ts';
import { instancesIn } from './histories.ts';
import {
  carriesOn,
  groupsPut,
  identitiesIn,
  interfacesOf,
  isPosture,
  openedBy,
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
  if (activity.kind === 'identity.create' || activity.kind === 'identity.grant')
    return identitiesIn(activity).map(usesOf);
  if (activity.kind === 'ingress.open') return openedBy(activity).flatMap((group) => [group, usesOf(group)]);
  if (activity.kind === 'security-group.create') return activity.links.flatMap(({ id }) => [id, usesOf(id)]);
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
    // launches stand by the template's id alone, whatever the version; so do later versions, which may be made of this one
    const templates = targets.filter((id) => !id.includes(':'));
    return [...templates, ...templates.map(usesOf), ...groups];
  }
  return targets.flatMap((id) => {
    if (id.startsWith('i-')) return [id];
    // who shares a copy stands where it was made: the story of the share begins there
    return isShareable(id) && !activity.kind.endsWith('.share') ? [id, usesOf(id)] : [usesOf(id)];
  });
}

const isShareable = (id: string): boolean => id.startsWith('snap-') || id.startsWith('ami-');
