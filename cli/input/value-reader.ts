import { recordsOf } from '../../core/records/cloudtrail/unwrap.ts';
import { WRAPPINGS } from '../../core/records/cloudtrail/wrappings/all.ts';
import { decoder } from './decode.ts';
import { addRecord, countAside, type Reading } from './reading.ts';
import type { TimeRange } from './time-range.ts';

/** Damages of one file that are told; all are counted. */
export const MOST_TOLD = 10;

/** Takes the values of a file, whatever their format was, and adds what they hold to readings. */
export interface ValueReader {
  /** A value that may be a record or hold some, of `size` bytes; `place` is said with its damage. */
  add(value: unknown, size: number, place: string, into: Reading): void;
  tell(into: Reading, place: string | undefined, message: string): void;
}

export function valueReader(path: string, range: TimeRange, mostTold = MOST_TOLD): ValueReader {
  let told = 0;
  const tell: ValueReader['tell'] = (reading, position, message) => {
    reading.damaged++;
    if (told++ < mostTold)
      reading.damages.push({ path, ...(position !== undefined && { position }), message });
  };
  return {
    tell,
    add(value, size, place, reading) {
      const records = recordsOf(value, WRAPPINGS, {
        onDamage: ({ path: within, message }) =>
          tell(reading, within === '$' ? place : `${place}, ${within}`, message),
        onAside: (name, objects) => countAside(reading, name, objects),
        decode: decoder(size),
      });
      for (const record of records) addRecord(reading, record, range);
    },
  };
}
