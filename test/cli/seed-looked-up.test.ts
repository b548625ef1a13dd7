import { describe, expect, it } from 'vitest';
import type { EventLookup, Lookup } from '../../app/ports.ts';
import type { Reading } from '../../cli/input/reading.ts';
import { lookedUp } from '../../cli/seed/looked-up.ts';
import { launch } from './desk.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 1);

/** What CloudTrail keeps of one Region: newest first, two to a page, both ends taken in; refuses what lies after `until`. */
function region(records: readonly Record<string, unknown>[], until = Number.POSITIVE_INFINITY) {
  const asked: Lookup[] = [];
  const events: EventLookup = {
    async page(lookup, cursor = '0') {
      asked.push(lookup);
      if (lookup.from >= until) throw new Error('not authorized');
      const within = records
        .filter(({ eventTime }) => inside(Date.parse(String(eventTime)), lookup))
        .sort((a, b) => (String(a.eventTime) < String(b.eventTime) ? 1 : -1));
      const from = Number(cursor);
      const more = within.length > from + 2;
      return { records: within.slice(from, from + 2), ...(more && { next: String(from + 2) }) };
    },
  };
  return { events, asked };
}

const inside = (at: number, { from, to }: Lookup): boolean => at >= from && at <= to;

async function allOf(readings: AsyncIterable<Reading>): Promise<Reading[]> {
  const all: Reading[] = [];
  for await (const reading of readings) all.push(reading);
  return all;
}

const idsOf = (readings: readonly Reading[]): string[] =>
  readings.flatMap(({ activities }) => activities.map(({ id }) => id));

const hourly = (name: string, hours: number) =>
  Array.from({ length: hours }, (_, hour) =>
    launch(`launch-${name}-${hour}`, new Date(START + hour * 3_600_000).toISOString()),
  );

describe('what CloudTrail keeps of some Regions', () => {
  it('is read whole, each record once, a day after the other', async () => {
    const [west, east] = [region(hourly('west', 60)), region(hourly('east', 48))];
    const regions = new Map([
      ['eu-west-1', west.events],
      ['us-east-1', east.events],
    ]);
    const readings = await allOf(lookedUp(regions, { since: START, until: START + 2.5 * DAY }));
    const ids = idsOf(readings);
    expect(ids).toHaveLength(108);
    expect(new Set(ids).size).toBe(108);
    expect(readings.map(({ records, damaged }) => [records, damaged])).toEqual([
      [48, 0],
      [48, 0],
      [12, 0],
    ]);
    expect(readings.reduce((sum, { consumed }) => sum + consumed, 0)).toBe(2.5 * DAY);
    expect(west.asked.every(({ by }) => 'writes' in by)).toBe(true);
  });

  it('leaves out what happened at the end or later, or before the beginning', async () => {
    const { events, asked } = region(hourly('west', 60));
    const range = { since: START + DAY, until: START + 2 * DAY };
    const ids = idsOf(await allOf(lookedUp(new Map([['eu-west-1', events]]), range)));
    expect(ids).toHaveLength(24);
    expect(ids).toContain('launch-west-24');
    expect(ids).not.toContain('launch-west-48');
    expect(Math.max(...asked.map(({ to }) => to))).toBeLessThan(range.until);
  });

  it('ends at the first day of which a Region does not answer, and says how to go on', async () => {
    const west = region(hourly('west', 96), START + 2 * DAY);
    const east = region(hourly('east', 96));
    const regions = new Map([
      ['eu-west-1', west.events],
      ['us-east-1', east.events],
    ]);
    const readings = await allOf(lookedUp(regions, { since: START, until: START + 4 * DAY }));
    expect(readings.map(({ damaged }) => damaged)).toEqual([0, 0, 1]);
    expect(readings.at(-1)?.damages).toEqual([
      {
        path: 'eu-west-1',
        message: 'not authorized; once that is mended, go on with --learn-from 2026-03-03T00:00:00.000Z',
      },
    ]);
  });
});
