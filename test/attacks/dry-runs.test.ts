import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition } from '../../core/definition.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import { monstrousText } from '../sizes/monstrous.ts';
import {
  activitiesOf,
  createKeyPair,
  createSnapshot,
  DAY,
  dryRun,
  guard,
  HOUR,
  launchFrom,
  openToTheWorld,
  shareSnapshot,
  TODAY,
  user,
} from './calls.ts';
import { builtDetect, byId, startDetect } from './detect.ts';

let built: Awaited<ReturnType<typeof builtDetect>>;
beforeAll(async () => {
  built = await builtDetect();
});
afterAll(() => built[Symbol.asyncDispose]());

const alice = user('alice');
const TRIES = 500;

/** An account watched for twenty days in which others work. */
const ordinary = [20, 15, 10, 5].map((days) =>
  createKeyPair({ id: `known-${days}`, at: TODAY - days * DAY, by: user('bob') }),
);

/** A disk copied, the guard of its like switched off, the copy given away, put onto an instance, and that opened to the world. */
const theft = [
  createSnapshot({ id: 'snapshot', at: TODAY + 12 * HOUR, by: alice }, 'vol-1', 'snap-1'),
  guard({ id: 'guard', at: TODAY + 12.5 * HOUR, by: alice }, false),
  shareSnapshot({ id: 'share', at: TODAY + 13 * HOUR, by: alice }, 'snap-1', '999988887777'),
  launchFrom({ id: 'launch', at: TODAY + 14 * HOUR, by: alice }, 'snap-1', 'i-1', 'sg-1'),
  openToTheWorld({ id: 'opening', at: TODAY + 15 * HOUR, by: alice }, 'sg-1'),
];

/** As many tries as asked for, evenly spread from one time to another, as the same user, no two alike. */
function tries(from: number, to: number, count: number): object[] {
  const text = monstrousText(from);
  return Array.from({ length: count }, (_, index) =>
    dryRun(
      { id: `try-${from}-${index}`, at: from + Math.floor(((to - from) * index) / count), by: alice },
      text,
    ),
  );
}

/** What is said of the steps of the theft, by step; without what is said of the tries before. */
const saidOf = (findings: readonly FindingRecord[]) =>
  Object.fromEntries(
    findings
      .flatMap(({ members }) => members)
      .filter(({ activity }) => theft.some(({ eventID }) => eventID === activity.id))
      .map(({ activity, evidence }) => [
        activity.id,
        evidence.filter(({ signal }) => signal !== 'refused-attempts'),
      ]),
  );

describe('five hundred tries with fifty random tags each, then a theft by the same user', () => {
  let alone: readonly FindingRecord[];
  beforeAll(async () => {
    await using detect = await startDetect(built.file);
    await detect.deliver([...ordinary, ...theft]);
    alone = await detect.findings();
    // switching a guard off is told by what is done without it
    expect(alone.map(({ severity, members }) => [severity, members.length])).toEqual([['critical', 4]]);
  });

  it('is judged as if they had not been, where they were on the day before', async () => {
    const records = [...ordinary, ...tries(TODAY - 20 * HOUR, TODAY - 14 * HOUR, TRIES), ...theft];
    await using detect = await startDetect(built.file);
    await detect.deliver(records);
    console.log('dry runs:', detect.figures());
    const found = await detect.findings();
    expect(found).toEqual(byId(definition(activitiesOf(records), policy)));
    expect(found.filter(({ id }) => alone.some((each) => each.id === id))).toEqual(alone);
    expect(detect.dead).toEqual([]);
    expect(detect.most().mb).toBeLessThan(256);
  }, 120_000);

  it('is judged as badly where they were made before each of its steps', async () => {
    const records = [
      ...ordinary,
      ...theft.flatMap((step) => {
        const at = Date.parse(String(step.eventTime));
        return [...tries(at - HOUR / 2, at - 1, TRIES / theft.length), step];
      }),
    ];
    await using detect = await startDetect(built.file);
    await detect.deliver(records);
    console.log('dry runs:', detect.figures());
    const found = await detect.findings();
    expect(found).toEqual(byId(definition(activitiesOf(records), policy)));
    expect(saidOf(found)).toEqual(saidOf(alone));
    expect(found.map(({ severity }) => severity)).toEqual(['critical']);
    expect(detect.dead).toEqual([]);
    expect(detect.most().mb).toBeLessThan(256);
  }, 120_000);
});
