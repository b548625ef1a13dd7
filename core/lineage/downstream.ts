import { type Activity, activityKey } from '../activity/activity.ts';
import { does } from '../activity/kinds.ts';
import { sourcesOf, targetsOf } from '../activity/links.ts';
import type { Policy } from '../policy/policy.ts';
import { automationsOf } from './automation.ts';
import { instancesIn } from './histories.ts';
import { carriesOn, groupsPut, interfacesOf, isPosture, openedBy, usesOf } from './timelines.ts';
import { isSame, MAX_DEPTH, MAX_TIMELINES, type Timelines } from './walk.ts';

/** What is known of resource timelines around an activity; undefined where it has not been read. */
interface Around {
  /** What ties instances, interfaces and groups together before the activity. */
  readonly before: Timelines;
  readonly after: Timelines;
}

/** Where the data of an activity went. */
interface Downstream {
  readonly later: readonly Activity[];
  /** Timelines looked at. */
  readonly read: readonly string[];
  /** Timelines passed over for want of room, with the time since when they matter, ms. */
  readonly passedOver: readonly (readonly [key: string, since: number])[];
  readonly missingBefore: readonly string[];
  readonly missingAfter: readonly string[];
}

/**
 * Later activities whose judgement an activity may change because they carry on what it made or opened: to be judged
 * again when it arrives late. In the order of time there are none.
 */
export function downstream(activity: Activity, { before, after }: Around, policy: Policy): Downstream {
  const since = new Map<string, number>();
  const later = new Map<string, Activity>();
  const missingBefore = new Set<string>();
  const missingAfter = new Set<string>();
  const until = activity.at + policy.lineageWindow;
  const carries = activity.outcome === 'succeeded' && carriesOn(activity.kind);
  let frontier: [string, number][] = carries ? keysAfter(activity).map((key) => [key, activity.at]) : [];
  const passedOver = new Set<string>();
  let looks = 0;
  for (let depth = 0; depth < MAX_DEPTH && frontier.length > 0; depth += 1) {
    const next: [string, number][] = [];
    for (const [key, from] of frontier) {
      const known = since.get(key);
      if (known !== undefined && known <= from) continue;
      since.set(key, from);
      if (known === undefined && looks >= MAX_TIMELINES) passedOver.add(key);
      if (passedOver.has(key)) continue;
      if (known === undefined) looks += 1;
      const timeline = after(key);
      if (timeline === undefined) missingAfter.add(key);
      if (TIED.test(key)) {
        const tied = before(key);
        if (tied === undefined) missingBefore.add(key);
        // what ties instance, interfaces and groups together matters however long it has been so
        for (const other of tied ?? [])
          if (other.at < from) for (const further of tiedTo(key, other, activity)) next.push([further, from]);
      }
      for (const other of timeline ?? []) {
        if (other.at < from) for (const further of tiedTo(key, other, activity)) next.push([further, from]);
        if (other.at < from || other.at > until || isSame(other, activity)) continue;
        later.set(activityKey(other), other);
        for (const further of keysAfter(other)) next.push([further, other.at]);
      }
    }
    frontier = next;
  }
  return {
    later: [...later.values()],
    read: [...since.keys()].filter((key) => !passedOver.has(key)),
    passedOver: [...since].filter(([key]) => passedOver.has(key)),
    missingBefore: [...missingBefore],
    missingAfter: [...missingAfter],
  };
}

/** Resources whose earlier activities tell what else they belong to: instances, security groups, network interfaces. */
const TIED = /^(i|sg|eni)-/;

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
  if (does(activity.kind, 'posture')) return [];
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
  return targets.map((id) => (id.startsWith('i-') ? id : usesOf(id)));
}
