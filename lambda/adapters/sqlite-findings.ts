import type { DatabaseSync } from 'node:sqlite';
import type { FindingStore } from '../app/ports.ts';
import { findingCodec } from './documents.ts';
import { nearScan } from './near-findings.ts';
import { readJson } from './sqlite-file.ts';
import { bound } from './sqlite-history.ts';

/** Findings in a SQLite file; made by `sqliteStores`. */
export function sqliteFindings(database: DatabaseSync): FindingStore {
  const newestFirst = database.prepare(
    `SELECT id, version, body FROM finding WHERE account = ? AND subject = ? AND start <= ?
     ORDER BY start DESC, id DESC`,
  );
  const add = database.prepare(
    `INSERT INTO finding (status, body, account, subject, start, id, version) VALUES (?, ?, ?, ?, ?, ?, 1)
     ON CONFLICT DO NOTHING`,
  );
  const set = database.prepare(
    `UPDATE finding SET status = ?, body = ?, version = version + 1
     WHERE account = ? AND subject = ? AND start = ? AND id = ? AND version = ?`,
  );
  const open = database.prepare(
    `SELECT rowid AS row, id, body FROM finding WHERE status = 'open' AND rowid > ? ORDER BY rowid LIMIT 100`,
  );
  const read = (id: unknown, body: unknown) => readJson(`finding ${id}`, body, findingCodec.unpack);

  return {
    async near(account, subject, from, to) {
      const { see, found } = nearScan(from);
      for (const { id, version, body } of newestFirst.iterate(account, subject, bound(to))) {
        if (!see({ value: read(id, body), version: Number(version) })) break;
      }
      return found();
    },

    async save(record, expected) {
      const { account, subject, start, id, status } = record;
      const body = JSON.stringify(findingCodec.pack(record));
      const { changes } =
        expected === 0
          ? add.run(status, body, account, subject, start, id)
          : set.run(status, body, account, subject, start, id, expected);
      return changes === 1;
    },

    async *all() {
      // by pages, since a statement held open between awaits would hold up other readers and writers
      for (let last = 0, page = open.all(last); page.length > 0; page = open.all(last)) {
        for (const { row, id, body } of page) {
          yield read(id, body);
          last = Number(row);
        }
      }
    },
  };
}
