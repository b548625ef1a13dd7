import type { Activity, Kind } from '../activity/activity.ts';
import { sourcesOf, targetsOf } from '../activity/links.ts';
import { unique } from '../activity/unique.ts';
import type { Policy } from '../policy/policy.ts';
import { isBehind, letsIn, setUpBy } from './behind.ts';
import {
  broughtAlong,
  historyOf,
  holdersOf,
  instancesIn,
  launched,
  originsOf,
  standingGroups,
  stillBehind,
} from './histories.ts';
import type { InstanceHistory } from './posture.ts';
import {
  BRINGS,
  ENDS,
  guardsOf,
  identityOf,
  interfacesOf,
  isPosture,
  isRemoval,
  openedBy,
  REMOVALS,
  usesOf,
} from './timelines.ts';
import {
  type Before,
  distinct,
  isSame,
  MAX_STEPS,
  MAX_WIDTH,
  type Step,
  type Timelines,
  walkBack,
} from './walk.ts';

/** Where the data of an activity comes from, and what opens the instances it ends on. */
export interface Lineage {
  /** Steps before the activity by which data came to its resources, nearest first. */
  readonly steps: readonly Step[];
  /** Instances concerned: made or changed by the activity, or behind the security group it opens. */
  readonly instances: readonly string[];
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
  'snapshot.use',
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
    // the story of a share begins with the making of what is shared
    const shared = targetsOf(activity).map((id): [string, number] => [id, activity.at]);
    const steps = walkBack(shared, before).slice(0, MAX_STEPS);
    return { lineage: { ...NO_LINEAGE, steps, guards: guards() }, missing };
  }
  if (activity.kind === 'snapshot.use') {
    const shares = activity.links.flatMap(({ id }) => before(id).filter((each) => letsIn(each, activity)));
    return { lineage: { ...NO_LINEAGE, changes: distinct(shares) }, missing };
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
        .filter((history) => groups.length === 0 || stillBehind(groups, history));
  const instances = launching ? candidates : histories.map(({ instance }) => instance);
  const born = launching ? [] : instances;
  const launches = born.flatMap((instance) => before(instance).filter((each) => launched(each, instance)));
  // whoever ends an instance is asked what was on it only where it was launched shortly before
  const isOld = !launches.some(({ at }) => activity.at - at <= policy.timeWindow);
  if (activity.kind === 'instance.terminate' && isOld) return { lineage: NO_LINEAGE, missing };
  const removed = removing ? targetsOf(activity) : [];
  const beginnings = unique([...sourcesOf(activity), ...born, ...removed]).map((id): [string, number] => [
    id,
    activity.at,
  ]);
  for (const member of unnamed) for (const id of carriedBy(member)) beginnings.push([id, member.at]);
  const steps = walkBack(beginnings, before);
  const byService = activity.actor.class === 'service';

  const openings = standingGroups(activity, histories)
    .slice(0, MAX_WIDTH)
    .flatMap((group) =>
      before(group).filter(({ kind }) => kind === 'ingress.open' || kind === 'security-group.create'),
    );
  return {
    lineage: {
      steps: steps.slice(0, MAX_STEPS),
      instances: unique([...instances, ...unnamed.flatMap(namesOf)]).slice(0, MAX_WIDTH),
      launches: distinct(launches),
      openings: distinct(openings),
      histories,
      past: distinct(past),
      // of what brings no data nobody asks which guard would have stopped it
      guards: steps.length > 0 && BRINGS.includes(activity.kind) && !byService ? distinct(guards()) : [],
      births: launching ? distinct(birthsOf(activity, before, policy)) : [],
      // how open the source was is asked only of what stands open itself
      origins: byService || ENDS.has(activity.kind) ? [] : originsOf(steps, new Set(instances), before),
      changes: distinct(
        setUpBy(activity)
          .flatMap((key) => before(key))
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
  return before(identity).filter(({ at }) => activity.at - at <= userContext.newIdentity);
}

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
