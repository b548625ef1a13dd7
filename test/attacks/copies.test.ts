import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition } from '../../core/definition.ts';
import { defaultPolicy as policy } from '../../core/policy/policy.ts';
import {
  activitiesOf,
  createKeyPair,
  createSnapshot,
  DAY,
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

const [alice, bob] = [user('alice'), user('bob')];
const ordinary = [20, 15].map((days) =>
  createKeyPair({ id: `known-${days}`, at: TODAY - days * DAY, by: bob }),
);
const snapshot = createSnapshot({ id: 'snapshot', at: TODAY + 12 * HOUR, by: alice }, 'vol-1', 'snap-1');
const share = { id: 'share', at: TODAY + 13 * HOUR, by: alice };
const after = [
  launchFrom({ id: 'launch', at: TODAY + 14 * HOUR, by: alice }, 'snap-1', 'i-1', 'sg-1'),
  openToTheWorld({ id: 'opening', at: TODAY + 15 * HOUR, by: alice }, 'sg-1'),
];
const shared = (change: object) => shareSnapshot({ ...share, ...change }, 'snap-1', '999988887777');

describe('a record that comes again under its id', () => {
  it.each([
    ['with a later time', { at: share.at + 5 * HOUR }],
    ['with an earlier time, of a day before', { at: share.at - 26 * HOUR }],
    ['of another subject', { by: bob }],
    ['with another time and of another subject', { at: share.at + HOUR, by: bob }],
  ])('%s settles, whichever of the two came first, and however often they come', async (_, change) => {
    const [first, again] = [shared({}), shared(change)];
    const expected = byId(definition(activitiesOf([...ordinary, snapshot, first, again, ...after]), policy));
    expect(expected.flatMap(({ members }) => members).length).toBeGreaterThan(3);
    for (const [one, other] of [
      [first, again],
      [again, first],
    ] as const) {
      await using detect = await startDetect(built.file);
      await detect.deliver([...ordinary, snapshot, one, ...after]);
      await detect.deliver([other]);
      expect(await detect.findings()).toEqual(expected);
      for (const each of [one, other, one]) await detect.deliver([each]);
      expect(await detect.findings()).toEqual(expected);
      expect(detect.dead).toEqual([]);
      // what comes again changes nothing, and so it takes a few looks and no more
      expect(Math.max(...detect.calls.slice(-3))).toBeLessThan(100);
    }
  });
});
