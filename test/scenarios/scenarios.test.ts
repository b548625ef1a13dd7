import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { verdictOn } from './judged.ts';
import { knownGaps } from './known-gaps.ts';
import { recordsOpened, WAYS } from './opened.ts';
import { expose, PATHS } from './paths.ts';
import { gapsOf, type Rows, rowsOf } from './rows.ts';
import { sectionOf, withSection } from './section.ts';
import { recordsOf } from './stage.ts';
import { daysOf, everyday, HISTORY_DAYS } from './world.ts';

let rows: Rows;
beforeAll(async () => {
  rows = await rowsOf();
}, 300_000);

describe('data followed from a production disk to an instance', () => {
  it('is HIGH on every path, CRITICAL when exposed, and quiet for those who do it as a habit, but for the known gaps', () => {
    expect(gapsOf(rows).toSorted()).toEqual(knownGaps.flatMap(({ cells }) => cells).toSorted());
  });

  it('ends in the same open findings whatever the order and however often a record comes', () => {
    for (const { path, reversedSame, doubledSame } of rows.paths) {
      expect({ path, reversedSame, doubledSame }).toEqual({ path, reversedSame: true, doubledSame: true });
    }
  });

  it('ends in the same open findings whatever the order in which an instance with it is opened', () => {
    for (const { way, reversedSame, doubledSame } of rows.opened) {
      expect({ way, reversedSame, doubledSame }).toEqual({ way, reversedSame: true, doubledSame: true });
    }
  });

  it('joins what a service launches to whoever made it do so, in any order', () => {
    for (const { name, launches, joined, changeFirst, reversedSame, doubledSame } of rows.behind) {
      const told = { joined, changeFirst, reversedSame, doubledSame };
      expect({ name, ...told }).toEqual({
        name,
        joined: launches,
        changeFirst: true,
        reversedSame: true,
        doubledSame: true,
      });
    }
  });

  it('says nothing when somebody launches from an image in the console', () => {
    const launch = rows.twins.find(({ twin }) => twin.includes('in the console'));
    expect(launch?.habit.severity).toBeUndefined();
    expect(launch?.signals).toEqual([]);
  });

  it('says nothing, not even the first time, when IMDSv1 is turned off on new instances', () => {
    const migration = rows.twins.find(({ twin }) => twin.includes('IMDSv2'));
    expect(migration?.first.severity).toBeUndefined();
    expect(migration?.habit.severity).toBeUndefined();
  });

  it('is told in docs/evaluation.md as it is', () => {
    const page = readFileSync(new URL('../../docs/evaluation.md', import.meta.url), 'utf8');
    expect(withSection(page, sectionOf(rows))).toBe(page);
  });

  it('does not depend on the order of arrival of a path or an opening with two principals over three days', async () => {
    const history = daysOf(everyday(), HISTORY_DAYS);
    const paths = [
      ...PATHS.map(({ play }) => recordsOf(play, expose, { two: true, days: true, exposed: true })),
      ...WAYS.map((way) => recordsOpened(way, { another: true, later: true })),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths).chain((records) =>
          fc.record({
            records: fc.constant(records),
            arrived: fc
              .tuple(fc.shuffledSubarray(records, { minLength: records.length }), fc.subarray([...records]))
              .map(([all, again]) => [...all, ...again]),
          }),
        ),
        async ({ records, arrived }) => {
          const inOrder = await verdictOn(history, records);
          expect((await verdictOn(history, arrived)).findings).toEqual(inOrder.findings);
        },
      ),
      { numRuns: Number(process.env.LAUNCHTRAIL_RUNS ?? 40) },
    );
  }, 300_000);
});
