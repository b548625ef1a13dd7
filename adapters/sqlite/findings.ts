import type { DatabaseSync } from 'node:sqlite';
import type { FindingStore, Versioned } from '../../app/ports.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { cacheOf } from '../stored/cache.ts';
import { findingCodec } from '../stored/documents.ts';
import { nearScan } from '../stored/near-findings.ts';
import { readJson } from './file.ts';
import { bound } from './history.ts';

/** Findings kept as objects beside the file: mostly a few kB each, the largest a megabyte. */
const CACHED = 50;

/** Findings in a SQLite file; made by `sqliteStores`. */
export function sqliteFindings(database: DatabaseSync): FindingStore {
  const newestFirst = database.prepare(
    `SELECT rowid AS row, id, version FROM finding WHERE account = ? AND subject = ? AND start <= ?
     ORDER BY start DESC, id DESC`,
  );
  const getBody = database.prepare('SELECT version, body FROM finding WHERE rowid = ?');
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

  /** By row: nobody changes a finding without its version, and a large one takes milliseconds to parse. */
  const kept = cacheOf<Versioned<FindingRecord>>(CACHED);
  const recordIn = ({ row, id, version }: Record<string, unknown>): Versioned<FindingRecord> => {
    const there = kept.get(String(row));
    if (there !== undefined && there.version === version) return there;
    const found = getBody.get(row as number);
    return kept.keep(String(row), { value: read(id, found?.body), version: Number(found?.version) });
  };

  return {
    async near(account, subject, from, to) {
      const { see, found } = nearScan(from);
      for (const row of newestFirst.iterate(account, subject, bound(to))) if (!see(recordIn(row))) break;
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
