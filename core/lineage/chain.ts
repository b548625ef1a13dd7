import { type Activity, isThroughService } from '../activity/activity.ts';
import { subjectKey } from '../activity/actor.ts';
import { sourcesOf } from '../activity/links.ts';
import { isSameResource, nameOf, type Resource, resourceKey } from '../activity/resources.ts';
import { RESTORE } from '../history/circles.ts';
import { DAY, subjectScope } from '../history/facts.ts';
import type { Habits } from '../history/habits.ts';
import type { Lineage } from './lineage.ts';
import type { Step } from './walk.ts';

/** How a disk's data got onto the instance that an activity is about. */
export interface Chain {
  /** Steps that copied data out of a volume or instance, the latest first. */
  readonly copies: readonly Step[];
  /** Steps that wrote a snapshot block by block or from a bucket: nobody knows what data it holds. */
  readonly written: readonly Step[];
  /** Ids of snapshots used whose making is not known: older than the history, or made in another account. */
  readonly strangers: readonly string[];
  /** The subject puts snapshots back to use, or makes images where the copy is one, as a habit. */
  readonly habitual: boolean;
}

/**
 * An image made from an instance launched, or of a volume filled, this shortly before by the same subject is built, not stolen.
 */
const BUILD_TIME = 2 * DAY;

/**
 * Services that make images of nothing but instances that they launched for it, through a role that they alone can assume
 * (EC2 Image Builder User Guide, "How EC2 Image Builder works"). Launches by services stand in no instance's timeline.
 */
const BUILDERS = new Set(['imagebuilder.amazonaws.com']);

/** The chain that an activity completes or acts on; undefined where no copied data is involved. */
export function chainOf(
  activity: Activity,
  { lineage, familiarity }: { readonly lineage: Lineage } & Pick<Habits, 'familiarity'>,
): Chain | undefined {
  const used = [...sourcesOf(activity), ...lineage.steps.flatMap(({ from }) => from)];
  if (lineage.steps.length === 0 && !used.some(({ type }) => type === 'snapshot')) return undefined;
  const latest = (a: Step, b: Step): number =>
    b.activity.at - a.activity.at || (resourceKey(a.into) < resourceKey(b.into) ? -1 : 1);
  const copies = lineage.steps.filter((step) => isCopy(step, lineage.steps)).sort(latest);
  const written = lineage.steps.filter(isWritten).sort(latest);
  const explained = new Set(lineage.steps.map(({ into }) => resourceKey(into)));
  const strangers = used
    .filter((source) => source.type === 'snapshot' && !explained.has(resourceKey(source)))
    .map(({ id }) => id);
  if (copies.length + written.length + strangers.length === 0) return undefined;
  const habit = copies[0]?.activity.kind === 'image.create' ? 'image.create' : RESTORE;
  return {
    copies,
    written,
    strangers: [...new Set(strangers)].sort(),
    habitual: familiarity(subjectScope(activity), 'kind', habit) === 'familiar',
  };
}

const isWritten = ({ activity, from }: Step): boolean =>
  activity.kind === 'snapshot.create' && from.length === 0;

function isCopy({ activity, from }: Step, steps: readonly Step[]): boolean {
  if (activity.kind === 'volume.copy') return true;
  if (activity.kind === 'snapshot.create') return from.some((source) => !isFilledBy(activity, source, steps));
  if (activity.kind !== 'image.create' || isByBuilder(activity)) return false;
  const instances = from.filter(({ type }) => type === 'instance');
  return instances.some((instance) => !isBuilt(activity, instance, steps));
}

/**
 * Whether a volume was filled shortly before by whoever copies it: image builders fill one, change what is on it, and register
 * the snapshot of it. Where its data came from is a step of its own.
 */
function isFilledBy(copy: Activity, volume: Resource, steps: readonly Step[]): boolean {
  return steps.some(
    ({ activity, into }) =>
      isSameResource(into, volume) &&
      activity.kind === 'volume.create' &&
      activity.account === copy.account &&
      subjectKey(activity.actor) === subjectKey(copy.actor) &&
      copy.at - activity.at <= BUILD_TIME,
  );
}

const isByBuilder = ({ actor, origin }: Activity): boolean =>
  actor.class === 'service' && origin.service !== undefined && BUILDERS.has(origin.service);

function isBuilt(image: Activity, instance: Resource, steps: readonly Step[]): boolean {
  return steps.some(
    ({ activity, into }) =>
      isSameResource(into, instance) &&
      activity.kind === 'instance.launch' &&
      subjectKey(activity.actor) === subjectKey(image.actor) &&
      image.at - activity.at <= BUILD_TIME,
  );
}

/** Whether a service or an automation made a copy: then it is a backup. */
export const isBackup = ({ activity }: Step): boolean =>
  activity.actor.class === 'service' || activity.actor.class === 'automation' || isThroughService(activity);

/** Part that evidence about a use keeps where the copy is a backup: a backup is no sign, only its use is in question. */
export const FROM_BACKUP = 0.6;

/** The volume or instance that a copy was taken of. */
export const sourceOf = (copy: Step): Resource => copy.from[0] ?? copy.into;

/** Whose data it is, by name, as far as is known: the volume or instance copied, else the snapshots used. */
export function dataOf({ copies, written, strangers }: Chain): string[] {
  const [copy] = copies;
  return copy === undefined
    ? [...written.map(({ into }) => nameOf(into)), ...strangers]
    : [nameOf(sourceOf(copy))];
}
