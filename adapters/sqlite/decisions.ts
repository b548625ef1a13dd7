import type { DatabaseSync } from 'node:sqlite';
import type { DecisionStore } from '../../app/ports.ts';
import type { Decision } from '../../core/findings/decision.ts';
import { readJson } from './file.ts';

/** Decisions in a state file; made by `sqliteStores`. */
export function sqliteDecisions(database: DatabaseSync): DecisionStore {
  // a file that an older version made, opened only to be read, has no such table
  const there = (): boolean =>
    database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'decision'").get() !== undefined;
  const read = ({ id, body }: Record<string, unknown>): Decision =>
    readJson(`decision ${id}`, body, (stored) => stored as Decision);
  return {
    async keep(decision) {
      database
        .prepare('INSERT INTO decision (at, id, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run(decision.at, decision.id, JSON.stringify(decision));
    },

    async at(which) {
      if (!there()) return [];
      const exact = database.prepare('SELECT id, body FROM decision WHERE at = ? AND id = ?');
      return which.flatMap(({ at, id }) => exact.all(at, id).map(read));
    },

    async *within({ from, to }) {
      if (!there()) return;
      const rows = database.prepare('SELECT id, body FROM decision WHERE at BETWEEN ? AND ? ORDER BY at, id');
      yield* rows.all(from, to).map(read);
    },
  };
}
