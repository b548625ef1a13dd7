import type { EventLookup } from '../../app/ports.ts';
import { reasonOf } from '../input/damage.ts';
import { addReading, addRecord, emptyReading, type Reading } from '../input/reading.ts';
import type { TimeRange } from '../input/time-range.ts';

const DAY_MS = 86_400_000;
/** How long CloudTrail keeps its own history, https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html */
export const KEPT_MS = 90 * DAY_MS;

/**
 * Looks up what changed anything in some Regions, day by day from the oldest, since CloudTrail gives the newest first and judging in
 * order costs less. A day of which a Region does not answer is the last: what was before it is whole, and one may go on from it.
 *
 * @param regions by name
 * @param range within what CloudTrail keeps
 */
export async function* lookedUp(
  regions: ReadonlyMap<string, EventLookup>,
  range: TimeRange,
): AsyncGenerator<Reading> {
  for (let from = range.since; from < range.until; from += DAY_MS) {
    // CloudTrail takes the end in
    const to = Math.min(from + DAY_MS, range.until) - 1;
    const day = emptyReading();
    const read = await Promise.all(
      [...regions].map(([region, events]) => dayOf(region, events, { since: from, until: to }, range)),
    );
    for (const each of read) addReading(day, each);
    day.consumed = to + 1 - from;
    day.delivered = from;
    yield day;
    if (day.damaged > 0) return;
  }
}

async function dayOf(
  region: string,
  events: EventLookup,
  { since: from, until: to }: TimeRange,
  range: TimeRange,
): Promise<Reading> {
  const reading = emptyReading();
  try {
    let cursor: string | undefined;
    do {
      const { records, next } = await events.page({ by: { writes: true }, from, to }, cursor);
      for (const record of records) addRecord(reading, record, range);
      cursor = next;
    } while (cursor !== undefined);
    return reading;
  } catch (error) {
    const message = `${reasonOf(error)}; once that is mended, go on with --learn-from ${new Date(from).toISOString()}`;
    return { ...emptyReading(), damaged: 1, damages: [{ path: region, message }] };
  }
}
