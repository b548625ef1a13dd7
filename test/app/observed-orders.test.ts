import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Activity } from '../../core/activity/activity.ts';
import { DAY } from '../../core/history/facts.ts';
import { drifted, observed } from '../../core/records/inventory/activities.ts';
import { lost } from '../../core/records/inventory/coverage.ts';
import { gained } from '../../core/records/inventory/gained.ts';
import { baselineOf } from '../../core/records/inventory/seen.ts';
import { ACCOUNT, anActivity, HOUR, NOW } from '../builders.ts';
import {
  aChange,
  alice,
  anAttachment,
  anOpening,
  aSnapshot,
  COPY,
  INSTANCE,
  SNAPSHOT,
  someoneElse,
  started,
  watched,
} from '../fixtures/signals/cases.ts';
import { aSeenInstance } from '../seen.ts';
import { defined, findingsOf, RUNS } from './orders.ts';

const disk = { id: COPY, snapshot: SNAPSHOT };
const seen = aSeenInstance({ volumes: [...aSeenInstance().volumes, disk] });
const before = baselineOf(aSeenInstance());
const between = { since: NOW + HOUR, at: NOW + 2 * HOUR };
const grouped = aSeenInstance({ groups: ['sg-00000000000000001', 'sg-00000000000000009'] });

const snapshot = aSnapshot({ actor: alice, at: NOW - HOUR });
const launch = started({}, { actor: someoneElse, at: NOW + 2_000 });
/** Audits find whoever launches newly able, twice; the second does so after the launch. */
const gain = (found: number, given: number): Activity =>
  gained({
    account: ACCOUNT,
    region: 'us-east-1',
    found: NOW - found,
    at: NOW - given,
    arn: `arn:aws:iam::${ACCOUNT}:role/Other`,
    id: someoneElse.key,
    detail: 'launch an instance',
  });
const all: readonly Activity[] = [
  gain(12 * DAY, 13 * DAY),
  gain(-2 * DAY, 5 * DAY),
  ...watched,
  snapshot,
  observed(seen),
  observed(aSeenInstance({ id: 'i-00000000000000002' })),
  launch,
  anOpening({ actor: alice, at: NOW + HOUR / 2 }),
  aChange('instance.modify', { actor: alice, at: NOW + 1.5 * HOUR, groups: ['sg-00000000000000009'] }),
  drifted('security groups', grouped, before, between),
  drifted('user data', aSeenInstance({ userData: 'other' }), before, between),
  drifted('volumes', seen, before, between),
  anAttachment({ actor: alice, at: NOW + 1.6 * HOUR }),
  lost({ account: ACCOUNT, region: 'eu-west-1', at: NOW + 3 * HOUR, what: 'heartbeat', detail: 'silent' }),
  anActivity({ kind: 'coverage.disable', action: 'events:DisableRule', actor: alice, at: NOW + 3 * HOUR }),
];

/** Some of them, in some order, some twice, in batches. */
const deliveries = fc.subarray([...all.keys()], { minLength: 3 }).chain((some) =>
  fc.record({
    some: fc.constant(some),
    order: fc.shuffledSubarray([...some, ...some.slice(0, 3)], {
      minLength: some.length + Math.min(3, some.length),
    }),
    size: fc.integer({ min: 1, max: 4 }),
  }),
);

describe('what was only seen, among records', () => {
  it('ends in the findings that the definition means, in any order and however often', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ some, order, size }) => {
        const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, index) =>
          order.slice(index * size, (index + 1) * size).map((each) => all[each] as Activity),
        );
        const expected = defined(some.map((each) => all[each] as Activity));
        expect(await findingsOf(batches)).toEqual(expected);
      }),
      { ...RUNS, numRuns: Math.min(RUNS.numRuns, 1000) },
    );
  });

  it('is told as long as no record explains it', () => {
    const signals = (activities: readonly Activity[]): string[] =>
      defined([...watched, ...activities])
        .flatMap(({ members }) => members)
        .flatMap(({ activity, evidence }) => evidence.map(({ signal }) => `${activity.id} ${signal}`));
    const unexplained = `seen-${INSTANCE} unrecorded-launch`;
    expect(signals([observed(seen)])).toContain(unexplained);
    expect(signals([observed(seen), launch])).not.toContain(unexplained);
    expect(signals([snapshot, observed(seen)])).toContain(`seen-${INSTANCE} copied-data-on-instance`);
  });
});
