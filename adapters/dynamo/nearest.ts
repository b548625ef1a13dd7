import { firstIndex } from '../../core/activity/sorted.ts';
import type { Item } from './calls.ts';

interface Keyed extends Item {
  readonly sk: string;
}

/** Reads items of one partition between two sort keys, both included, at most so many. */
export type ReadBetween = (from: string, to: string, newestFirst: boolean, limit: number) => Promise<Item[]>;

/** Items that may lie after the last place and are still read at once: records come nearly in order. */
const AHEAD = 8;

/** A sort key right after one: nothing sorts between a key and the same with a blank. */
const after = (key: string): string => `${key} `;

/**
 * The item at each of some sort keys and the `count` nearest on either side, between two keys.
 *
 * There is mostly so little that one query gives all of it. Where there is more it has given the newest, which are mostly those
 * wanted. What it did not reach lies close together mostly, so one run is read, and around the rest one by one.
 *
 * @param keys sorted
 */
export async function nearest(
  keys: readonly string[],
  count: number,
  { from, to }: { readonly from: string; readonly to: string },
  readItems: ReadBetween,
): Promise<Item[]> {
  const read = async (...asked: Parameters<ReadBetween>): Promise<Keyed[]> =>
    (await readItems(...asked)) as Keyed[];
  const limit = Math.min(2 * count + keys.length, count + keys.length + AHEAD);
  const known = await read(from, to, true, limit + 1);
  const oldest = known.at(-1)?.sk;
  if (known.length <= limit || oldest === undefined) return around(keys, count, known);
  const open = keys.filter((key) => key < oldest || known.filter(({ sk }) => sk < key).length < count);
  const [first] = open;
  if (first === undefined) return around(keys, count, known);
  if (first >= oldest) return around(keys, count, [...known, ...(await read(from, oldest, true, count + 1))]);

  const room = count + open.length;
  const [earlier, run] = await Promise.all([
    read(from, first, true, count + 1),
    read(after(first), oldest, false, room),
  ]);
  // the last key of which `count` later items were read
  const reached = run.length < room ? to : (run.at(-count - 1)?.sk ?? first);
  const apart = open
    .filter((key) => key > reached)
    .flatMap((key) => [
      read(from, key, true, count + 1),
      ...(key < oldest ? [read(after(key), oldest, false, count)] : []),
    ]);
  return around(keys, count, [...known, ...earlier, ...run, ...(await Promise.all(apart)).flat()]);
}

/** Of some items those at the keys and their nearest. */
function around(keys: readonly string[], count: number, items: readonly Keyed[]): Item[] {
  const ordered = [...new Map(items.map((item) => [item.sk, item])).values()].sort((a, b) =>
    a.sk < b.sk ? -1 : 1,
  );
  const wanted = keys.flatMap((key) => {
    const place = firstIndex(ordered, ({ sk }) => sk < key);
    const here = ordered[place]?.sk === key ? 1 : 0;
    return ordered.slice(Math.max(0, place - count), place + here + count);
  });
  return [...new Set(wanted)];
}
