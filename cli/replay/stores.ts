import { spillingHistory } from '../../adapters/memory/spilling-history.ts';
import { memoryVerdicts } from '../../adapters/memory/verdicts.ts';
import { sqliteStores } from '../../adapters/sqlite/stores.ts';
import type { Tellings } from '../../adapters/sqlite/tellings.ts';
import type { DecisionStore, HistoryStore, VerdictStore } from '../../app/ports.ts';
import type { Settings } from '../../app/settings.ts';

export interface Stores {
  readonly history: HistoryStore;
  readonly verdicts: VerdictStore;
  /** What people have decided about findings; absent where nobody can have. */
  readonly decisions?: DecisionStore;
  /** What earlier runs have told; only a file knows. */
  readonly tellings?: Tellings;
  /** The policy that was pushed; absent where there can be none. */
  readonly settings?: Settings;
  close(): void;
}

/** Activities kept in memory whatever their age: some 70 MB. */
const SPARE = 30_000;
/** Beyond them, what is this old goes to disk: judgements look a window back, which is a day, and only for data further. */
const RETAIN_MS = 3 * 86_400_000;

/** Opens the state file of a replay to read it. */
export const openState = (state: string): Required<Stores> => sqliteStores(state, { readOnly: true });

/**
 * Where a replay keeps what it learns: a SQLite file that outlives the run, else the memory of the process, and what is too
 * old for that in a nameless file which goes with it.
 *
 * @param tell takes one line that a person should read
 */
export function openStores(
  state: string | undefined,
  tell = (line: string): void => void process.stderr.write(`${line}\n`),
): Stores {
  if (state !== undefined) return sqliteStores(state);
  let aside: Stores | undefined;
  return {
    history: spillingHistory({
      spare: SPARE,
      retainMs: RETAIN_MS,
      open() {
        aside = sqliteStores('');
        return aside.history;
      },
      tell: (reason) =>
        tell(
          `history stays in memory, since the folder for temporary files takes none of it (${reason}); TMPDIR names another`,
        ),
    }),
    verdicts: memoryVerdicts(),
    close: () => aside?.close(),
  };
}
