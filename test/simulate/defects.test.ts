import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFECTS } from '../../simulate/defects.ts';
import { organisation } from '../../simulate/organisation.ts';
import type { TrailRecord } from '../../simulate/trail-record.ts';

const options = { seed: 5, accounts: 2, days: 6, noise: 1, attacks: ['public-share'] } as const;
const clean = [...organisation(options).records()];
const idsOf = (records: Iterable<TrailRecord>): string[] => [...records].map(({ eventID }) => eventID);

describe('delivery defects', () => {
  it('lose nothing, whatever their mixture', () => {
    fc.assert(
      fc.property(fc.subarray([...DEFECTS]), (defects) => {
        const delivered = new Set(idsOf(organisation({ ...options, defects }).records()));
        return idsOf(clean).every((id) => delivered.has(id));
      }),
      { numRuns: 8 },
    );
  });

  it('hand records over in order of arrival', () => {
    const arrivals = [...organisation({ ...options, defects: DEFECTS }).deliveries()].map(({ at }) => at);

    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
  });

  it('deliver some records twice, unchanged', () => {
    const records = [...organisation({ ...options, defects: ['duplicates'] }).records()];

    expect(records.length).toBeGreaterThan(clean.length);
    expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(clean.length);
  });

  it('mix up minutes with disorder alone', () => {
    const records = [...organisation({ ...options, defects: ['disorder'] }).deliveries()];
    const lags = records.map(({ at, record }) => at - Date.parse(record.eventTime));

    expect(records).toHaveLength(clean.length);
    expect(idsOf(records.map(({ record }) => record))).not.toEqual(idsOf(clean));
    expect(Math.max(...lags)).toBeLessThan(13 * 60_000);
  });

  it('hold some records back for hours or days', () => {
    const records = [...organisation({ ...options, defects: ['late'] }).deliveries()];
    const lags = records.map(({ at, record }) => at - Date.parse(record.eventTime));

    expect(Math.max(...lags)).toBeGreaterThan(2 * 3_600_000);
    expect(lags.filter((lag) => lag < 60_000).length).toBeGreaterThan(clean.length * 0.98);
  });

  it('correct some records under an id of their own', () => {
    const corrections = [...organisation({ ...options, days: 20, defects: ['addenda'] }).records()].filter(
      ({ addendum }) => addendum !== undefined,
    );

    expect(corrections.length).toBeGreaterThan(0);
    for (const { addendum, eventID } of corrections) {
      expect(addendum?.reason).toBe('UPDATED_DATA');
      expect(addendum?.originalEventID).not.toBe(eventID);
    }
  });
});
