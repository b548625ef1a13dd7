import type { DatabaseSync } from 'node:sqlite';
import type { HistoryStore, Stretch, Versioned } from '../../app/ports.ts';
import { type Activity, byPlace, copyKey } from '../../core/activity/activity.ts';
import { WEEK } from '../../core/findings/sessions.ts';
import { emptySheet, type FactSheet } from '../../core/history/facts.ts';
import { ACTS, RESOURCES } from '../../core/lineage/timelines.ts';
import { cacheOf } from '../stored/cache.ts';
import { isSheetAlive, oldestActivity } from '../stored/retention.ts';
import { packSeen, unpackSeen } from '../stored/seen.ts';
import { subjectMark } from '../stored/subject-mark.ts';
import { readJson, transaction } from './file.ts';

/** Activities and sheets kept as objects beside the file, some 30 MB: a judgement reads the same recent ones as the last. */
const CACHED_ACTIVITIES = 10_000;
const CACHED_SHEETS = 2_000;

/** History in a SQLite file; made by `sqliteStores`. */
export function sqliteHistory(database: DatabaseSync): HistoryStore {
  const put = database.prepare(
    `INSERT INTO activity (at, id, home, body) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET body = excluded.body WHERE body <> excluded.body`,
  );
  const place = database.prepare(
    'INSERT INTO place (account, subject, at, id, home) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const leave = database.prepare(
    'DELETE FROM place WHERE account = ? AND subject = ? AND at = ? AND id = ? AND home = ?',
  );
  const stretchIn = (direction: 'ASC' | 'DESC'): string =>
    `FROM place WHERE account = ? AND subject = ? AND at BETWEEN ? AND ?
     ORDER BY at ${direction}, id ${direction}, home ${direction} LIMIT ?`;
  const statementsFor = (direction: 'ASC' | 'DESC') => ({
    // one text instead of many rows, and no bodies: mostly all that are named are in the cache
    names: database.prepare(
      `SELECT group_concat(name, char(10)) AS names FROM
       (SELECT at || '#' || home || '#' || id AS name ${stretchIn(direction)})`,
    ),
    bodies: database.prepare(
      `SELECT at, id, home, body FROM (SELECT at, id, home ${stretchIn(direction)}) JOIN activity USING (at, id, home)`,
    ),
  });
  const oldestFirst = statementsFor('ASC');
  const newestFirst = statementsFor('DESC');
  const getVersion = database.prepare('SELECT version FROM sheet WHERE scope = ?');
  const getSheet = database.prepare('SELECT version, last_day, seen FROM sheet WHERE scope = ?');
  const addSheet = database.prepare(
    'INSERT INTO sheet (version, last_day, seen, scope) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const setSheet = database.prepare(
    'UPDATE sheet SET version = version + 1, last_day = ?, seen = ? WHERE scope = ? AND version = ?',
  );
  const addActive = database.prepare(
    'INSERT INTO active (account, week, subject) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const getActive = database.prepare(
    'SELECT subject FROM active WHERE account = ? AND week = ? AND subject >= ? AND subject < ? ORDER BY subject LIMIT ?',
  );

  /** By name, as in `names`; not to be trusted once another connection has written to the file. */
  const activities = cacheOf<Activity>(CACHED_ACTIVITIES);
  const written = database.prepare('PRAGMA data_version');
  let trusted: unknown;
  const readAll = (stretches: readonly Stretch[], asOf: number): Activity[][] => {
    const now = written.get()?.data_version;
    if (now !== trusted) activities.clear();
    trusted = now;
    return stretches.map((stretch) => read(stretch, asOf));
  };

  const read = (stretch: Stretch, asOf: number): Activity[] => {
    const { names, bodies } = stretch.newestFirst ? newestFirst : oldestFirst;
    const { account, subject, from, to, limit = -1 } = stretch;
    const asked = [account, subject, bound(Math.max(from, oldestActivity(asOf))), bound(to), limit] as const;
    const whole = (): Activity[] =>
      bodies
        .all(...asked)
        .map(unpack)
        .sort(byPlace);
    const found: Activity[] = [];
    const listed = names.get(...asked)?.names;
    for (const name of typeof listed === 'string' ? listed.split('\n') : []) {
      const activity = activities.get(name);
      if (activity === undefined) return whole();
      found.push(activity);
    }
    return found.sort(byPlace);
  };

  const unpack = ({ at, id, home, body }: Record<string, unknown>): Activity => {
    const name = `${at}#${home}#${id}`;
    return (
      activities.get(name) ??
      activities.keep(
        name,
        readJson(`activity ${at} ${id}`, body, (stored) => stored as Activity),
      )
    );
  };

  /** By scope: nobody changes a sheet without its version. */
  const keptSheets = cacheOf<Versioned<FactSheet>>(CACHED_SHEETS);
  const sheetOf = (scope: string): Versioned<FactSheet> | undefined => {
    const known = keptSheets.get(scope);
    if (known !== undefined && getVersion.get(scope)?.version === known.version) return known;
    const row = getSheet.get(scope);
    if (row === undefined) return undefined;
    const seen = readJson(`sheet ${scope}`, row.seen, unpackSeen);
    const value = { scope, seen, lastDay: Number(row.last_day) };
    return keptSheets.keep(scope, { value, version: Number(row.version) });
  };

  return {
    async remember(entries) {
      const known = new Set<string>();
      if (entries.length === 0) return known;
      const homes = new Map(entries.map(({ activity }) => [activity, homeOf(activity)]));
      transaction(database, () => {
        for (const [activity, home] of homes)
          put.run(activity.at, activity.id, home, JSON.stringify(activity));
        for (const { account, subject, activity } of entries) {
          const { changes } = place.run(
            account,
            subject,
            activity.at,
            activity.id,
            homes.get(activity) ?? '',
          );
          if (account === RESOURCES) continue;
          if (changes === 0) known.add(copyKey(activity));
          else if (account !== ACTS) addActive.run(activity.account, Math.floor(activity.at / WEEK), subject);
        }
      });
      for (const [activity, home] of homes)
        activities.keep(`${activity.at}#${home}#${activity.id}`, activity);
      return known;
    },

    async forget(entries) {
      // a body that no place names any more stays: another timeline may still name it
      transaction(database, () => {
        for (const { account, subject, activity } of entries)
          leave.run(account, subject, activity.at, activity.id, homeOf(activity));
      });
    },

    async stretches(stretches, asOf) {
      return readAll(stretches, asOf);
    },

    async around(scopes, stretches, asOf) {
      const sheets = new Map<string, Versioned<FactSheet>>();
      for (const scope of scopes) {
        const sheet = sheetOf(scope);
        if (sheet === undefined) continue;
        const { value, version } = sheet;
        sheets.set(scope, isSheetAlive(value.lastDay, asOf) ? sheet : { value: emptySheet(scope), version });
      }
      return { sheets, timelines: readAll(stretches, asOf) };
    },

    async saveSheet(sheet, expected) {
      const { scope, seen, lastDay } = sheet;
      const packed = JSON.stringify(packSeen(seen));
      const { changes } =
        expected === 0
          ? addSheet.run(lastDay, packed, scope)
          : setSheet.run(lastDay, packed, scope, expected);
      if (changes === 1) keptSheets.keep(scope, { value: sheet, version: expected + 1 });
      return changes === 1;
    },

    async active(account, week, prefix, from, limit) {
      // no text that starts with `prefix` sorts behind it followed by the last code point
      return getActive
        .all(account, week, from, `${prefix}\u{10ffff}`, limit)
        .map(({ subject }) => String(subject));
    },
  };
}

const homeOf = (activity: Activity): string => `${activity.account}#${subjectMark(activity)}`;

/** A time as SQLite can compare it: an open end may be infinite. */
const bound = (ms: number): number =>
  Math.trunc(Math.min(Math.max(ms, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
