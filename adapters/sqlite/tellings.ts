import type { DatabaseSync } from 'node:sqlite';
import type { Event, Told } from '../../app/told.ts';
import { readJson, transaction } from './file.ts';

/** What a run on a desk told of a finding. */
export interface Telling {
  readonly id: string;
  /** It is `renamed` where an earlier record gave it another beginning, and so another id, and nothing else is new. */
  readonly event: Event | 'renamed';
  readonly told: Told;
}

/** A run that told something, or looked and had nothing to tell. */
export interface Run {
  readonly number: number;
  /** When it had told everything, ms. */
  readonly ended: number;
}

/** What the runs over a state file have told, so that the next one tells the news alone. */
export interface Tellings {
  /** Of each finding what was told last, and by which run. */
  all(): ReadonlyMap<string, Telling & { readonly run: number }>;
  /** The last runs, newest first. */
  runs(limit: number): readonly Run[];
  /** Keeps what a run has told, once it is out. */
  add(tellings: readonly Telling[], ended: number): void;
}

/** Tellings in a state file; made by `sqliteStores`. */
export function sqliteTellings(database: DatabaseSync): Tellings {
  // a file that an older version made, opened only to be read, has no such tables
  const there = (): boolean =>
    database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'told'").get() !== undefined;
  return {
    all() {
      const rows = there() ? database.prepare('SELECT id, run, event, body FROM told').all() : [];
      return new Map(
        rows.map(({ id, run, event, body }) => [
          String(id),
          {
            id: String(id),
            run: Number(run),
            event: event as Telling['event'],
            told: readJson(`told ${id}`, body, (stored) => stored as Told),
          },
        ]),
      );
    },

    runs(limit) {
      if (!there()) return [];
      const rows = database.prepare('SELECT number, ended FROM run ORDER BY number DESC LIMIT ?').all(limit);
      return rows.map(({ number, ended }) => ({ number: Number(number), ended: Number(ended) }));
    },

    add(tellings, ended) {
      const put = database.prepare(
        `INSERT INTO told (id, run, event, body) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET run = excluded.run, event = excluded.event, body = excluded.body`,
      );
      transaction(database, () => {
        const { lastInsertRowid } = database.prepare('INSERT INTO run (ended) VALUES (?)').run(ended);
        for (const { id, event, told } of tellings) put.run(id, lastInsertRowid, event, JSON.stringify(told));
      });
    },
  };
}
