import type { DecisionStore, HistoryStore, VerdictStore } from '../../app/ports.ts';
import type { SettingsStore } from '../../app/settings.ts';
import { sqliteDecisions } from './decisions.ts';
import { openSqlite } from './file.ts';
import { sqliteHistory } from './history.ts';
import { sqliteSettings } from './settings.ts';
import { sqliteTellings, type Tellings } from './tellings.ts';
import { sqliteVerdicts } from './verdicts.ts';

/**
 * History, verdicts, settings and decisions in one file on the desk, so that the next run goes on where this one ended.
 *
 * @param path a file, made if absent; `:memory:` for none, empty for a nameless one that goes when it is closed
 * @param readOnly see `openSqlite`
 * @throws Error that names the file and the remedy when it cannot be opened or is not one of ours
 */
export function sqliteStores(
  path: string,
  options: { readOnly?: boolean } = {},
): {
  history: HistoryStore;
  verdicts: VerdictStore;
  tellings: Tellings;
  settings: SettingsStore;
  decisions: DecisionStore;
  close(): void;
} {
  const database = openSqlite(path, options);
  return {
    history: sqliteHistory(database),
    verdicts: sqliteVerdicts(database),
    tellings: sqliteTellings(database),
    settings: sqliteSettings(database),
    decisions: sqliteDecisions(database),
    close: () => database.close(),
  };
}
