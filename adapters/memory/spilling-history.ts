import type { HistoryStore, Stretch } from '../../app/ports.ts';
import { type Activity, byPlace, copyKey } from '../../core/activity/activity.ts';
import { type Entry, RESOURCES } from '../../core/lineage/timelines.ts';
import { memoryHistory } from './history.ts';

interface SpillingOptions {
  /** Activities kept in memory whatever their age. */
  readonly spare: number;
  /** Beyond them, how far (ms) behind the newest of its account an activity is put on disk. */
  readonly retainMs: number;
  /** Opens the place on disk; called when it is first needed. */
  readonly open: () => HistoryStore;
  /** Told that the disk would take nothing, so that all stays in memory for now. */
  readonly tell: (reason: string) => void;
}

/**
 * Names of timelines on disk that are kept in memory, some 25 MB. Most timelines that are asked for are not on disk, and need
 * not be looked up there. Once there are more names, all are looked up.
 */
const MOST_NAMES = 250_000;

/**
 * History in memory whose old activities go to disk, so that memory stays bounded whatever the length of a replay and
 * nothing is forgotten. Sheets stay in memory: there is one for each actor and resource, however much they do.
 */
export function spillingHistory({ spare, retainMs, open, tell }: SpillingOptions): HistoryStore {
  let disk: HistoryStore | undefined;
  /** Time of the newest activity on disk: what lies after it is in memory alone. */
  let newest = Number.NEGATIVE_INFINITY;
  const names = new Set<string>();
  const isAside = (stretch: Stretch): boolean =>
    stretch.from <= newest && (names.size >= MOST_NAMES || names.has(nameOf(stretch)));
  const memory = memoryHistory({
    spare,
    retainMs,
    async putAside(entries) {
      if (entries.length === 0) return true;
      try {
        disk ??= open();
        await disk.remember(entries);
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
        return false;
      }
      for (const entry of entries) {
        newest = Math.max(newest, entry.activity.at);
        if (names.size < MOST_NAMES) names.add(nameOf(entry));
      }
      return true;
    },
  });

  /** Adds to what was found in memory what is on disk. */
  const completed = async <T extends readonly Activity[]>(
    stretches: readonly Stretch[],
    found: readonly T[],
    asOf: number,
  ): Promise<(T | Activity[])[]> => {
    const reach = stretches.flatMap((stretch, index) => (isAside(stretch) ? [{ stretch, index }] : []));
    if (disk === undefined || reach.length === 0) return [...found];
    const older = await disk.stretches(
      reach.map(({ stretch }) => stretch),
      asOf,
    );
    const all: (T | Activity[])[] = [...found];
    for (const [turn, { stretch, index }] of reach.entries()) {
      const aside = older[turn] ?? [];
      if (aside.length > 0) all[index] = merged(found[index] ?? [], aside, stretch);
    }
    return all;
  };

  /** Keys of activities that stand on disk in their subject's timeline. */
  const knownAside = async (entries: readonly Entry[]): Promise<string[]> => {
    const moments = entries.flatMap(({ account, subject, activity: { at } }): Stretch[] => {
      const moment = { account, subject, from: at, to: at };
      return account !== RESOURCES && isAside(moment) ? [moment] : [];
    });
    if (disk === undefined || moments.length === 0) return [];
    const asOf = Math.min(...moments.map(({ from }) => from));
    const there = new Set((await disk.stretches(moments, asOf)).flat().map(copyKey));
    return entries.map(({ activity }) => copyKey(activity)).filter((key) => there.has(key));
  };

  return {
    ...memory,
    async remember(entries) {
      const aside = await knownAside(entries);
      return new Set([...(await memory.remember(entries)), ...aside]);
    },
    async forget(entries) {
      await memory.forget(entries);
      await disk?.forget(entries);
    },
    stretches: async (stretches, asOf) =>
      await completed(stretches, await memory.stretches(stretches, asOf), asOf),
    async around(scopes, stretches, asOf) {
      const { sheets, timelines } = await memory.around(scopes, stretches, asOf);
      return { sheets, timelines: await completed(stretches, timelines, asOf) };
    },
  };
}

const nameOf = ({ account, subject }: Pick<Stretch, 'account' | 'subject'>): string =>
  `${account} ${subject}`;

/** Both parts in order, each activity once, cut as a stretch asks. */
function merged(
  near: readonly Activity[],
  aside: readonly Activity[],
  { limit = Number.POSITIVE_INFINITY, newestFirst }: Stretch,
): Activity[] {
  const all = [...near, ...aside]
    .sort(byPlace)
    .filter(
      (activity, index, sorted) => index === 0 || byPlace(sorted[index - 1] as Activity, activity) !== 0,
    );
  return newestFirst ? all.slice(Math.max(0, all.length - limit)) : all.slice(0, limit);
}
