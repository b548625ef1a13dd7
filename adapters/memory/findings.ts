import type { FindingStore, Versioned } from '../../app/ports.ts';
import { firstIndex, getOrMake } from '../../core/activity/sorted.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';
import { nearScan } from '../stored/near-findings.ts';

/** Findings that live as long as the process: for replay. */
export function memoryFindings(): FindingStore {
  /** By account, by subject, in order of start and id. */
  const accounts = new Map<string, Map<string, Versioned<FindingRecord>[]>>();

  return {
    async near(account, subject, from, to) {
      const records = accounts.get(account)?.get(subject) ?? [];
      const { see, found } = nearScan(from);
      let index = firstIndex(records, ({ value }) => value.start <= to) - 1;
      for (let record = records[index]; record !== undefined && see(record); record = records[index]) {
        index -= 1;
      }
      return found();
    },

    async save(record, expected) {
      const subjects = getOrMake(
        accounts,
        record.account,
        (): Map<string, Versioned<FindingRecord>[]> => new Map(),
      );
      const records = getOrMake(subjects, record.subject, (): Versioned<FindingRecord>[] => []);
      const index = firstIndex(records, ({ value }) => byStart(value, record) < 0);
      const there = records[index];
      const replaces = there !== undefined && byStart(there.value, record) === 0;
      if ((replaces ? there.version : 0) !== expected) return false;
      records.splice(index, replaces ? 1 : 0, { value: record, version: expected + 1 });
      return true;
    },

    async *all() {
      for (const subjects of accounts.values()) {
        for (const records of subjects.values()) {
          for (const { value } of records.slice()) if (value.status === 'open') yield value;
        }
      }
    },
  };
}

/** Orders by start, then id: together they name a record, since the id is derived from the first member. */
function byStart(a: FindingRecord, b: FindingRecord): number {
  return a.start - b.start || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
