import { type Activity, copyKey } from '../activity/activity.ts';
import { does } from '../activity/kinds.ts';
import { aliasesIn, sourcesOf, targetsOf } from '../activity/links.ts';
import { type Resource, typeInKey } from '../activity/resources.ts';
import { opensToWorld, PREPARING } from '../activity/world-open.ts';
import type { Policy } from '../policy/policy.ts';
import { automationsOf } from './automation.ts';
import { instancesIn } from './histories.ts';
import {
  carriesOn,
  groupsIn,
  groupsJoined,
  groupsPut,
  identitiesIn,
  interfacesOf,
  isBirth,
  isOfUses,
  isPosture,
  openedBy,
  timelineOf,
  timelineOfUse,
  usesOf,
  withTimelines,
} from './timelines.ts';
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
  /** Time up to which something may rest on the activity, ms. */
  readonly until: number;
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
  // who lets in less than the world has prepared a launch at most, within the hour
  const isNarrow = activity.kind === 'ingress.open' && !opensToWorld(activity);
  const until = activity.at + (isNarrow ? Math.min(PREPARING, policy.lineageWindow) : policy.lineageWindow);
  const depths = isNarrow ? 1 : MAX_DEPTH;
  // what ended badly may have been taken for done while nothing told of its end
  const carries =
    (activity.outcome === 'succeeded' || activity.joined !== undefined) && carriesOn(activity.kind);
  const keys = isNarrow ? openedBy(activity).map(usesOf) : keysAfter(activity);
  let frontier: [string, number][] = carries ? keys.map((key) => [key, activity.at]) : [];
  const passedOver = new Set<string>();
  let looks = 0;
  for (let depth = 0; depth < depths && frontier.length > 0; depth += 1) {
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
      if (!isNarrow && TIED.has(typeInKey(key))) {
        const tied = before(key);
        if (tied === undefined) missingBefore.add(key);
        // what ties instance, interfaces and groups together matters however long it has been so
        for (const other of tied ?? [])
          if (other.at < from) for (const further of tiedTo(key, other, activity)) next.push([further, from]);
      }
      for (const other of timeline ?? []) {
        if (other.at < from) for (const further of tiedTo(key, other, activity)) next.push([further, from]);
        if (other.at < from || other.at > until || isSame(other, activity)) continue;
        later.set(copyKey(other), other);
        // whoever joins a group rests on its openings, and not on what these opened before
        if (other.kind === 'ingress.open') continue;
        for (const further of keysAfter(other)) next.push([further, other.at]);
      }
    }
    frontier = next;
  }
  return {
    later: [...later.values()],
    until,
    read: [...since.keys()].filter((key) => !passedOver.has(key)),
    passedOver: [...since].filter(([key]) => passedOver.has(key)),
    missingBefore: [...missingBefore],
    missingAfter: [...missingAfter],
  };
}

/** Resources whose earlier activities tell what else they belong to. */
const TIED: ReadonlySet<string> = new Set(['instance', 'security-group', 'network-interface']);

/** Timelines that an earlier activity on one timeline leads on to: of the instance, its interfaces and its groups. */
function tiedTo(key: string, each: Activity, activity: Activity): string[] {
  const stands = isPosture(activity) || isBirth(activity);
  const type = typeInKey(key);
  if (each.kind === 'volume.attach' && type === 'instance' && stands) {
    // a copy of the volume is compared with how this instance stands
    return usesOfVolumes(each);
  }
  if (!isBirth(each) && !isPosture(each)) return [];
  const things = withTimelines([...instancesIn(each), ...interfacesOf(each)]);
  const interfaces = things.filter(({ type: sort }) => sort === 'network-interface');
  const groups = [...groupsJoined(each), ...groupsPut(each)];
  if (type === 'security-group') return isOfUses(key) ? things.map(timelineOf) : [];
  if (type === 'instance') return [...interfaces, ...groups].map(timelineOf);
  const instances = things.filter(({ type: sort }) => sort === 'instance');
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
  const also = aliasesIn(activity).flatMap((each) => [timelineOf(each), usesOf(each)]);
  return disks.length + also.length === 0 ? made : [...made, ...disks.map(usesOf), ...also];
}

function madeAndChanged(activity: Activity): readonly string[] {
  if (does(activity.kind, 'precede') && activity.kind !== 'security-group.create')
    return identitiesIn(activity).map(usesOf);
  if (activity.kind === 'security-group.create')
    return groupsIn(activity).flatMap((group) => [timelineOf(group), usesOf(group)]);
  if (activity.kind === 'ingress.open')
    return openedBy(activity).flatMap((group) => [timelineOf(group), usesOf(group)]);
  if (isBirth(activity)) {
    // as in timelinesOf: a service's instances have no timeline
    if (activity.actor.class === 'service') return [];
    return [
      ...[
        ...withTimelines([...targetsOf(activity), ...interfacesOf(activity)]),
        ...groupsJoined(activity),
      ].map(timelineOf),
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
  // who shares a copy stands where it was made: the story of the share begins there
  const shared = does(activity.kind, 'share') ? [] : targets.filter(isShareable).map(timelineOf);
  return [...shared, ...targets.map(timelineOfUse)];
}

const isShareable = ({ type }: Resource): boolean => type === 'snapshot' || type === 'image';
