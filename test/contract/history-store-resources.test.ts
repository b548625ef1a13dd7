import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryStore, Stretch } from '../../app/ports.ts';
import { type Activity, copyKey } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import { DAY } from '../../core/history/facts.ts';
import { ACCOUNT, activities, activityOf, actorOf, NOW, ownEntry, resourceEntry } from './documents.ts';
import { BACKENDS } from './stores.ts';

const SNAPSHOT = 'snap-0a1b2c3d4e5f60718';
const VOLUME = 'vol-0a1b2c3d4e5f60718';
const OTHER_ACCOUNT = '444455556666';
const RETENTION = 90 * DAY;

describe.each(BACKENDS)('$name history store', ({ start }) => {
  let backend: Awaited<ReturnType<typeof start>>;
  let store: HistoryStore;
  let other: HistoryStore;

  beforeAll(async () => {
    backend = await start();
  });
  afterAll(() => backend.stop());
  beforeEach(async () => {
    ({ store, other } = await backend.history());
  });

  const always = { from: 0, to: Number.POSITIVE_INFINITY };
  const own = ({ account, actor }: Activity): Stretch => ({ account, subject: subjectKey(actor), ...always });
  const about = (resource: string): Stretch => ({ account: '~', subject: resource, ...always });
  const one = async (stretch: Stretch, asOf = NOW) => (await other.stretches([stretch], asOf))[0];

  describe('the timeline of a resource', () => {
    it('holds the same activity as that of its subject and those of other resources, each exactly', async () => {
      const activity = activityOf({
        actor: { ...actorOf('AROA1'), arn: `arn:aws:iam::${ACCOUNT}:role/Deploy` },
      });
      const entries = [
        ownEntry(activity),
        resourceEntry(SNAPSHOT, activity),
        resourceEntry(VOLUME, activity),
      ];
      await store.remember(entries);
      const stretches = [own(activity), about(SNAPSHOT), about(VOLUME), about('vol-other')];
      expect(await other.stretches(stretches, NOW)).toStrictEqual([[activity], [activity], [activity], []]);

      await other.remember(entries.toReversed());
      await store.remember([...entries, ...entries]);
      expect(await other.stretches(stretches, NOW)).toStrictEqual([[activity], [activity], [activity], []]);
    });

    it('holds activities of several accounts and subjects in order of time', async () => {
      const some = [
        activityOf({ id: 'z', at: NOW, actor: actorOf('AROA1') }),
        activityOf({ id: 'a', at: NOW + 1, account: OTHER_ACCOUNT, actor: actorOf('AROA2') }),
        activityOf({ id: 'b', at: NOW + 1, actor: actorOf('AROA1') }),
        activityOf({ id: 'c', at: NOW + 1, account: OTHER_ACCOUNT, actor: actorOf('AROA1') }),
        activityOf({ id: 'a', at: NOW + 2, actor: actorOf('AROA3') }),
      ];
      for (const activity of [...some.slice(3), ...some.slice(0, 3)]) {
        await store.remember([resourceEntry(SNAPSHOT, activity)]);
      }
      expect(await one(about(SNAPSHOT))).toStrictEqual(some);
      expect(await one({ ...about(SNAPSHOT), limit: 2 })).toStrictEqual(some.slice(0, 2));
      expect(await one({ ...about(SNAPSHOT), limit: 3, newestFirst: true })).toStrictEqual(some.slice(2));
      expect(await one({ ...about(SNAPSHOT), from: NOW + 1, to: NOW + 1 })).toStrictEqual(some.slice(1, 4));
    });

    it('keeps activities of two accounts apart that have one time and id', async () => {
      const [here, there] = [activityOf({ id: 'a' }), activityOf({ id: 'a', account: OTHER_ACCOUNT })];
      await store.remember([resourceEntry(SNAPSHOT, there), resourceEntry(SNAPSHOT, here)]);
      expect(await one(about(SNAPSHOT))).toStrictEqual([here, there]);
      expect(await one({ ...about(SNAPSHOT), limit: 1 })).toStrictEqual([here]);
      expect(await one({ ...about(SNAPSHOT), limit: 1, newestFirst: true })).toStrictEqual([there]);
      expect(await one({ ...about(SNAPSHOT), newestFirst: true })).toStrictEqual([here, there]);
    });

    it('keeps copies of one record apart that are of two subjects, and says of each whether it was there', async () => {
      const [first, second] = ['AROA1', 'AROA2'].map((key) =>
        activityOf({ id: 'a', actor: actorOf(key) }),
      ) as [Activity, Activity];
      const entries = (activity: Activity) => [resourceEntry(SNAPSHOT, activity), ownEntry(activity)];
      expect([...(await store.remember(entries(second)))]).toEqual([]);
      expect([...(await store.remember(entries(first)))]).toEqual([]);
      expect([...(await other.remember([first, second].flatMap(entries)))].sort()).toEqual(
        [first, second].map(copyKey),
      );
      expect(await one(about(SNAPSHOT))).toStrictEqual([first, second]);
      expect(await one(own(first))).toStrictEqual([first]);
      expect(await one(own(second))).toStrictEqual([second]);
    });

    it('shows an addendum once it is written there', async () => {
      await store.remember([resourceEntry(SNAPSHOT, activityOf({ id: 'a' }))]);
      const amended = activityOf({ id: 'a', region: 'eu-central-1' });
      await store.remember([resourceEntry(SNAPSHOT, amended)]);
      expect(await one(about(SNAPSHOT))).toStrictEqual([amended]);
    });

    it('is apart from that of a subject whose key is the same', async () => {
      const activity = activityOf({ actor: actorOf(SNAPSHOT) });
      await store.remember([ownEntry(activity)]);
      expect(await one(about(SNAPSHOT))).toEqual([]);
      await store.remember([resourceEntry(SNAPSHOT, activity)]);
      expect(await one(about(SNAPSHOT))).toStrictEqual([activity]);
      expect(await one(own(activity))).toStrictEqual([activity]);
    });

    it('may bear a long name in any script', async () => {
      const names = ['日'.repeat(1000), `${'日'.repeat(1000)}!`, 'arn:aws:ec2:é/#x'];
      await store.remember(names.map((name) => resourceEntry(name, activityOf({ id: name.slice(-3) }))));
      const found = await other.stretches(names.map(about), NOW);
      expect(found.map((some) => some.map(({ id }) => id))).toEqual(names.map((name) => [name.slice(-3)]));
    });

    it('does not return what has outlived its time', async () => {
      const [old, young] = [
        activityOf({ id: 'old', at: NOW - RETENTION }),
        activityOf({ id: 'young', at: NOW - RETENTION + 1000 }),
      ];
      await store.remember([resourceEntry(SNAPSHOT, old), resourceEntry(SNAPSHOT, young)]);
      expect(await one(about(SNAPSHOT))).toStrictEqual([young]);
      expect(await one(about(SNAPSHOT), NOW - 1000)).toStrictEqual([old, young]);
    });

    it('gives back any activity exactly as it was, as that of its subject does', async () => {
      const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(activities, name, fc.boolean(), async (activity, some, isActor) => {
          const resource = isActor ? activity.actor.key : some;
          await store.remember([resourceEntry(resource, activity), ownEntry(activity)]);
          const moment = { from: activity.at, to: activity.at };
          const [copies = [], owned = []] = await other.stretches(
            [
              { ...about(resource), ...moment },
              { ...own(activity), ...moment },
            ],
            activity.at,
          );
          const isIt = ({ id, account }: Activity) => id === activity.id && account === activity.account;
          expect(copies.filter(isIt)).toStrictEqual([activity]);
          expect(owned.filter(isIt)).toStrictEqual([activity]);
        }),
        { numRuns: 100 },
      );
    });
  });
});
