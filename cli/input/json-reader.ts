import { isUtf8 } from 'node:buffer';
import { reasonOf } from './damage.ts';
import { jsonSlicer, type Slice } from './json-slices.ts';
import { countSkipped, type Reading } from './reading.ts';
import { skimmer } from './skim.ts';
import { unwatchedElsewhere } from './skim-clouds.ts';
import { isBounded, type TimeRange } from './time-range.ts';
import { MOST_TOLD, valueReader } from './value-reader.ts';

/** Takes the content of one file chunk by chunk and adds what it holds to readings. */
export interface ContentReader {
  write(chunk: Buffer, into: Reading): void;
  /** @param failure why the content ends early, if it does */
  end(failure: string | undefined, into: Reading): void;
}

/** Reads JSON: one document, several, or one value per line. */
export function jsonReader(
  path: string,
  lines: boolean,
  range: TimeRange,
  mostTold = MOST_TOLD,
): ContentReader {
  const slicer = jsonSlicer({ lines });
  const values = valueReader(path, range, mostTold);
  // when a record happened is in what was parsed
  const bounded = isBounded(range);

  const add = (slice: Slice, reading: Reading, damaged: typeof values.tell): void => {
    const unwatched = bounded || slice.bytes === undefined ? undefined : unwatchedElsewhere(slice.bytes);
    if (unwatched !== undefined) {
      countSkipped(reading, unwatched);
      return;
    }
    const place = lines ? `line ${slice.line}` : `record ${slice.index} at byte ${slice.offset}`;
    const parsed = parse(slice);
    if ('message' in parsed) damaged(reading, place, parsed.message);
    if ('value' in parsed) values.add(parsed.value, slice.bytes?.length ?? 0, place, reading);
  };

  return {
    write(chunk, reading) {
      const skim = isText(chunk)
        ? skimmer(chunk, range, (reason, times) => countSkipped(reading, reason, times))
        : undefined;
      for (const slice of slicer.write(chunk, skim)) add(slice, reading, values.tell);
    },
    end(failure, reading) {
      // what a cut left open is no damage of its own, and a whole last line is still good
      let open = 0;
      const damaged = failure === undefined ? values.tell : () => open++;
      for (const slice of slicer.end()) add(slice, reading, damaged);
      if (failure !== undefined) values.tell(reading, `after record ${slicer.count() - open}`, failure);
    },
  };
}
/** Whether a chunk is UTF-8, but for characters that the cuts before and after it go through. */
function isText(chunk: Buffer): boolean {
  let from = 0;
  while (from < 3 && isInside(chunk[from])) from++;
  let to = chunk.length;
  for (let back = 1; back <= Math.min(4, chunk.length); back++) {
    if (isInside(chunk[chunk.length - back])) continue;
    if ((chunk[chunk.length - back] ?? 0) >= 0xc0) to = chunk.length - back;
    break;
  }
  return isUtf8(chunk.subarray(from, Math.max(from, to)));
}

/** Second to fourth byte of a character. */
const isInside = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

function parse({ bytes, problem }: Slice): { value?: unknown; message?: string } {
  if (bytes === undefined) return { message: problem ?? 'could not be read' };
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isUtf8(bytes)
      ? { value }
      : { value, message: 'is not valid UTF-8: the wrong bytes were replaced' };
  } catch (error) {
    return { message: `is not valid JSON: ${reasonOf(error)}` };
  }
}
