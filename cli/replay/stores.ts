import { memoryFindings } from '../../lambda/adapters/memory-findings.ts';
import { memoryHistory } from '../../lambda/adapters/memory-history.ts';
import { sqliteStores } from '../../lambda/adapters/sqlite-stores.ts';
import type { FindingStore, HistoryStore } from '../../lambda/app/ports.ts';

export interface Stores {
  readonly history: HistoryStore;
  readonly findings: FindingStore;
  close(): void;
}

/** Where a replay keeps what it learns: a SQLite file that outlives the run, else the memory of the process. */
export function openStores(state: string | undefined): Stores {
  if (state !== undefined) return sqliteStores(state);
  return { history: memoryHistory(), findings: memoryFindings(), close: () => {} };
}
