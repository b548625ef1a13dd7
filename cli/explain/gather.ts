import { endsOf } from '../../app/ends.ts';
import type { HistoryStore, Stretch } from '../../app/ports.ts';
import { readLineage } from '../../app/read-lineage.ts';
import { type Activity, activityKey, byTime } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import { aboutOf, does } from '../../core/activity/kinds.ts';
import { sourcesOf, targetsOf } from '../../core/activity/links.ts';
import { type ResourceType, resourceKey, uniqueResources } from '../../core/activity/resources.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { timelineAccounts } from '../../core/history/looking-back.ts';
import { partsOf } from '../../core/lineage/lineage.ts';
import type { Policy } from '../../core/policy/policy.ts';

/** What lies around a finding in the history. */
export interface Around {
  /** Activities of anybody that are not members, oldest first. */
  readonly context: readonly Activity[];
  /** Records that evidence refers to and that the history no longer has. */
  readonly lost: number;
}

/** Later activities told; a finding may be followed by months of ordinary use. */
const MAX_LATER = 100;
/** Members whose lineage is followed, best evidence first. */
const MAX_FOLLOWED = 100;

/** Reads what a finding rests on: the way of its data, the records its evidence refers to, and what came of it. */
export async function gather(history: HistoryStore, record: FindingRecord, policy: Policy): Promise<Around> {
  const members = record.members.map(({ activity }) => activity);
  if (members.length === 0) return { context: [], lost: 0 };
  const known = new Set(members.map(activityKey));
  const context = new Map<string, Activity>();
  const add = (activities: readonly Activity[]): void => {
    for (const activity of activities)
      if (!known.has(activityKey(activity))) context.set(activityKey(activity), activity);
  };

  const paths = await readLineage(history, members.slice(0, MAX_FOLLOWED).map(asked), () => true, policy);
  for (const { lineage } of paths.values()) {
    add(partsOf(lineage));
  }
  const later = [...paths.values()].flatMap(({ ahead }) => ahead.later);
  add(carryingOn(members, later).slice(0, MAX_LATER));

  const refs = new Set(record.members.flatMap(({ evidence }) => evidence.flatMap(({ refs }) => refs ?? [])));
  add((await ownTimelines(history, record, policy)).filter(({ id }) => refs.has(id)));
  add(later.filter(({ id }) => refs.has(id)));
  const resources = [...members, ...context.values()].flatMap((each) => [
    ...targetsOf(each),
    ...sourcesOf(each),
  ]);
  // how things came to an end, whoever ended them: what is gone cannot be looked at any more
  const ends = await endsOf(history, uniqueResources(resources), record.start - policy.lineageWindow);
  add(ends.filter(({ kind }) => does(kind, 'end')));

  const all = [...context.values()].sort(byTime);
  const there = new Set([...members, ...all].map(({ id }) => id));
  return { context: all, lost: [...refs].filter((id) => !there.has(id)).length };
}

const DISKS: ReadonlySet<ResourceType | null> = new Set(['snapshot', 'image', 'volume']);

/**
 * The activity as the lineage is asked about. A share or copy is not judged by where its data comes from, but whoever
 * reads about it wants to know: so it is asked as a mount of all that it touched.
 */
function asked(activity: Activity): Activity {
  const touched = uniqueResources([...targetsOf(activity), ...sourcesOf(activity)]);
  const moves = activity.outcome === 'succeeded' && DISKS.has(aboutOf(activity.kind));
  if (!moves || activity.kind === 'volume.attach' || touched.length === 0) return activity;
  return {
    ...activity,
    kind: 'volume.attach',
    links: [...activity.links, { type: 'volume', id: '', role: 'changed', from: touched }],
  };
}

/** Later activities that use or change what the finding made, and what these make in turn. */
function carryingOn(members: readonly Activity[], later: readonly Activity[]): Activity[] {
  const held = new Set(
    members
      .filter(({ outcome }) => outcome === 'succeeded')
      .flatMap(targetsOf)
      .map(resourceKey),
  );
  return [...later].sort(byTime).filter((activity) => {
    const used = [...sourcesOf(activity), ...targetsOf(activity), ...activity.links];
    if (!used.some((each) => held.has(resourceKey(each)))) return false;
    for (const each of targetsOf(activity)) held.add(resourceKey(each));
    return true;
  });
}

/** What the subjects of the finding did, from as long before as evidence may look back. */
async function ownTimelines(
  history: HistoryStore,
  { members, start, last }: FindingRecord,
  policy: Policy,
): Promise<Activity[]> {
  const from = start - Math.max(policy.timeWindow, policy.lineageWindow);
  const subjects = new Map(
    members.flatMap(({ activity: { account, actor } }) => {
      const subject = subjectKey(actor);
      return timelineAccounts(account).map((each): [string, Stretch] => [
        `${each}#${subject}`,
        { account: each, subject, from, to: last },
      ]);
    }),
  );
  return (await history.stretches([...subjects.values()], from)).flat();
}
