import { type Activity, copyKey } from '../core/activity/activity.ts';
import { subjectKey } from '../core/activity/actor.ts';
import { timelineAccount } from '../core/history/looking-back.ts';
import { fromCloudTrail } from '../core/records/cloudtrail/cloudtrail.ts';
import type { EventLookup, HistoryStore, Lookup } from './ports.ts';

/** Pages of one look-up that are read, fifty records each: what is busier than that in a few minutes is not looked through. */
const MAX_PAGES = 10;

/** A record that was looked up, and the activity that it is. */
export interface Recorded {
  readonly record: unknown;
  readonly activity: Activity;
}

/** Records of a look-up that are watched. */
export async function lookUp(events: EventLookup, lookup: Lookup): Promise<Recorded[]> {
  const found: Recorded[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { records, next } = await events.page(lookup, cursor);
    for (const record of records) {
      const read = fromCloudTrail(record);
      if (read.ok) found.push({ record, activity: read.activity });
    }
    if (next === undefined) break;
    cursor = next;
  }
  return found;
}

/** Those of some activities that the history does not hold. */
export async function unknownOf(
  history: Pick<HistoryStore, 'stretches'>,
  activities: readonly Activity[],
): Promise<ReadonlySet<Activity>> {
  if (activities.length === 0) return new Set();
  const held = await history.stretches(
    activities.map((activity) => ({
      account: timelineAccount(activity),
      subject: subjectKey(activity.actor),
      from: activity.at,
      to: activity.at,
    })),
    Math.min(...activities.map(({ at }) => at)),
  );
  const known = new Set(held.flat().map(copyKey));
  return new Set(activities.filter((activity) => !known.has(copyKey(activity))));
}
