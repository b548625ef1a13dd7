import { type Activity, activityKey, byTime, linked } from '../core/activity/activity.ts';
import { does, type Kind } from '../core/activity/kinds.ts';
import {
  plain,
  type Resource,
  type ResourceType,
  resourcesOf,
  uniqueResources,
} from '../core/activity/resources.ts';
import { type Assessment, type FindingRecord, inStory } from '../core/findings/finding.ts';
import { isClosing, openedBy, RESOURCES, timelineOfEnd } from '../core/lineage/timelines.ts';
import type { HistoryStore, Stretch } from './ports.ts';

/** Resources whose end is looked up at once; a finding that left more behind lists the rest as there. */
export const MAX_SOUGHT = 200;
/** Newest calls about one resource among which its end is sought: little happens to what is gone. */
const NEWEST = 10;
/** Later than any record, ms. */
const EVER = Number.MAX_SAFE_INTEGER;

const LEFT: ReadonlySet<ResourceType> = new Set(['instance', 'snapshot', 'image', 'volume']);

/**
 * Calls, of anybody, that terminated or deleted what a finding made, took back what it shared, closed what it opened or
 * switched off its keys (or on again), and that are not in its story. They
 * are ordinary work and no evidence, so a finding does not hold them; but who reads it must not be sent to what is gone.
 *
 * One round trip.
 */
export async function endsBeside(
  history: Pick<HistoryStore, 'stretches'>,
  record: Pick<FindingRecord, 'members'>,
): Promise<Activity[]> {
  const story = inStory(record);
  const told = new Set(story.map(({ activity }) => activityKey(activity)));
  const ends = await endsOf(history, leftBy(story), story[0]?.activity.at ?? 0);
  return ends.filter((each) => !told.has(activityKey(each)));
}

/** Calls that ended some resources, or took back the sharing of them, from a time on; each once, oldest first. */
export async function endsOf(
  history: Pick<HistoryStore, 'stretches'>,
  resources: readonly Resource[],
  from: number,
): Promise<Activity[]> {
  const stretches = resources.slice(0, MAX_SOUGHT).map(
    (resource): Stretch => ({
      account: RESOURCES,
      subject: timelineOfEnd(resource),
      from,
      to: EVER,
      limit: NEWEST,
      newestFirst: true,
    }),
  );
  if (stretches.length === 0) return [];
  const found = (await history.stretches(stretches, from)).flat();
  const ends = found.filter(({ kind, outcome }) => outcome === 'succeeded' && isEnd(kind));
  return [...new Map(ends.map((each) => [activityKey(each), each])).values()].sort(byTime);
}

const isEnd = (kind: Kind): boolean => does(kind, 'end') || does(kind, 'unshare') || isClosing(kind);

/** The keys that a call made, and the one that it was signed with, where they outlive a session. */
const keysOf = (activity: Activity): readonly Resource[] => {
  const { accessKey, credential } = activity.actor;
  const own = credential === 'long-lived' && accessKey !== undefined ? [accessKey] : [];
  return resourcesOf('access-key', [...own, ...linked(activity, 'access-key', 'made')]);
};

/** What a story made, shared, opened or was signed with; first that of calls which something speaks against. */
function leftBy(story: readonly Assessment[]): readonly Resource[] {
  const worked = story.filter(({ activity }) => activity.outcome === 'succeeded');
  const ranked = [...worked.filter(({ score }) => score > 0), ...worked.filter(({ score }) => score === 0)];
  return uniqueResources(
    ranked.flatMap(({ activity }) => [
      ...activity.links
        .filter(({ type, role }) => LEFT.has(type) && (role === 'made' || does(activity.kind, 'share')))
        .map(plain),
      ...openedBy(activity),
      ...keysOf(activity),
    ]),
  );
}
