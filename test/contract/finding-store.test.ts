import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FindingStore } from '../../app/ports.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { ACCOUNT, findingOf, findings, largeFinding, NOW } from './documents.ts';
import { BACKENDS } from './stores.ts';

const SUBJECT = 'AROAEXAMPLE';

describe.each(BACKENDS)('$name finding store', ({ start }) => {
  let backend: Awaited<ReturnType<typeof start>>;
  let store: FindingStore;
  let other: FindingStore;

  beforeAll(async () => {
    backend = await start();
  });
  afterAll(() => backend.stop());
  beforeEach(async () => {
    ({ store, other } = await backend.findings());
  });

  const span = (id: string, from: number, to: number, status: FindingRecord['status'] = 'open') =>
    findingOf({ id, start: NOW + from, end: NOW + to, status });
  const saveAll = async (...records: FindingRecord[]) => {
    for (const record of records) expect(await store.save(record, 0)).toBe(true);
  };
  const near = async (from: number, to: number) =>
    (await store.near(ACCOUNT, SUBJECT, NOW + from, NOW + to)).map(({ value }) => value.id);
  const everyOpen = async () => {
    const ids: string[] = [];
    for await (const { id } of store.all()) ids.push(id);
    return ids.sort();
  };

  it('knows nothing before anything is saved', async () => {
    expect(await near(-10, 10)).toEqual([]);
    expect(await everyOpen()).toEqual([]);
  });

  it('gives the records that overlap a stretch, oldest first, both ends included', async () => {
    await saveAll(span('c', 40, 50), span('a', 0, 10), span('b', 20, 30));
    expect(await near(0, 50)).toEqual(['a', 'b', 'c']);
    expect(await near(10, 20)).toEqual(['a', 'b']);
    expect(await near(11, 19)).toEqual([]);
    expect(await near(11, 20)).toEqual(['b']);
    expect(await near(10, 19)).toEqual(['a']);
    expect(await near(22, 23)).toEqual(['b']);
    expect(await near(51, 90)).toEqual([]);
    expect(await near(-90, -1)).toEqual([]);
  });

  it('gives closed records that lie among the open ones', async () => {
    await saveAll(
      span('a', 0, 5),
      span('b', 20, 60),
      span('merged', 30, 40, 'merged'),
      span('withdrawn', 45, 70, 'withdrawn'),
      span('d', 80, 90),
    );
    expect(await near(35, 35)).toEqual(['b', 'merged']);
    expect(await near(41, 44)).toEqual(['b']);
    expect(await near(65, 85)).toEqual(['withdrawn', 'd']);
    expect(await near(0, 100)).toEqual(['a', 'b', 'merged', 'withdrawn', 'd']);
  });

  it('finds the open record behind any number of closed ones', async () => {
    const closed = Array.from({ length: 70 }, (_, index) =>
      span(`closed-${index}`, 10 + index, 10 + index, 'merged'),
    );
    await saveAll(span('old', -9, -1), span('open', 0, 100), ...closed);
    expect(await near(90, 95)).toEqual(['open']);
    expect(await near(0, 10)).toEqual(['open', 'closed-0']);
  });

  it('gives only records of the subject and account asked for', async () => {
    await saveAll(
      span('a', 0, 0),
      findingOf({ id: 'b', subject: 'AROAOTHER' }),
      findingOf({ id: 'c', account: '444455556666' }),
    );
    expect(await near(0, 0)).toEqual(['a']);
    expect(await store.near('444455556666', SUBJECT, NOW, NOW)).toHaveLength(1);
    expect(await everyOpen()).toEqual(['a', 'b', 'c']);
  });

  it('keeps two records that begin in the same moment apart', async () => {
    await saveAll(span('a', 0, 5, 'merged'), span('b', 0, 9));
    expect(await near(0, 0)).toEqual(['a', 'b']);
  });

  it('takes a stretch with open ends', async () => {
    await saveAll(span('a', 0, 5));
    expect(
      await store.near(ACCOUNT, SUBJECT, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    ).toHaveLength(1);
  });

  it('replaces a record only for one who saw its newest version', async () => {
    const record = span('a', 0, 10);
    const grown = { ...record, end: NOW + 30, score: 80 };
    expect(await store.save(record, 1)).toBe(false);
    expect(await store.save(record, 0)).toBe(true);
    expect(await other.save(grown, 0)).toBe(false);
    expect(await other.save(grown, 1)).toBe(true);
    expect(await store.save(record, 1)).toBe(false);
    expect(await store.near(ACCOUNT, SUBJECT, NOW + 20, NOW + 20)).toEqual([{ value: grown, version: 2 }]);
  });

  it('lets one of several writers win', async () => {
    for (const version of [0, 1, 2]) {
      const won = await Promise.all(
        [store, other, store, other].map((writer, index) =>
          writer.save({ ...span('a', 0, 1), score: version * 10 + index }, version),
        ),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      const [found] = await store.near(ACCOUNT, SUBJECT, NOW, NOW);
      expect(found?.value.score).toBe(version * 10 + won.indexOf(true));
      expect(found?.version).toBe(version + 1);
    }
  });

  it('names every open record and no closed one', async () => {
    await saveAll(span('a', 0, 1), span('b', 2, 3), span('c', 4, 5, 'withdrawn'));
    await store.save({ ...span('b', 2, 3), status: 'merged', into: 'a', members: [] }, 1);
    expect(await everyOpen()).toEqual(['a']);
  });

  it('names open records page after page while others are being saved', async () => {
    const records = Array.from({ length: 250 }, (_, index) =>
      findingOf({ id: `f${index}`, subject: `s${index}`, start: NOW + index, end: NOW + index }),
    );
    await Promise.all(records.map((record) => store.save(record, 0)));
    const ids = new Set<string>();
    for await (const record of store.all()) {
      ids.add(record.id);
      if (ids.size === 1) await store.save(findingOf({ id: 'another', subject: 'another' }), 0);
    }
    ids.delete('another');
    expect(ids).toEqual(new Set(records.map(({ id }) => id)));
  });

  it('gives records back exactly as they were saved', async () => {
    await fc.assert(
      fc.asyncProperty(findings, async (record) => {
        const { account, subject, start: from, end: to, id } = record;
        const overlapping = await store.near(account, subject, from, to);
        const version =
          overlapping.find(({ value }) => value.id === id && value.start === from)?.version ?? 0;
        fc.pre(await store.save(record, version));
        const found = await store.near(account, subject, from, to);
        expect(found.find(({ value }) => value.id === id && value.start === from)).toStrictEqual({
          value: record,
          version: version + 1,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('holds a finding of 500 members, 50 of them explained', async () => {
    const record = largeFinding(500, 50);
    await saveAll(record);
    const [found] = await store.near(ACCOUNT, SUBJECT, NOW, NOW);
    expect(found?.value).toStrictEqual(record);
  });
});
