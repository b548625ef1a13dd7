import type { DatabaseSync } from 'node:sqlite';
import type { PolicyVersion, SettingsStore } from '../../app/settings.ts';
import { readJson } from './file.ts';

/** Settings in a state file; made by `sqliteStores`. */
export function sqliteSettings(database: DatabaseSync): SettingsStore {
  // a file that an older version made, opened only to be read, has no such tables
  const there = (): boolean =>
    database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'policy_version'").get() !== undefined;
  return {
    async pointer() {
      const row = there() ? database.prepare('SELECT version, sha256 FROM policy_pointer').get() : undefined;
      return row && { version: Number(row.version), sha256: String(row.sha256) };
    },

    async version(version) {
      const row = there()
        ? database.prepare('SELECT body FROM policy_version WHERE version = ?').get(version)
        : undefined;
      return row && readJson(`policy version ${version}`, row.body, (stored) => stored as PolicyVersion);
    },

    async add(version) {
      const { changes } = database
        .prepare('INSERT INTO policy_version (version, body) VALUES (?, ?) ON CONFLICT DO NOTHING')
        .run(version.version, JSON.stringify(version));
      return changes === 1;
    },

    async point({ version, sha256 }, from) {
      const { changes } =
        from === 0
          ? database
              .prepare(
                'INSERT INTO policy_pointer (only, version, sha256) VALUES (1, ?, ?) ON CONFLICT DO NOTHING',
              )
              .run(version, sha256)
          : database
              .prepare('UPDATE policy_pointer SET version = ?, sha256 = ? WHERE version = ?')
              .run(version, sha256, from);
      return changes === 1;
    },
  };
}
