import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryStore } from '../../app/ports.ts';
import { type Activity, copyKey } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import { DAY } from '../../core/history/facts.ts';
import { partEntry, RESOURCES } from '../../core/lineage/timelines.ts';
import { ACCOUNT, activities, activityOf, actorOf, NOW, ownEntry } from './documents.ts';
import { BACKENDS } from './stores.ts';

const SUBJECT = 'AROAEXAMPLE';
const SECOND = 1000;
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

  const stretch = { account: ACCOUNT, subject: SUBJECT, from: 0, to: Number.POSITIVE_INFINITY };
  const timeline = async (
    changes: Partial<typeof stretch> & { limit?: number; newestFirst?: boolean } = {},
  ) => {
    const [found = []] = await store.stretches([{ ...stretch, ...changes }], NOW);
    return found;
  };
  const ids = async (changes: Parameters<typeof timeline>[0] = {}) =>
    (await timeline(changes)).map(({ id }) => id);
  const at = (offset: number, id: string): Activity => activityOf({ id, at: NOW + offset });
  const write = (some: readonly Activity[]) => store.remember(some.map(ownEntry));

  describe('activities', () => {
    it('are kept once, however often they are delivered', async () => {
      await write([at(0, 'a'), at(0, 'a')]);
      await other.remember([at(0, 'a'), at(1, 'b')].map(ownEntry));
      expect(await ids()).toEqual(['a', 'b']);
    });

    it('are replaced by a later delivery of the same record, as an addendum is', async () => {
      await write([at(0, 'a')]);
      const amended = activityOf({ id: 'a', region: 'eu-central-1' });
      await write([amended]);
      expect(await timeline()).toEqual([amended]);
    });

    it('come in order of time whatever the order they were written in', async () => {
      await write([at(3, 'd'), at(1, 'b')]);
      await write([at(2, 'c')]);
      await write([at(0, 'a')]);
      expect(await ids()).toEqual(['a', 'b', 'c', 'd']);
    });

    it('are taken out of one timeline and stay in the others', async () => {
      await write([at(0, 'a'), at(1, 'b')]);
      const inAnother = { account: RESOURCES, subject: 'snapshot/snap-1', activity: at(0, 'a') };
      await store.remember([inAnother]);
      await other.forget([ownEntry(at(0, 'a')), ownEntry(at(2, 'never there'))]);
      expect(await ids()).toEqual(['b']);
      expect(await ids({ account: RESOURCES, subject: 'snapshot/snap-1' })).toEqual(['a']);
      expect([...(await write([at(0, 'a')]))]).toEqual([]);
    });

    it('that are parts of an act are known again, and make nobody active', async () => {
      const part = { ...at(0, 'x:ended'), part: { act: 'x', phase: 'ended' } } as const;
      expect([...(await store.remember([partEntry(part)]))]).toEqual([]);
      expect([...(await other.remember([partEntry(part)]))]).toEqual([copyKey(part)]);
      const week = Math.floor(NOW / (7 * DAY));
      expect(await store.active(ACCOUNT, week, '', '', 10)).toEqual([]);
    });

    it('of one moment are ordered by id', async () => {
      await write([at(0, 'c'), at(0, 'a'), at(0, 'b')]);
      expect(await ids()).toEqual(['a', 'b', 'c']);
      expect(await ids({ limit: 2 })).toEqual(['a', 'b']);
      expect(await ids({ limit: 2, newestFirst: true })).toEqual(['b', 'c']);
    });

    it('at both ends of a stretch belong to it, those a millisecond outside do not', async () => {
      await write([at(-1, 'before'), at(0, 'first'), at(5, 'last'), at(6, 'after')]);
      expect(await ids({ from: NOW, to: NOW + 5 })).toEqual(['first', 'last']);
    });

    it('are limited from the end asked for and still come oldest first', async () => {
      await write(Array.from({ length: 10 }, (_, index) => at(index, `e${index}`)));
      expect(await ids({ limit: 3 })).toEqual(['e0', 'e1', 'e2']);
      expect(await ids({ limit: 3, newestFirst: true })).toEqual(['e7', 'e8', 'e9']);
      expect(await ids({ limit: 30, newestFirst: true })).toHaveLength(10);
      expect(await ids({ limit: 0 })).toEqual([]);
    });

    it('of several stretches come in the order of the stretches, empty ones included', async () => {
      await write([
        at(0, 'a'),
        activityOf({ id: 'b', actor: actorOf('AROAOTHER') }),
        activityOf({ id: 'c', account: '444455556666' }),
      ]);
      const found = await store.stretches(
        [
          { ...stretch, subject: 'AROAOTHER' },
          { ...stretch, subject: 'nobody' },
          stretch,
          { ...stretch, account: '444455556666' },
          { ...stretch, from: NOW + 1, to: NOW },
        ],
        NOW,
      );
      expect(found.map((some) => some.map(({ id }) => id))).toEqual([['b'], [], ['a'], ['c'], []]);
    });

    it('of a person behind a role are not those of the role', async () => {
      const actor = { ...actorOf(SUBJECT), person: { key: 'alice@example.com', label: 'alice' } };
      await write([activityOf({ id: 'a', actor })]);
      expect(await ids()).toEqual([]);
      expect(await ids({ subject: `${SUBJECT}/alice@example.com` })).toEqual(['a']);
    });

    it('are found under keys that are long or in any script', async () => {
      const longest = '日'.repeat(256);
      const person = { key: '本'.repeat(500), label: 'x' };
      const some = [
        activityOf({ id: 'é-1', actor: actorOf('Jürgen/оператор') }),
        activityOf({ id: 'a', actor: actorOf(longest) }),
        activityOf({ id: 'b', actor: { ...actorOf(longest), person } }),
        activityOf({ id: 'c', actor: { ...actorOf(longest), person: { ...person, key: `${person.key}!` } } }),
      ];
      await write(some);
      for (const activity of some) {
        expect(await timeline({ subject: subjectKey(activity.actor) })).toEqual([activity]);
      }
    });

    it('in any number fill as many pages as they need', async () => {
      const tagKeys = Array.from({ length: 50 }, (_, index) => `${'k'.repeat(100)}${index}`);
      const launch = { count: 1, types: [], images: [], snapshots: [], groups: [], tagKeys };
      const many = Array.from({ length: 300 }, (_, index) =>
        activityOf({ id: `e${String(index).padStart(3, '0')}`, at: NOW + index, launch }),
      );
      await write(many);
      expect(await timeline()).toEqual(many);
      expect(await timeline({ limit: 250, newestFirst: true })).toEqual(many.slice(50));
    });

    it('are not returned once they have outlived their time', async () => {
      const old = NOW - RETENTION;
      await write([
        activityOf({ id: 'expired', at: old }),
        activityOf({ id: 'last to expire', at: old + SECOND - 1 }),
        activityOf({ id: 'alive', at: old + SECOND }),
      ]);
      expect(await ids()).toEqual(['alive']);
      expect(await ids({ from: old, limit: 1 })).toEqual(['alive']);
      const [earlier = []] = await store.stretches([stretch], NOW - SECOND);
      expect(earlier.map(({ id }) => id)).toEqual(['expired', 'last to expire', 'alive']);
    });

    it('of an empty batch are none', async () => {
      await write([]);
      expect(await store.stretches([], NOW)).toEqual([]);
    });

    it('come back exactly as they were, each field there or not', async () => {
      await fc.assert(
        fc.asyncProperty(activities, async (activity) => {
          await write([activity]);
          const { account, at: moment } = activity;
          const subject = subjectKey(activity.actor);
          const [found = []] = await other.stretches(
            [{ account, subject, from: moment, to: moment }],
            moment,
          );
          expect(found.find(({ id }) => id === activity.id)).toStrictEqual(activity);
        }),
        { numRuns: 100 },
      );
    });

    it('give every stretch its exact answer', async () => {
      const some = fc.array(
        fc.record({ offset: fc.nat(20), id: fc.constantFrom('a', 'b', 'c'), who: fc.constantFrom('x', 'y') }),
        { maxLength: 40 },
      );
      const question = fc.record({
        from: fc.nat(20),
        to: fc.nat(20),
        limit: fc.option(fc.nat(10), { nil: undefined }),
        newestFirst: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(some, question, async (written, { from, to, limit, newestFirst }) => {
          ({ store, other } = await backend.history());
          for (const { offset, id, who } of written) {
            await write([activityOf({ id, at: NOW + offset, actor: actorOf(who) })]);
          }
          const expected = [
            ...new Set(written.filter(({ who }) => who === 'x').map(({ offset, id }) => `${offset}${id}`)),
          ]
            .map((key) => ({ offset: Number(key.slice(0, -1)), id: key.slice(-1) }))
            .filter(({ offset }) => from <= offset && offset <= to)
            .sort((a, b) => a.offset - b.offset || (a.id < b.id ? -1 : 1));
          const kept = newestFirst
            ? expected.slice(-(limit ?? 99) || expected.length)
            : expected.slice(0, limit);
          const found = await timeline({
            subject: 'x',
            from: NOW + from,
            to: NOW + to,
            newestFirst,
            ...(limit !== undefined && { limit }),
          });
          expect(found.map(({ at: moment, id }) => ({ offset: moment - NOW, id }))).toEqual(kept);
        }),
        { numRuns: 20 },
      );
    });
  });
});
