import { type Activity, byTime, linked } from '../../core/activity/activity.ts';
import { does } from '../../core/activity/kinds.ts';
import { type Assessment, type FindingRecord, inStory } from '../../core/findings/finding.ts';
import { isInstanceId, isRegion } from '../aws-ids.ts';

/** How a finding's story stands at its end: what suspicious calls brought about, and what of it is gone. */
export interface Standing {
  /** Calls that worked and speak against somebody, or that evidence cites; oldest first. */
  readonly suspicious: readonly Activity[];
  /** Instances that were copied from and whose launch is only cited, by none of those something speaks against: theirs is the data. */
  readonly robbed: ReadonlySet<string>;
  /** All calls that worked, of the story and of those that ended what it left, oldest first. */
  readonly all: readonly Activity[];
  /** Ids of instances, snapshots, images, volumes and security groups that were terminated or deleted, with when, ms. */
  readonly gone: ReadonlyMap<string, number>;
  /** Access keys that were switched off or deleted, and not switched on again. */
  readonly off: ReadonlySet<string>;
}

/**
 * Whether a call closed a group that an earlier one opened, on a cloud whose records of closing name no rules: the whole group, or the
 * rule of the name that was made.
 */
export const closesNamed = (
  { kind, at, links, detail }: Activity,
  opening: Activity,
  group: string,
): boolean =>
  kind === 'ingress.close' &&
  at > opening.at &&
  links.some(({ id }) => id === group) &&
  (detail === undefined || detail === opening.detail);

/** Some things of one account and Region. */
export interface Group {
  readonly account: string;
  readonly region: string;
  readonly ids: readonly string[];
}

/** A member whose evidence was left out because there are so many keeps its score. */
const speaks = ({ evidence, score, follows }: Assessment): boolean =>
  evidence.length > 0 || score > 0 || follows !== undefined;

/**
 * Works out how a story ends.
 *
 * @param ends calls outside of the story that terminated, deleted or took back what it left, as far as they are known
 * @param isHere which activities commands may be about: of AWS those whose Region is known
 */
export function standingOf(
  record: Pick<FindingRecord, 'members'>,
  ends: readonly Activity[] = [],
  isHere: (activity: Activity) => boolean = ({ region }) => isRegion(region),
): Standing {
  const story = inStory(record);
  const cited = new Set(record.members.flatMap(({ evidence }) => evidence.flatMap(({ refs = [] }) => refs)));
  const worked = (activity: Activity): boolean => activity.outcome === 'succeeded' && isHere(activity);
  const done = story.filter(({ activity }) => worked(activity));
  const all = [...done.map(({ activity }) => activity), ...ends.filter(worked)].sort(byTime);
  const against = done.filter(speaks).map(({ activity }) => activity);
  return {
    robbed: robbedOf(all, against),
    suspicious: done
      .filter((each) => speaks(each) || cited.has(each.activity.id))
      .map(({ activity }) => activity),
    all,
    off: keysOff(all),
    gone: new Map(all.flatMap((each) => endedBy(each).map((id) => [id, each.at] as const))),
  };
}

function keysOff(all: readonly Activity[]): Set<string> {
  const last = new Map(
    all
      .filter(({ kind }) => kind === 'credential.change')
      .flatMap((each) => linked(each, 'access-key').map((key) => [key, each.detail] as const)),
  );
  return new Set([...last].filter(([, status]) => status !== 'Active').map(([key]) => key));
}

function robbedOf(all: readonly Activity[], against: readonly Activity[]): Set<string> {
  const actors = new Set(against.map(({ actor }) => actor.key));
  const touched = new Set(against.flatMap((each) => linked(each, 'instance')));
  const launched = all
    .filter(({ kind, actor }) => does(kind, 'launch') && !actors.has(actor.key))
    .flatMap((each) => linked(each, 'instance', 'made'));
  const copied = new Set(
    all.filter(({ kind }) => does(kind, 'copy')).flatMap((each) => linked(each, 'instance')),
  );
  return new Set(launched.filter((id) => copied.has(id) && !touched.has(id)));
}

/** What a call terminated or deleted. */
function endedBy(activity: Activity): string[] {
  switch (activity.kind) {
    case 'instance.terminate':
      return linked(activity, 'instance');
    case 'snapshot.delete':
      return linked(activity, 'snapshot');
    case 'image.delete':
      return linked(activity, 'image');
    case 'volume.delete':
      return linked(activity, 'volume');
    case 'security-group.delete':
      return linked(activity, 'security-group');
    default:
      return [];
  }
}

/** Things by account and Region, each once, in a fixed order. */
export function grouped(
  activities: readonly Activity[],
  idsOf: (activity: Activity) => readonly string[],
): Group[] {
  const groups = new Map<string, { account: string; region: string; ids: Set<string> }>();
  for (const activity of activities) {
    const { account, region } = activity;
    const ids = idsOf(activity);
    if (ids.length === 0) continue;
    const key = `${account} ${region}`;
    const group = groups.get(key) ?? { account, region, ids: new Set() };
    for (const id of ids) group.ids.add(id);
    groups.set(key, group);
  }
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { account, region, ids }]) => ({ account, region, ids: [...ids].sort() }));
}

/** Instances that some calls made, and of which no call says that they are gone; only plain EC2 ids. */
export const instancesLeft = (activities: readonly Activity[], { gone }: Standing): Group[] =>
  grouped(activities, (activity) =>
    linked(activity, 'instance', 'made').filter((id) => isInstanceId(id) && !gone.has(id)),
  );

/** Instances that calls of a finding made and that nobody has terminated since, whether they are suspicious or not. */
export function instancesOf(record: Pick<FindingRecord, 'members'>): Group[] {
  const standing = standingOf(record);
  const own = new Set(record.members.map(({ activity }) => activity));
  return instancesLeft(
    standing.all.filter((activity) => own.has(activity)),
    standing,
  );
}
