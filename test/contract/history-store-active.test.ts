import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryStore } from '../../app/ports.ts';
import { type Activity, copyKey } from '../../core/activity/activity.ts';
import type { Actor } from '../../core/activity/actor.ts';
import { WEEK } from '../../core/findings/sessions.ts';
import type { Entry } from '../../core/lineage/timelines.ts';
import { ACCOUNT, activityOf, actorOf, NOW, ownEntry, resourceEntry } from './documents.ts';
import { BACKENDS } from './stores.ts';

const OTHER_ACCOUNT = '444455556666';
const THIS_WEEK = Math.floor(NOW / WEEK);

/** As an activity is kept that nobody looks back at. */
const asideEntry = (activity: Activity): Entry => ({
  ...ownEntry(activity),
  account: `~${activity.account}`,
});

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

  describe('what was there before', () => {
    const at = (offset: number, id: string, changes: Partial<Activity> = {}): Activity =>
      activityOf({ id, at: NOW + offset, ...changes });
    const known = async (writer: HistoryStore, ...entries: Entry[]) =>
      [...(await writer.remember(entries))].sort();

    it('is nothing at first, and at the second delivery what came with the first, whoever wrote it', async () => {
      expect(await known(store, ownEntry(at(0, 'a')), ownEntry(at(1, 'b')))).toEqual([]);
      expect(await known(other, ownEntry(at(1, 'b')), ownEntry(at(2, 'c')))).toEqual([copyKey(at(1, 'b'))]);
      expect(await known(store, ownEntry(at(0, 'a')), ownEntry(at(2, 'c')), ownEntry(at(3, 'd')))).toEqual([
        copyKey(at(0, 'a')),
        copyKey(at(2, 'c')),
      ]);
      expect(await known(store)).toEqual([]);
    });

    it('is told also of what nobody looks back at', async () => {
      expect(await known(store, asideEntry(at(0, 'a')))).toEqual([]);
      expect(await known(other, asideEntry(at(0, 'a')))).toEqual([copyKey(at(0, 'a'))]);
    });

    it('is told by the timeline of the subject alone: a worker may have died before it wrote that', async () => {
      const resource = resourceEntry('snap-1', at(0, 'a'));
      expect(await known(store, resource)).toEqual([]);
      expect(await known(store, resource, ownEntry(at(0, 'a')))).toEqual([]);
      expect(await known(store, resource)).toEqual([]);
      expect(await known(store, ownEntry(at(0, 'a')), resource)).toEqual([copyKey(at(0, 'a'))]);
    });

    it('is not what happened in another account or at another time under the same id', async () => {
      await store.remember([ownEntry(at(0, 'a'))]);
      expect(await known(store, ownEntry(at(0, 'a', { account: OTHER_ACCOUNT })))).toEqual([]);
      expect(await known(store, ownEntry(at(1, 'a')))).toEqual([]);
    });

    it('is told also of what came long ago', async () => {
      const some = Array.from({ length: 30 }, (_, index) => at(index, `e${index}`));
      const resources = some.map((activity) => resourceEntry('snap-1', activity));
      const others = some.map((activity) => ownEntry({ ...activity, id: `other ${activity.id}` }));
      await store.remember([...resources, ...others]);
      expect(await known(other, ...resources)).toEqual([]);
      expect(await known(other, ...some.map(ownEntry))).toEqual([]);
      expect(await known(other, ...some.map(ownEntry))).toEqual(some.map(copyKey).sort());
    });
  });

  describe('who was active', () => {
    const by = (actor: Actor, at = NOW, account = ACCOUNT): Activity =>
      // an id is part of a key, too, and no cloud has long ones
      activityOf({ id: `${actor.key.length}${[...actor.key].slice(-4).join('')}${at}`, at, account, actor });
    const active = (from = '', limit = 99, prefix = from, week = THIS_WEEK) =>
      other.active(ACCOUNT, week, prefix, from, limit);
    const write = (...some: Activity[]) => store.remember(some.map(ownEntry));

    it('is who did something in that week and account, and nobody else', async () => {
      const monday = THIS_WEEK * WEEK;
      await write(
        by(actorOf('first'), monday),
        by(actorOf('last'), monday + WEEK - 1),
        by(actorOf('before'), monday - 1),
        by(actorOf('after'), monday + WEEK),
        by(actorOf('elsewhere'), monday, OTHER_ACCOUNT),
        by({ ...actorOf('AROA1'), person: { key: 'alice', label: 'Alice' } }),
      );
      await store.remember([
        asideEntry(by(actorOf('aside'))),
        resourceEntry('snap-1', by(actorOf('resource'))),
      ]);
      expect(await active()).toEqual(['AROA1/alice', 'aside', 'first', 'last']);
      expect(await active('', 99, '', THIS_WEEK - 1)).toEqual(['before']);
      expect(await active('', 99, '', THIS_WEEK + 1)).toEqual(['after']);
      expect(await other.active(OTHER_ACCOUNT, THIS_WEEK, '', '', 99)).toEqual(['elsewhere']);
      expect(await other.active('~', THIS_WEEK, '', '', 99)).toEqual([]);
      expect(await other.active('999999999999', THIS_WEEK, '', '', 99)).toEqual([]);
    });

    it('is named once, however often and in however many weeks it was active', async () => {
      for (const week of [0, 1, 0]) await write(by(actorOf('x'), NOW + week * WEEK));
      await write(by(actorOf('x'), NOW + 5), by(actorOf('x'), NOW + 6));
      expect(await active()).toEqual(['x']);
      expect(await active('', 99, '', THIS_WEEK + 1)).toEqual(['x']);
    });

    it('is given by the beginning of its key, from one on, in order of the keys and no more than asked for', async () => {
      const keys = ['AROA1', 'AROA1/alice', 'AROA1/bob', 'AROA1/carol', 'AROA10/eve', 'AROA2', 'ünal'];
      await write(...keys.toReversed().map((key) => by(actorOf(key))));
      expect(await active()).toEqual(keys);
      expect(await active('AROA1/')).toEqual(['AROA1/alice', 'AROA1/bob', 'AROA1/carol']);
      expect(await active('AROA1')).toEqual(keys.slice(0, 5));
      expect(await active('nobody')).toEqual([]);
      expect(await active('', 3)).toEqual(keys.slice(0, 3));
      expect(await active('AROA1/bob', 99, 'AROA1/')).toEqual(['AROA1/bob', 'AROA1/carol']);
      expect(await active('AROA1/bob ', 99, 'AROA1/')).toEqual(['AROA1/carol']);
      expect(await active('AROA1/bob', 1, 'AROA1/')).toEqual(['AROA1/bob']);
      expect(await active('AROA1/x', 99, 'AROA1/')).toEqual([]);
    });

    /** Everyone, a few at a time, each time from the next on or from behind the last. */
    const byPages = async (prefix: string, limit: number, behind = false): Promise<string[]> => {
      const found: string[] = [];
      for (let from: string | undefined = prefix; from !== undefined; ) {
        const page: string[] = await active(from, behind ? limit : limit + 1, prefix);
        found.push(...page.slice(0, limit));
        from = page.length < limit ? undefined : behind ? `${page.at(-1)} ` : page[limit];
      }
      return found;
    };

    it('is whole where the key is too long for the store, and comes in its turn', async () => {
      const role = '日'.repeat(256);
      const keys = ['本', '本'.repeat(255), '語', '𠮷', 'a'].flatMap((end) =>
        ['', '1', '2', '3'].map((more) => `${role}/${'本'.repeat(250)}${end}${more}`),
      );
      await write(...keys.map((key) => by(actorOf(key))), by(actorOf('b')));
      expect((await active(`${role}/`)).sort()).toEqual(keys.toSorted());
      expect((await byPages(`${role}/`, 3)).sort()).toEqual(keys.toSorted());
      expect((await byPages(`${role}/`, 3, true)).sort()).toEqual(keys.toSorted());
      expect(await active(keys[5])).toEqual([keys[5]]);
    });

    it('is named once by pages of any size, whatever the keys', async () => {
      const key = fc.string({
        unit: fc.constantFrom('a', 'B', '/', '#', 'é', '日', 'Ａ', '😀'),
        minLength: 1,
        maxLength: 4,
      });
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(key, { maxLength: 12 }),
          fc.integer({ min: 1, max: 4 }),
          async (keys, limit) => {
            ({ store, other } = await backend.history());
            await write(...keys.map((each) => by(actorOf(each))));
            expect((await byPages('', limit)).sort()).toEqual(keys.toSorted());
            expect((await byPages('', limit, true)).sort()).toEqual(keys.toSorted());
            for (const prefix of keys.slice(0, 2)) {
              const wanted = keys.filter((each) => each.startsWith(prefix));
              expect((await byPages(prefix, limit)).sort()).toEqual(wanted.sort());
            }
          },
        ),
        { numRuns: 40 },
      );
    });

    it('is found among thousands', async () => {
      const keys = Array.from({ length: 3000 }, (_, index) => `AROA${String(index).padStart(4, '0')}`);
      await write(...keys.map((each) => by(actorOf(each))));
      expect(await active('', 5000)).toEqual(keys);
      expect(await active('AROA2990', 3)).toEqual(keys.slice(2990, 2991));
      expect(await active('AROA2990', 3, 'AROA')).toEqual(keys.slice(2990, 2993));
    });
  });
});
