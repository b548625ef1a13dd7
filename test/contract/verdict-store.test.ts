import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { placeOf } from '../../app/place.ts';
import type { Place, VerdictStore } from '../../app/ports.ts';
import type { Activity } from '../../core/activity/activity.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { MAX_BEHIND } from '../../core/findings/finding.ts';
import { DAY } from '../../core/history/facts.ts';
import { ACCOUNT, activityOf, actorOf, hex, largeVerdict, NOW, verdictOf, verdicts } from './documents.ts';
import { BACKENDS } from './stores.ts';

const SUBJECT = 'AROAEXAMPLE';
const OTHER_ACCOUNT = '444455556666';

describe.each(BACKENDS)('$name verdict store', ({ start }) => {
  let backend: Awaited<ReturnType<typeof start>>;
  let store: VerdictStore;
  let other: VerdictStore;

  beforeAll(async () => {
    backend = await start();
  });
  afterAll(() => backend.stop());
  beforeEach(async () => {
    ({ store, other } = await backend.verdicts());
  });

  const at = (offset: number, id: string, changes: Partial<Activity> = {}): Assessment =>
    verdictOf(activityOf({ id, at: NOW + offset, ...changes }));
  const saveAll = async (...some: Assessment[]) => {
    for (const verdict of some) expect(await store.save(verdict, 0)).toBe(true);
  };
  const place = (offset: number, id: string): Place => ({
    account: ACCOUNT,
    subject: SUBJECT,
    at: NOW + offset,
    id,
  });
  const ids = (some: readonly { value: Assessment }[]): string[] =>
    [...new Set(some.map(({ value }) => value.activity.id))].sort();
  const near = async (where: Place, count: number, within: number) =>
    ids(await other.near([where], count, within));
  const every = async () => {
    const found: Assessment[] = [];
    for await (const verdict of store.all()) found.push(verdict);
    return found;
  };

  it('knows nothing before anything is saved', async () => {
    expect(await near(place(0, 'a'), 10, DAY)).toEqual([]);
    expect(await store.at([place(0, 'a')])).toEqual([]);
    expect(await every()).toEqual([]);
    expect(await store.near([], 10, DAY)).toEqual([]);
    expect(await store.at([])).toEqual([]);
  });

  describe('near a place', () => {
    it('has the verdict there and the nearest on either side', async () => {
      await saveAll(...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id, index) => at(index, id)));
      expect(await near(place(3, 'd'), 2, DAY)).toEqual(['b', 'c', 'd', 'e', 'f']);
      expect(await near(place(0, 'a'), 2, DAY)).toEqual(['a', 'b', 'c']);
      expect(await near(place(6, 'g'), 2, DAY)).toEqual(['e', 'f', 'g']);
      expect(await near(place(3, 'd'), 1, DAY)).toEqual(['c', 'd', 'e']);
    });

    it('has those that lie just as far as is asked for, on either side, and none beyond', async () => {
      await saveAll(at(0, 'a'), at(1, 'b'), at(10, 'c'), at(19, 'd'), at(20, 'e'), at(21, 'f'));
      expect(await near(place(10, 'c'), 9, 9)).toEqual(['b', 'c', 'd']);
      expect(await near(place(10, 'c'), 9, 10)).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(await near(place(10, 'c'), 9, 0)).toEqual(['c']);
    });

    it('orders those of one moment by id', async () => {
      await saveAll(...['e', 'a', 'c', 'b', 'd'].map((id) => at(0, id)));
      expect(await near(place(0, 'c'), 1, 0)).toEqual(['b', 'c', 'd']);
      expect(await near(place(0, 'a'), 1, 0)).toEqual(['a', 'b']);
      expect(await near(place(0, 'e'), 1, 0)).toEqual(['d', 'e']);
    });

    it('has nothing of another subject or account', async () => {
      const bob = { ...actorOf(SUBJECT), person: { key: 'bob', label: 'bob' } };
      await saveAll(
        at(0, 'a'),
        at(0, 'b', { actor: actorOf('AROAOTHER') }),
        at(0, 'c', { account: OTHER_ACCOUNT }),
        at(0, 'd', { actor: bob }),
      );
      expect(await near(place(0, 'a'), 9, DAY)).toEqual(['a']);
      expect(await near({ ...place(0, 'x'), account: OTHER_ACCOUNT }, 9, DAY)).toEqual(['c']);
      expect(await near({ ...place(0, 'x'), subject: `${SUBJECT}/bob` }, 9, DAY)).toEqual(['d']);
    });

    it('may ask for what lies before all time', async () => {
      await saveAll(at(0, 'a'));
      expect(await near({ ...place(0, 'a'), at: 5 }, 9, 10)).toEqual([]);
      expect(await near(place(0, 'a'), 9, Number.MAX_SAFE_INTEGER / 2)).toEqual(['a']);
    });

    it('has what it should whatever the verdicts, the places and how far is asked, and never more than asked', async () => {
      const spot = fc.record({
        offset: fc.nat(12),
        id: fc.constantFrom('a', 'b', 'c'),
        who: fc.constantFrom('x', 'x', 'y'),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(spot, { maxLength: 30 }),
          fc.array(spot, { minLength: 1, maxLength: 3 }),
          fc.nat(3),
          fc.nat(14),
          async (saved, asked, count, within) => {
            ({ store, other } = await backend.verdicts());
            const unique = [...new Map(saved.map((each) => [JSON.stringify(each), each])).values()];
            for (const { offset, id, who } of unique)
              await store.save(at(offset, id, { actor: actorOf(who) }), 0);
            const places = asked.map(({ offset, id, who }) => ({ ...place(offset, id), subject: who }));
            const found = await other.near(places, count, within);

            const key = (who: string, offset: number, id: string) => `${who}${NOW + offset}${id}`;
            const wanted = asked.flatMap((here) => {
              const inOrder = unique
                .filter(({ who }) => who === here.who)
                .sort((a, b) => a.offset - b.offset || (a.id < b.id ? -1 : 1));
              const order = (each: typeof here) =>
                each.offset - here.offset || (each.id < here.id ? -1 : Number(each.id > here.id));
              return [
                ...inOrder.filter((each) => order(each) < 0).slice(count === 0 ? 99 : -count),
                ...inOrder.filter((each) => order(each) === 0),
                ...inOrder.filter((each) => order(each) > 0).slice(0, count),
              ].filter(({ offset }) => Math.abs(offset - here.offset) <= within);
            });
            const given = new Set(
              found.map(({ value: { activity } }) => `${activity.actor.key}${activity.at}${activity.id}`),
            );
            for (const { who, offset, id } of wanted) expect(given).toContain(key(who, offset, id));
            expect(found.length).toBeLessThanOrEqual(places.length * (2 * count + 1));
          },
        ),
        { numRuns: 100 },
      );
    });

    it('has the nearest of each alone where there are hundreds', async () => {
      const many = Array.from({ length: 300 }, (_, index) => at(index, `e${String(index).padStart(3, '0')}`));
      await Promise.all(many.map((verdict) => store.save(verdict, 0)));
      const found = await other.near([place(150, 'e150'), place(20, 'e020')], 3, DAY);
      const around = (middle: number) =>
        many.slice(middle - 3, middle + 4).map(({ activity }) => activity.id);
      expect(ids(found)).toEqual([...around(20), ...around(150)]);
    });
  });

  it('gives the verdicts at some places, where there are any', async () => {
    await saveAll(at(0, 'a'), at(0, 'b'), at(1, 'a'), at(0, 'c', { actor: actorOf('AROAOTHER') }));
    const found = await other.at([
      place(1, 'a'),
      place(0, 'a'),
      place(0, 'c'),
      place(2, 'a'),
      { ...place(0, 'a'), account: OTHER_ACCOUNT },
      { ...place(0, 'c'), subject: 'AROAOTHER' },
    ]);
    const given = found.map(({ value: { activity } }) => `${activity.id}${activity.at - NOW}`);
    expect(given.sort()).toEqual(['a0', 'a1', 'c0']);
    const places = Array.from({ length: 120 }, (_, index) => place(index, 'a'));
    expect(ids(await other.at([...places, ...places]))).toEqual(['a']);
  });

  it('replaces a verdict only for one who saw its newest version', async () => {
    const verdict = at(0, 'a');
    const worse = { ...verdict, score: 80, suspect: 'finding' as const };
    expect(await store.save(verdict, 1)).toBe(false);
    expect(await store.at([place(0, 'a')])).toEqual([]);
    expect(await store.save(verdict, 0)).toBe(true);
    expect(await other.save(worse, 0)).toBe(false);
    expect(await other.save(worse, 2)).toBe(false);
    expect(await store.at([place(0, 'a')])).toEqual([{ value: verdict, version: 1 }]);
    expect(await other.save(worse, 1)).toBe(true);
    expect(await store.save(verdict, 1)).toBe(false);
    expect(await store.at([place(0, 'a')])).toEqual([{ value: worse, version: 2 }]);
    expect(await store.near([place(0, 'a')], 1, 0)).toEqual([{ value: worse, version: 2 }]);
  });

  it('lets one of several writers win, and shows every reader what was written last', async () => {
    for (const version of [0, 1, 2]) {
      const won = await Promise.all(
        [store, other, store, other].map((writer, index) =>
          writer.save({ ...at(0, 'a'), score: version * 10 + index }, version),
        ),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      const written = {
        value: { ...at(0, 'a'), score: version * 10 + won.indexOf(true) },
        version: version + 1,
      };
      for (const reader of [store, other]) {
        expect(await reader.at([place(0, 'a')])).toEqual([written]);
        expect(await reader.near([place(0, 'a')], 1, 0)).toEqual([written]);
      }
    }
  });

  it('keeps what is not told any more, as an assessment below LOW', async () => {
    await saveAll(at(0, 'a'), at(1, 'b'));
    await store.save({ ...at(0, 'a'), score: 0 }, 1);
    expect((await every()).map(({ activity, score }) => [activity.id, score]).sort()).toEqual([
      ['a', 0],
      ['b', at(1, 'b').score],
    ]);
    expect(await near(place(1, 'b'), 1, DAY)).toEqual(['a', 'b']);
  });

  it('names every verdict once, page after page, while others are being saved', async () => {
    // some 6 kB each, so that they fill more than one page of any store
    const refs = Array.from({ length: 600 }, (_, index) => hex(index));
    const evidence = [{ signal: 'first-launch' as const, strength: 1, reason: '', refs }];
    const many = Array.from({ length: 250 }, (_, index) => ({
      ...at(index, `e${index}`, { actor: actorOf(`s${index % 40}`) }),
      evidence: [...evidence],
    }));
    await Promise.all(many.map((verdict) => store.save(verdict, 0)));
    const found: string[] = [];
    for await (const { activity } of store.all()) {
      found.push(activity.id);
      if (found.length === 1) await store.save(at(0, 'another', { actor: actorOf('another') }), 0);
    }
    const before = found.filter((id) => id !== 'another');
    expect(before.sort()).toEqual(many.map(({ activity }) => activity.id).sort());
  });

  it('gives any verdict back exactly as it was saved', async () => {
    await fc.assert(
      fc.asyncProperty(verdicts, async (verdict) => {
        const where = placeOf(verdict.activity);
        const before = (await store.at([where]))[0]?.version ?? 0;
        expect(await store.save(verdict, before)).toBe(true);
        const saved = { value: verdict, version: before + 1 };
        expect(await other.at([where])).toStrictEqual([saved]);
        const { account, id } = verdict.activity;
        const around = await other.near([where], 1, 0);
        expect(
          around.filter(({ value: { activity } }) => activity.id === id && activity.account === account),
        ).toStrictEqual([saved]);
      }),
      { numRuns: 100 },
    );
  });

  it('finds verdicts under ids and keys that are long or in any script', async () => {
    const longest = '日'.repeat(256);
    const person = { key: '本'.repeat(500), label: 'x' };
    const some = [
      activityOf({ id: 'x'.repeat(256) }),
      activityOf({ id: `${'x'.repeat(255)}y` }),
      activityOf({ id: 'a#b c', actor: actorOf('Jürgen/оператор') }),
      activityOf({ id: '本'.repeat(256), actor: actorOf(longest) }),
      activityOf({ id: '😀', actor: { ...actorOf(longest), person } }),
      activityOf({ id: '😀', actor: { ...actorOf(longest), person: { ...person, key: `${person.key}!` } } }),
    ];
    await saveAll(...some.map((activity) => verdictOf(activity)));
    for (const activity of some) {
      const found = await other.at([placeOf(activity)]);
      expect(found.map(({ value }) => value.activity)).toEqual([activity]);
      const around = await other.near([placeOf(activity)], 5, DAY);
      expect(around.map(({ value }) => value.activity)).toContainEqual(activity);
      expect(new Set(around.map(({ value }) => subjectKey(value.activity.actor))).size).toBe(1);
    }
    expect(await every()).toHaveLength(some.length);
  });

  it('holds a launch of a hundred instances with all its signals and as many such launches behind it as are kept', async () => {
    const verdict = largeVerdict(100, MAX_BEHIND);
    await saveAll(verdict);
    const [found] = await store.at([placeOf(verdict.activity)]);
    expect(found?.value).toStrictEqual(verdict);
  });
});
