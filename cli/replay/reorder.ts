/** One record waiting for its turn. */
export interface Waiting {
  readonly record: unknown;
  /** Its time, ms; records without a readable one go first, they are skipped anyway. */
  readonly at: number;
  /** Bytes of JSON it came from, for the memory it holds. */
  readonly bytes: number;
}

/** Records held back; CloudTrail delivers within about 15 minutes, which in a busy organisation is this many. */
const MAX_RECORDS = 20_000;
/** JSON held back, bytes; parsed objects take about four times as much. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Puts records nearly in order of time within bounded memory.
 *
 * What comes out is right in any order (DESIGN §4.1); in order it is faster, because a late record makes the detector
 * judge again what came after it.
 */
export function reorderBuffer({ maxRecords = MAX_RECORDS, maxBytes = MAX_BYTES } = {}): {
  /** Takes records in and gives those out that need not wait longer. */
  add(records: readonly Waiting[]): Waiting[];
  /** Gives out the rest. */
  drain(): Waiting[];
} {
  let held: Waiting[] = [];
  let bytes = 0;

  /** Sorting once for every half of the buffer costs less than keeping a heap. */
  const release = (count: number): Waiting[] => {
    held.sort((a, b) => a.at - b.at);
    const out = held.slice(0, count);
    held = held.slice(count);
    bytes = held.reduce((sum, record) => sum + record.bytes, 0);
    return out;
  };

  return {
    add(records) {
      for (const record of records) {
        held.push(record);
        bytes += record.bytes;
      }
      return held.length > maxRecords || bytes > maxBytes ? release(Math.ceil(held.length / 2)) : [];
    },
    drain: () => release(held.length),
  };
}
