import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoNotes } from '../../../adapters/dynamo/notes.ts';
import { dynamoStories } from '../../../adapters/dynamo/stories.ts';
import { dynamoVerdicts } from '../../../adapters/dynamo/verdicts.ts';
import { placeOf } from '../../../app/place.ts';
import type { Place } from '../../../app/ports.ts';
import { storiesAround } from '../../../app/story-around.ts';
import type { Assessment } from '../../../core/findings/finding.ts';
import { findingsOf } from '../../../core/findings/stories.ts';
import { defaultPolicy } from '../../../core/policy/policy.ts';
import { ACCOUNT, activityOf, actorOf, NOW, verdictOf } from '../../contract/documents.ts';
import { type DynamoServer, startDynalite } from '../../dynalite.ts';
import { evidence, link } from '../../findings.ts';

let server: DynamoServer;
beforeAll(async () => {
  server = await startDynalite();
});
afterAll(() => server.stop());

/** Stores over one new table, and what writing to it has cost. */
async function stores() {
  const table = await server.makeTable();
  const used: Record<string, number> = {};
  const onConsumed = (operation: string, { write }: { write: number }): void => {
    used[operation] = (used[operation] ?? 0) + write;
  };
  return {
    verdicts: dynamoVerdicts(server.client, table, { onConsumed }),
    stories: dynamoStories(server.client, table),
    used,
    table,
  };
}

/** A verdict on a snapshot, which others may rest on. */
const copied = (id: string, at = NOW, key = 'AROAEXAMPLE'): Assessment =>
  verdictOf(
    activityOf({
      id,
      at,
      kind: 'snapshot.create',
      actor: actorOf(key),
      links: [link('snapshot', `snap-${id}`)],
    }),
  );

const restingOn = (verdict: Assessment, ...refs: string[]): Assessment => ({
  ...verdict,
  evidence: [evidence('copied-data-on-instance', 'x', { lineage: true, refs })],
});

async function list<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const idsOf = (places: readonly Place[]): string[] => places.map(({ id }) => id);

describe('verdicts as stories are read', () => {
  it('come in the time of one subject, both ends included, either way round, over many pages', async () => {
    const { verdicts, stories } = await stores();
    const own = Array.from({ length: 100 }, (_, index) => copied(`e${100 + index}`, NOW + index));
    await Promise.all(
      [...own, copied('other', NOW, 'AROAOTHER')].map((verdict) => verdicts.save(verdict, 0)),
    );
    const stretch = { account: ACCOUNT, subject: 'AROAEXAMPLE', from: NOW + 1, to: NOW + 98 };
    expect(await list(stories.along(stretch))).toEqual(own.slice(1, 99));
    expect(await list(stories.along({ ...stretch, newestFirst: true }))).toEqual(own.slice(1, 99).reverse());
  });

  it('are found by their own id, by what they rest on and by what they follow, oldest first', async () => {
    const { verdicts, stories } = await stores();
    const origin = copied('origin');
    const user = restingOn(copied('user', NOW + 2), 'origin', 'unknown');
    const launch: Assessment = {
      ...verdictOf(activityOf({ id: 'launch', at: NOW + 1, actor: { ...actorOf('SVC'), class: 'service' } })),
      follows: { account: ACCOUNT, subject: 'AROAEXAMPLE', id: 'origin', at: NOW },
    };
    for (const verdict of [user, launch, origin]) await verdicts.save(verdict, 0);
    expect(idsOf(await stories.bearing('origin', 10))).toEqual(['origin', 'launch', 'user']);
    expect(idsOf(await stories.bearing('origin', 2))).toEqual(['origin', 'launch']);
    expect(await stories.bearing('unknown', 10)).toEqual([placeOf(user.activity)]);
    expect(await stories.bearing('nobody', 10)).toEqual([]);
  });

  it('are not found by their own id where nothing can rest on them', async () => {
    const { verdicts, stories, used } = await stores();
    await verdicts.save(verdictOf(activityOf({ id: 'refused', outcome: 'denied' })), 0);
    expect(await stories.bearing('refused', 10)).toEqual([]);
    expect(used).toEqual({ PutItem: 1 });
  });

  it('are pointed to before they are there, and not again by the names they bore', async () => {
    const { verdicts, stories, used } = await stores();
    const first = restingOn(copied('user'), 'a');
    expect(await verdicts.save(first, 1)).toBe(false);
    expect(idsOf(await stories.bearing('a', 10))).toEqual(['user']);
    expect(await stories.at([placeOf(first.activity)])).toEqual([]);
    await verdicts.save(first, 0);
    delete used.BatchWriteItem;
    await verdicts.save(restingOn(copied('user'), 'a', 'b'), 1, first);
    expect(idsOf(await stories.bearing('b', 10))).toEqual(['user']);
    expect(used.BatchWriteItem).toBe(1);
  });

  it('make the story that all of them make', async () => {
    const { verdicts, stories } = await stores();
    const all = [
      copied('a'),
      restingOn(copied('b', NOW + 1, 'AROAOTHER'), 'a'),
      restingOn(copied('c', NOW + 2, 'AROATHIRD'), 'b'),
      copied('apart', NOW + 3, 'AROAFOURTH'),
    ];
    for (const verdict of all) await verdicts.save(verdict, 0);
    const change = { after: all[0] as Assessment };
    const { now } = (await storiesAround(stories, [change], defaultPolicy)).of(change);
    const [whole] = findingsOf(all, defaultPolicy);
    expect(now.map((story) => story.length)).toEqual([3]);
    expect(now[0]?.flatMap(({ members }) => members)).toEqual(
      expect.arrayContaining([...(whole?.members ?? [])]),
    );
  });
});

describe('notes', () => {
  const place: Place = { account: ACCOUNT, subject: 'AROAEXAMPLE', at: NOW, id: 'a' };

  it('are replaced only by whoever knows their version, each sort by itself', async () => {
    const { table } = await stores();
    const notes = dynamoNotes<{ n: number }>(server.client, table, 'T');
    expect(await notes.read(place)).toBeUndefined();
    expect(await notes.write(place, { n: 1 }, 0)).toBe(true);
    expect(await notes.write(place, { n: 2 }, 0)).toBe(false);
    expect(await notes.read(place)).toEqual({ value: { n: 1 }, version: 1 });
    expect(await notes.write(place, { n: 2 }, 1)).toBe(true);
    expect(await notes.read(place)).toEqual({ value: { n: 2 }, version: 2 });
    expect(await dynamoNotes(server.client, table, 'I').read(place)).toBeUndefined();
  });

  it('are found in the time of a subject', async () => {
    const { table } = await stores();
    const notes = dynamoNotes<{ n: number }>(server.client, table, 'T');
    for (const [index, id] of ['a', 'b', 'c'].entries())
      await notes.write({ ...place, at: NOW + index, id }, { n: index }, 0);
    await notes.write({ ...place, subject: 'AROAOTHER' }, { n: 9 }, 0);
    const found = await notes.within({ ...place, from: NOW + 1, to: NOW + 2 });
    expect([...found]).toEqual([
      [`${ACCOUNT}#b`, { value: { n: 1 }, version: 1 }],
      [`${ACCOUNT}#c`, { value: { n: 2 }, version: 1 }],
    ]);
  });
});
