import { memoryFindings } from '../../lambda/adapters/memory-findings.ts';
import { memoryHistory } from '../../lambda/adapters/memory-history.ts';
import { sqliteStores } from '../../lambda/adapters/sqlite-stores.ts';
import type { FindingStore, HistoryStore } from '../../lambda/app/ports.ts';

export interface Stores {
  readonly history: HistoryStore;
  readonly findings: FindingStore;
  close(): void;
}

/** Activities kept whatever their age: some 150 MB, and enough that a small history may come in any order. */
const SPARE = 150_000;
/** As long as the deployed history keeps an activity. */
const RETAIN_MS = 90 * 86_400_000;

/** Where a replay keeps what it learns: a SQLite file that outlives the run, else the memory of the process. */
export function openStores(state: string | undefined): Stores {
  if (state !== undefined) return sqliteStores(state);
  return {
    history: memoryHistory({ retainMs: RETAIN_MS, spare: SPARE }),
    findings: memoryFindings(),
    close: () => {},
  };
}
