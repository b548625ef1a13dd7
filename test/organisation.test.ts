import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCloudTrail } from '../core/records/cloudtrail/cloudtrail.ts';
import { deliveredBadly, smallOrganisation } from './organisation.ts';

const seeds = Array.from({ length: 25 }, (_, index) => index * 101 + 1);

describe('a small organisation', () => {
  it.each(seeds)('of seed %i is small, in order, and has several actors', (seed) => {
    const records = smallOrganisation(seed);
    const times = records.map(({ eventTime }) => eventTime);
    const actors = new Set(records.map(({ userIdentity }) => userIdentity.principalId?.split(':', 1)[0]));

    expect(records.length).toBeGreaterThan(20);
    expect(records.length).toBeLessThanOrEqual(60);
    expect(times).toEqual(times.toSorted());
    expect(actors.size).toBeGreaterThan(3);
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(records.length);
    expect(smallOrganisation(seed)).toEqual(records);
  });

  it('consists almost only of calls the detector judges', () => {
    const records = seeds.flatMap(smallOrganisation);
    const judged = records.filter((record) => fromCloudTrail(record).ok);

    expect(judged.length / records.length).toBeGreaterThan(0.85);
  });

  it('spans several accounts and days over the seeds', () => {
    const records = seeds.flatMap(smallOrganisation);

    expect(new Set(records.map(({ recipientAccountId }) => recipientAccountId)).size).toBe(2);
    expect(new Set(records.map(({ eventTime }) => eventTime.slice(0, 10))).size).toBeGreaterThan(8);
  });

  it('delivered badly still holds every record', () => {
    const records = smallOrganisation(3);
    fc.assert(
      fc.property(deliveredBadly(records), (delivered) => {
        expect(new Set(delivered)).toEqual(new Set(records));
        expect(delivered.length).toBeGreaterThanOrEqual(records.length);
      }),
      { numRuns: 20 },
    );
  });
});
