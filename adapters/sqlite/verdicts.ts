import type { DatabaseSync } from 'node:sqlite';
import type { Place, VerdictStore, Versioned } from '../../app/ports.ts';
import { subjectKey } from '../../core/activity/actor.ts';
import type { Assessment } from '../../core/findings/finding.ts';
import { readJson } from './file.ts';

/** Verdicts in a SQLite file; made by `sqliteStores`. */
export function sqliteVerdicts(database: DatabaseSync): VerdictStore {
  const select = 'SELECT id, version, body FROM verdict WHERE account = ? AND subject = ?';
  const before = database.prepare(
    `${select} AND at >= ? AND (at, id) <= (?, ?) ORDER BY at DESC, id DESC LIMIT ?`,
  );
  const after = database.prepare(`${select} AND at <= ? AND (at, id) > (?, ?) ORDER BY at, id LIMIT ?`);
  const exact = database.prepare(`${select} AND at = ? AND id = ?`);
  const page = database.prepare(
    'SELECT rowid AS row, id, version, body FROM verdict WHERE rowid > ? ORDER BY rowid LIMIT 100',
  );
  const add = database.prepare(
    `INSERT INTO verdict (body, account, subject, at, id, version) VALUES (?, ?, ?, ?, ?, 1)
     ON CONFLICT DO NOTHING`,
  );
  const set = database.prepare(
    `UPDATE verdict SET body = ?, version = version + 1
     WHERE account = ? AND subject = ? AND at = ? AND id = ? AND version = ?`,
  );
  const read = ({ id, version, body }: Record<string, unknown>): Versioned<Assessment> => ({
    value: readJson(`verdict ${id}`, body, (stored) => stored as Assessment),
    version: Number(version),
  });
  const nearOne = ({ account, subject, at, id }: Place, count: number, within: number) => [
    ...before.all(account, subject, at - within, at, id, count + 1).map(read),
    ...after.all(account, subject, at + within, at, id, count).map(read),
  ];

  return {
    near: async (places, count, within) => places.flatMap((place) => nearOne(place, count, within)),

    at: async (places) =>
      places.flatMap(({ account, subject, at, id }) => exact.all(account, subject, at, id).map(read)),

    async save(verdict, expected) {
      const { account, actor, at, id } = verdict.activity;
      const body = JSON.stringify(verdict);
      const place = [account, subjectKey(actor), at, id] as const;
      const { changes } = expected === 0 ? add.run(body, ...place) : set.run(body, ...place, expected);
      return changes === 1;
    },

    async *all() {
      // by pages, since a statement held open between awaits would hold up other readers and writers
      for (let last = 0, rows = page.all(last); rows.length > 0; rows = page.all(last)) {
        for (const row of rows) {
          yield read(row).value;
          last = Number(row.row);
        }
      }
    },
  };
}
