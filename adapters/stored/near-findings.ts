import type { Versioned } from '../../app/ports.ts';
import type { FindingRecord } from '../../core/findings/finding.ts';

/**
 * Picks the records that overlap a stretch out of one subject's records, newest first, taking no more than it needs:
 * open records of one subject never overlap, so once an open one ends before `from` no older open one can reach it. A
 * closed one that began before that can reach it only by spanning it, and then nothing judged in the stretch can bear
 * its name; every store leaves it out alike.
 */
export function nearScan(from: number): {
  /** Looks at the next older record; false when no older one matters. */
  readonly see: (record: Versioned<FindingRecord>) => boolean;
  /** What overlaps, oldest first. */
  readonly found: () => Versioned<FindingRecord>[];
} {
  const found: Versioned<FindingRecord>[] = [];
  return {
    see(record) {
      if (record.value.end >= from) found.push(record);
      else if (record.value.status === 'open') return false;
      return true;
    },
    found: () => found.reverse(),
  };
}
