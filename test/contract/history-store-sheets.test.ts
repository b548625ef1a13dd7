import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryStore } from '../../app/ports.ts';
import { accountScope, actorScope, DAY, keyScope } from '../../core/history/facts.ts';
import { ACCOUNT, activityOf, NOW, ownEntry, sheetOf, sheets } from './documents.ts';
import { BACKENDS } from './stores.ts';

const sheetsIn = async (store: HistoryStore, scopes: readonly string[], asOf: number) =>
  (await store.around(scopes, [], asOf)).sheets;

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

  describe('fact sheets', () => {
    it('are absent until saved', async () => {
      expect(await sheetsIn(store, [accountScope({ account: ACCOUNT })], NOW)).toEqual(new Map());
      expect(await sheetsIn(store, [], NOW)).toEqual(new Map());
    });

    it('come back exactly as they were saved', async () => {
      await fc.assert(
        fc.asyncProperty(sheets, async (sheet) => {
          const before = (await sheetsIn(store, [sheet.scope], NOW)).get(sheet.scope)?.version ?? 0;
          expect(await store.saveSheet(sheet, before)).toBe(true);
          const found = await sheetsIn(other, [sheet.scope], NOW);
          expect(found).toStrictEqual(new Map([[sheet.scope, { value: sheet, version: before + 1 }]]));
        }),
        { numRuns: 100 },
      );
    });

    it('of many scopes come in one answer', async () => {
      const scopes = Array.from({ length: 230 }, (_, index) => keyScope(ACCOUNT, `AKIAEXAMPLE${index}`));
      await Promise.all(scopes.slice(0, 220).map((scope) => store.saveSheet(sheetOf({ scope }), 0)));
      const found = await sheetsIn(store, [...scopes, ...scopes], NOW);
      expect([...found.keys()].sort()).toEqual(scopes.slice(0, 220).sort());
    });

    it('are not replaced by one who saw an older version', async () => {
      const sheet = sheetOf();
      const later = sheetOf({ seen: {} });
      expect(await store.saveSheet(sheet, 1)).toBe(false);
      expect(await store.saveSheet(sheet, 0)).toBe(true);
      expect(await other.saveSheet(later, 0)).toBe(false);
      expect(await other.saveSheet(later, 1)).toBe(true);
      expect(await store.saveSheet(sheet, 1)).toBe(false);
      expect((await sheetsIn(store, [sheet.scope], NOW)).get(sheet.scope)).toEqual({
        value: later,
        version: 2,
      });
    });

    it('are won by one of two writers who race', async () => {
      for (const version of [0, 1, 2]) {
        const won = await Promise.all(
          [store, other, store, other].map((writer, index) =>
            writer.saveSheet(sheetOf({ seen: { [`peak:${index}`]: { at: NOW, id: 'e0' } } }), version),
          ),
        );
        expect(won.filter(Boolean)).toHaveLength(1);
        const sheet = (await sheetsIn(store, [sheetOf().scope], NOW)).get(sheetOf().scope);
        expect(Object.keys(sheet?.value.seen ?? {})).toEqual([`peak:${won.indexOf(true)}`]);
        expect(sheet?.version).toBe(version + 1);
      }
    });

    it('that have outlived their time are forgotten, and can be begun anew by one of two writers', async () => {
      const sheet = sheetOf();
      await store.saveSheet(sheet, 0);
      const end = (sheet.lastDay + 400) * DAY;
      expect((await sheetsIn(store, [sheet.scope], end - 1)).get(sheet.scope)?.value).toEqual(sheet);

      const forgotten = (await sheetsIn(store, [sheet.scope], end)).get(sheet.scope);
      expect(forgotten?.value.seen ?? {}).toEqual({});
      const anew = sheetOf({ lastDay: end / DAY, seen: { 'day:1': { at: end, id: 'new' } } });
      const version = forgotten?.version ?? 0;
      const won = [await store.saveSheet(anew, version), await other.saveSheet(anew, version)];
      expect(won).toEqual([true, false]);
      expect((await sheetsIn(store, [sheet.scope], end)).get(sheet.scope)?.value).toEqual(anew);
    });

    it('are found under scopes that are long or in any script', async () => {
      const scopes = [
        '日'.repeat(256),
        `${'日'.repeat(256)}/${'本'.repeat(256)}`,
        '😀'.repeat(256),
        'é',
        '😀'.repeat(257),
      ].map((key) => actorScope(ACCOUNT, key));
      for (const scope of scopes) expect(await store.saveSheet(sheetOf({ scope }), 0)).toBe(true);
      expect(new Set((await sheetsIn(store, scopes, NOW)).keys())).toEqual(new Set(scopes));
    });
  });

  describe('what lies around', () => {
    const subject = 'AROAEXAMPLE';
    const scope = actorScope(ACCOUNT, subject);
    const from = (start: number) => ({ account: ACCOUNT, subject, from: NOW + start, newestFirst: true });

    it('is each stretch as it is by itself, and the sheets, whatever came after and whether there is a sheet', async () => {
      const ids = Array.from({ length: 60 }, (_, index) => `e${String(index).padStart(7, '0')}`);
      await store.remember(ids.map((id, index) => ownEntry(activityOf({ id, at: NOW + index }))));
      const stretches = [
        { ...from(0), to: NOW + 1_000, limit: 5 },
        { ...from(0), to: NOW + 20, limit: 5 },
        { ...from(10), to: NOW + 20, limit: 30 },
        { ...from(57), to: NOW + 1_000, limit: 30 },
        { ...from(10), to: NOW + 20 },
        { ...from(10), to: NOW + 20, newestFirst: false, limit: 4 },
        { ...from(0), subject: 'AROANOBODY', to: NOW + 20, limit: 4 },
      ];
      for (const saved of [0, 1]) {
        if (saved > 0) await store.saveSheet(sheetOf({ scope }), 0);
        for (const stretch of stretches) {
          const { sheets, timelines } = await store.around(
            [scope, accountScope({ account: ACCOUNT })],
            [stretch],
            NOW,
          );
          expect(timelines).toEqual(await store.stretches([stretch], NOW));
          expect([...sheets.keys()]).toEqual(saved > 0 ? [scope] : []);
        }
      }
    });
  });
});
