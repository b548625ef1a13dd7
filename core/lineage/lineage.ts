import type { Activity } from '../activity/activity.ts';
import { does, type Kind, kindsThat } from '../activity/kinds.ts';
import { sourcesOf, targetsOf } from '../activity/links.ts';
import { plain, type Resource, uniqueResources } from '../activity/resources.ts';
import { opensToWorld } from '../activity/world-open.ts';
import type { Policy } from '../policy/policy.ts';
import { isBehind, letsIn, setUpBy } from './behind.ts';
import {
  broughtAlong,
  groupsAfter,
  historyOf,
  holdersOf,
  instancesIn,
  launchesOf,
  originsOf,
  stillBehind,
} from './histories.ts';
import type { InstanceHistory } from './posture.ts';
import {
  guardsOf,
  identityOf,
  interfacesOf,
  isBirth,
  isPosture,
  isRemoval,
  openedBy,
  timelineOf,
  usesOf,
} from './timelines.ts';
import {
  type Before,
  distinct,
  isSame,
  MAX_STEPS,
  MAX_TIMELINES,
  MAX_WIDTH,
  once,
  type Step,
  type Timelines,
  walkBack,
} from './walk.ts';

/** Where the data of an activity comes from, and what opens the instances it ends on. */
export interface Lineage {
  /** Steps before the activity by which data came to its resources, nearest first. */
  readonly steps: readonly Step[];
  /**
   * Instances concerned: made or changed by the activity, or behind the security group it opens; where these are not named,
   * what they come from (a template, a fleet).
   */
  readonly instances: readonly Resource[];
  /** Earlier launches of those instances. */
  readonly launches: readonly Activity[];
  /** Earlier inbound rules on the groups of the instances, and the making of these groups. */
  readonly openings: readonly Activity[];
  /** What became of the instances before: their launches, and what was changed on them or their interfaces. */
  readonly histories: readonly InstanceHistory[];
  /** The same of the instances that the data was copied from, up to the copy: what the new ones are compared with. */
  readonly origins: readonly InstanceHistory[];
  /** What a copy that is cleared away was before: who made, shared and used it within the policy's window. */
  readonly past: readonly Activity[];
  /** Guards of the account and Region switched off before, where copied data or access to it is at stake. */
  readonly guards: readonly Activity[];
  /** Steps by which the user who launches came to be: made, given a key or a password, given rights; within the policy's period. */
  readonly births: readonly Activity[];
  /** Changes that a launch by a service follows, or shares that a use of what was shared follows; oldest first. */
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
  births: [],
  changes: [],
};

/** Kinds that are judged by where their data comes from. */
const JUDGED: ReadonlySet<Kind> = new Set(kindsThat('bring', 'open', 'posture', 'admit', 'unshare', 'end'));

const NOBODY: readonly Activity[] = [];

/** Everything a lineage knows besides the activity itself and the instances the data was copied from: once each, steps first. */
export function partsOf(lineage: Lineage): readonly Activity[] {
  const { steps, launches, openings, histories, past, guards, births, changes } = lineage;
  const all = [
    ...steps.map(({ activity }) => activity),
    ...launches,
    ...openings,
    ...histories.flatMap(({ activities }) => activities),
    ...past,
    ...guards,
    ...births,
    ...changes,
  ];
  return once(all);
}

const copiesIn = new WeakMap<readonly Activity[], boolean>();

/** Whether a timeline holds several copies of an activity; worked out once, as a walk comes by the same one several times. */
function holdsCopies(timeline: readonly Activity[]): boolean {
  if (timeline.length < 2) return false;
  const known = copiesIn.get(timeline);
  if (known !== undefined) return known;
  const found = once(timeline).length < timeline.length;
  copiesIn.set(timeline, found);
  return found;
}

interface Exploration {
  readonly lineage: Lineage;
  /** Keys of timelines that would have to be read to go on. */
  readonly missing: readonly string[];
}

