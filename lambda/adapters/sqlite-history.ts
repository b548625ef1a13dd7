import type { DatabaseSync } from 'node:sqlite';
import type { HistoryStore, Stretch, Versioned } from '../app/ports.ts';
import type { Activity } from '../core/activity.ts';
import { actorScope, emptySheet, type FactSheet } from '../core/facts.ts';
import { getOrMake } from '../core/sorted.ts';
import { activityCodec, seenCodec } from './documents.ts';
import { isSheetAlive, oldestActivity } from './retention.ts';
import { readJson, transaction } from './sqlite-file.ts';
import { byPlace } from './timeline-order.ts';

/** Activities kept as objects besides the file, some 30 MB: a judgement reads the same recent ones as the last. */
const CACHED = 10_000;

/** History in a SQLite file; made by `sqliteStores`. */
export function sqliteHistory(database: DatabaseSync): HistoryStore {
  const put = database.prepare(
    `INSERT INTO activity (account, subject, at, id, home, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET body = excluded.body WHERE body <> excluded.body`,
  );
  const select = (direction: 'ASC' | 'DESC') =>
    database.prepare(
      `SELECT at, id, body FROM activity WHERE account = ? AND subject = ? AND at BETWEEN ? AND ?
       ORDER BY at ${direction}, id ${direction}, home ${direction} LIMIT ?`,
    );
  const oldestFirst = select('ASC');
  const newestFirst = select('DESC');
  const getSheet = database.prepare('SELECT version, last_day, seen FROM sheet WHERE scope = ?');
  const addSheet = database.prepare(
    'INSERT INTO sheet (version, last_day, seen, scope) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const setSheet = database.prepare(
    'UPDATE sheet SET version = version + 1, last_day = ?, seen = ? WHERE scope = ? AND version = ?',
  );
  const actors = database.prepare('SELECT scope FROM sheet WHERE scope >= ? AND scope < ? ORDER BY scope');

  /** By stored text, which says all there is to an activity, so that no other writer can make an entry stale. */
  const cache = new Map<string, Activity>();
  const keep = (body: string, activity: Activity): Activity => {
    if (cache.size >= CACHED) cache.clear();
    cache.set(body, activity);
    return activity;
  };
  const activityIn = ({ at, id, body }: Record<string, unknown>): Activity =>
    cache.get(String(body)) ??
    keep(String(body), readJson(`activity ${at} ${id}`, body, activityCodec.unpack));

  const read = (stretch: Stretch, asOf: number): Activity[] => {
    const statement = stretch.newestFirst ? newestFirst : oldestFirst;
    return statement
      .all(
        stretch.account,
        stretch.subject,
        bound(Math.max(stretch.from, oldestActivity(asOf))),
        bound(stretch.to),
        stretch.limit ?? -1,
      )
      .map(activityIn)
      .sort(byPlace);
  };

  return {
    async remember(entries) {
      if (entries.length === 0) return;
      const bodies = new Map<Activity, string>();
      const bodyOf = (activity: Activity): string =>
        getOrMake(bodies, activity, () => JSON.stringify(activityCodec.pack(activity)));
      transaction(database, () => {
        for (const { account, subject, activity } of entries) {
          const body = bodyOf(activity);
          put.run(account, subject, activity.at, activity.id, activity.account, body);
          keep(body, activity);
        }
      });
    },

    async stretches(stretches, asOf) {
      return stretches.map((stretch) => read(stretch, asOf));
    },

    async around(scopes, stretches, asOf) {
      const sheets = new Map<string, Versioned<FactSheet>>();
      for (const scope of scopes) {
        const row = getSheet.get(scope);
        if (row === undefined) continue;
        const lastDay = Number(row.last_day);
        const value = isSheetAlive(lastDay, asOf)
          ? { scope, seen: readJson(`sheet ${scope}`, row.seen, seenCodec.unpack), lastDay }
          : emptySheet(scope);
        sheets.set(scope, { value, version: Number(row.version) });
      }
      return { sheets, timelines: stretches.map((stretch) => read(stretch, asOf)) };
    },

    async saveSheet({ scope, seen, lastDay }, expected) {
      const packed = JSON.stringify(seenCodec.pack(seen));
      const { changes } =
        expected === 0
          ? addSheet.run(lastDay, packed, scope)
          : setSheet.run(lastDay, packed, scope, expected);
      return changes === 1;
    },

    async subjects(account, prefix) {
      const start = actorScope(account, prefix);
      // no text that starts with `start` sorts behind it followed by the last code point
      return actors
        .all(start, `${start}\u{10ffff}`)
        .map(({ scope }) => String(scope).slice(actorScope(account, '').length));
    },
  };
}

/** A time as SQLite can compare it: an open end may be infinite. */
export const bound = (ms: number): number =>
  Math.trunc(Math.min(Math.max(ms, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