/** Follows the data of an activity back in time, as far as the timelines read so far allow. */
export function explore(activity: Activity, timelines: Timelines, policy: Policy): Exploration {
  const idle =
    (does(activity.kind, 'posture') && !isPosture(activity)) ||
    // scaling in: a service's instances have no timeline
    (activity.kind === 'instance.terminate' && activity.actor.class === 'service') ||
    (activity.kind === 'ingress.open' && !opensToWorld(activity));
  if (!JUDGED.has(activity.kind) || activity.outcome !== 'succeeded' || idle)
    return { lineage: NO_LINEAGE, missing: [] };
  const missing: string[] = [];
  const looked = new Set<string>();
  const oldest = activity.at - policy.lineageWindow;
  const before = (key: string, until = activity.at): readonly Activity[] => {
    if (!looked.has(key) && looked.size >= MAX_TIMELINES) return NOBODY;
    looked.add(key);
    const timeline = timelines(key);
    if (timeline === undefined && !missing.includes(key)) missing.push(key);
    // most resources have no past
    if (timeline === undefined || timeline.length === 0) return NOBODY;
    const found = timeline.filter(
      (other) => other.at >= oldest && other.at <= until && !isSame(other, activity),
    );
    return holdsCopies(timeline) ? once(found) : found;
  };

  const guards = (): readonly Activity[] =>
    before(guardsOf(activity)).filter(({ at }) => activity.at - at <= policy.timeWindow);
  if (does(activity.kind, 'share')) {
    // the story of a share begins with the making of what is shared
    const shared = targetsOf(activity).map((each): [Resource, number] => [each, activity.at]);
    const steps = walkBack(shared, before).slice(0, MAX_STEPS);
    return { lineage: { ...NO_LINEAGE, steps, guards: guards() }, missing };
  }
  if (activity.kind === 'snapshot.use') {
    const shares = activity.links
      .map(plain)
      .flatMap((each) => before(timelineOf(each)).filter((share) => letsIn(share, activity)));
    return { lineage: { ...NO_LINEAGE, changes: distinct(shares) }, missing };
  }
  const removing = isRemoval(activity);
  const past = removing ? pastOf(activity, before, policy.timeWindow) : [];
  if (does(activity.kind, 'clear') && (activity.kind !== 'volume.delete' || past.length === 0)) {
    return { lineage: { ...NO_LINEAGE, past: distinct(past) }, missing };
  }

  const groups = activity.kind === 'ingress.open' ? openedBy(activity) : [];
  const members = groups.flatMap((group) => before(usesOf(group)).filter(({ kind }) => does(kind, 'join')));
  // spot requests, fleets and templates: their instances are a service's and have no timeline
  const unnamed = members.filter(
    (member) => member.kind !== 'instance.modify' && instancesIn(member).length === 0,
  );
  const holders = (each: Activity): Resource[] => {
    const named = instancesIn(each);
    if (named.length > 0 || isBirth(each)) return named;
    return interfacesOf(each).flatMap((one) => holdersOf(one, before));
  };
  const candidates = uniqueResources([activity, ...members].flatMap(holders)).slice(0, MAX_WIDTH);

  // a launch is the beginning of its instances: nothing came into them before
  const launching = activity.kind === 'instance.launch';
  const histories = launching
    ? broughtAlong(activity, before)
    : candidates
        .map((instance) => historyOf(instance, activity, before))
        .filter((history) => groups.length === 0 || stillBehind(groups, history));
  const instances = launching ? candidates : histories.map(({ instance }) => instance);
  const born = launching ? [] : instances;
  const launches = born.flatMap((instance) => launchesOf(instance, before(timelineOf(instance))));
  // whoever ends an instance is asked what was on it only where it was launched shortly before
  const isOld = !launches.some(({ at }) => activity.at - at <= policy.timeWindow);
  if (activity.kind === 'instance.terminate' && isOld) return { lineage: NO_LINEAGE, missing };
  const removed = removing ? targetsOf(activity) : [];
  const own = uniqueResources([...sourcesOf(activity), ...born, ...removed]);
  const beginnings = own.map((each): [Resource, number] => [each, activity.at]);
  for (const member of unnamed) for (const each of carriedBy(member)) beginnings.push([each, member.at]);
  const steps = walkBack(beginnings, before);
  const byService = activity.actor.class === 'service';

  const openings = groupsAfter(activity, histories)
    .slice(0, MAX_WIDTH)
    .flatMap((group) =>
      before(timelineOf(group)).filter(
        ({ kind }) => kind === 'ingress.open' || kind === 'security-group.create',
      ),
    );
  return {
    lineage: {
      steps: steps.slice(0, MAX_STEPS),
      instances: uniqueResources([...instances, ...unnamed.flatMap(standInsOf)]).slice(0, MAX_WIDTH),
      launches: distinct(launches),
      openings: distinct(openings),
      histories,
      past: distinct(past),
      // of what brings no data nobody asks which guard would have stopped it
      guards: steps.length > 0 && does(activity.kind, 'bring') && !byService ? distinct(guards()) : [],
      births: launching ? distinct(birthsOf(activity, before, policy)) : [],
      // how open the source was is asked only of what stands open itself
      origins: byService || does(activity.kind, 'end') ? [] : originsOf(steps, instances, before),
      changes: distinct(
        setUpBy(activity)
          .flatMap((each) => before(timelineOf(each)))
          .filter((change) => isBehind(change, activity, policy.timeWindow)),
      ),
    },
    missing,
  };
}

/** What made the user of a launch, as long as it counts as new. */
function birthsOf(activity: Activity, before: Before, { userContext }: Policy): readonly Activity[] {
  const identity = identityOf(activity);
  if (identity === undefined) return NOBODY;
  return before(timelineOf(identity)).filter(({ at }) => activity.at - at <= userContext.newIdentity);
}

/**
 * What was done to a copy before it was cleared away. Its uses are read only where its making or sharing is known: most
 * copies that are rotated are old.
 */
function pastOf(activity: Activity, before: Before, window: number): Activity[] {
  return targetsOf(activity).flatMap((each) => {
    const own = before(timelineOf(each));
    if (own.length === 0) return [];
    // a popular image has thousands of uses, and they say nothing
    const uses = each.type === 'image' ? [] : before(usesOf(each));
    return [...own, ...uses].filter(({ at, kind }) => activity.at - at <= window && !does(kind, 'clear'));
  });
}

/** Where to look for the data of instances that are not named: in the template's version, else in what is launched. */
function carriedBy(member: Activity): readonly Resource[] {
  if (member.kind !== 'template.change') return sourcesOf(member);
  const targets = targetsOf(member);
  const versions = targets.filter(({ version }) => version !== undefined);
  return versions.length === 0 ? targets : versions.slice(0, 1);
}

/** What stands for instances that are not named: the template, fleet or spot request they come from. */
const standInsOf = ({ links }: Activity): Resource[] =>
  links
    .filter(
      ({ type, role, version }) =>
        role !== 'used' && (type === 'fleet' || type === 'launch-template') && version === undefined,
    )
    .map(plain);
