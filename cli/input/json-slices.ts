import { LISTS } from '../../core/records/cloudtrail/wrappings/lists.ts';
import type { Skim } from './skim.ts';

/**
 * Longest record kept in memory, bytes. CloudTrail's own limit is 256 kB; an SQS or SNS wrapper escapes and at worst
 * doubles it. What is longer is reported, not read.
 */
const MAX_RECORD = 16 * 1024 * 1024;

/** Longest of the keys whose list is cut into its elements, so that a file needs no memory. */
const LONGEST_KEY = Math.max(...Array.from(LISTS, ({ length }) => length));

/** One JSON value cut out of a stream, not yet parsed. */
export interface Slice {
  /** Which value of the input it is, from 1. */
  readonly index: number;
  /** Where it starts, bytes from the beginning of the (inflated) input. */
  readonly offset: number;
  /** Line it starts on, from 1; counted only in line mode. */
  readonly line: number;
  /** Absent when there is nothing to parse; `problem` then says why. */
  readonly bytes?: Buffer;
  readonly problem?: string;
}

const [QUOTE, BACKSLASH, COMMA, NEWLINE, RETURN, SPACE, TAB] = [0x22, 0x5c, 0x2c, 0x0a, 0x0d, 0x20, 0x09];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Cuts a stream of JSON into the values that can each be one record: elements of a top-level array, elements of a
 * record list inside a top-level object, and top-level values one after another with or without a separator.
 *
 * Own code because a record that does not parse must cost only itself: the JSON stream parsers on npm stop at the first
 * error, join no concatenated documents to wrapped lists, and ran at 37 MB/s where this and `JSON.parse` run at 95.
 *
 * In line mode no value passes a newline, so a broken line ends there.
 *
 * Objects that `skim` says need no parsing are passed over and only numbered.
 */
export function jsonSlicer({ lines = false, maxRecord = MAX_RECORD } = {}): {
  write(chunk: Buffer, skim?: Skim): Slice[];
  end(): Slice[];
  /** Values so far, those passed over included. */
  count(): number;
} {
  let count = 0;
  /** Bytes before the chunk at hand. */
  let before = 0;
  let line = 1;
  let depth = 0;
  /** Depth at which values are taken: 0 top level, 1 in a top-level array, 2 in a record list of an object. */
  let floor = 0;
  let inString = false;
  let escaped = false;
  /** Key at depth 1 of a top-level object: collected while inside its string, then kept until the next one. */
  let key = '';
  /** Offset of the value being read, or -1 between values. */
  let start = -1;
  let startLine = 1;
  /** Whether that value is a number, a word or rubbish: it ends without a bracket of its own. */
  let bare = false;
  let held: Buffer[] = [];
  let heldBytes = 0;

  const take = (chunk: Buffer, from: number, to: number): void => {
    heldBytes += to - from;
    if (heldBytes > maxRecord) held = [];
    else held.push(chunk.subarray(from, to));
  };

  const finish = (chunk: Buffer, end: number, slices: Slice[]): void => {
    take(chunk, Math.max(0, start - before), end);
    const at = { index: ++count, offset: start, line: startLine };
    slices.push(
      heldBytes > maxRecord
        ? { ...at, problem: `longer than ${maxRecord} bytes: not read` }
        : { ...at, bytes: held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held) },
    );
    drop();
  };

  const drop = (): void => {
    start = -1;
    held = [];
    heldBytes = 0;
    bare = false;
  };

  const begin = (at: number, isBare: boolean): void => {
    start = before + at;
    startLine = line;
    bare = isBare;
  };

  /** A newline in line mode: whatever is open is broken and ends here. */
  const endLine = (chunk: Buffer, at: number, slices: Slice[]): void => {
    if (start >= 0) finish(chunk, at, slices);
    else if (depth > 0)
      slices.push({ index: ++count, offset: before + at, line, problem: 'the line ends inside a list' });
    depth = 0;
    floor = 0;
    inString = false;
    escaped = false;
    line++;
  };

  const write = (chunk: Buffer, skim?: Skim): Slice[] => {
    const slices: Slice[] = [];
    let lineEnd = 0;
    /** Takes whole objects at once and gives the offset behind them; 0 leaves it to the slow way, byte by byte. */
    const skimmed = (from: number): number => {
      if (skim === undefined) return 0;
      let at = from;
      if (!lines) {
        lineEnd = chunk.length;
        const { passed, end } = skim.many(at, lineEnd, maxRecord);
        count += passed;
        at = end;
        if (chunk[at] !== OPEN_OBJECT) return at;
      } else if (lineEnd <= at) {
        const newline = chunk.indexOf(NEWLINE, at);
        lineEnd = newline < 0 ? chunk.length : newline;
      }
      const end = skim.one(at, Math.min(lineEnd, at + maxRecord));
      if (end === 0) return at === from ? 0 : at;
      count++;
      if (end > 0) return end;
      slices.push({ index: count, offset: before + at, line, bytes: chunk.subarray(at, -end) });
      return -end;
    };
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (lines && byte === NEWLINE) {
        endLine(chunk, i, slices);
        continue;
      }
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inString = false;
          if (depth === floor && !bare && start >= 0) finish(chunk, i + 1, slices);
          continue;
        }
        if (floor === 0 && depth === 1 && key.length <= LONGEST_KEY) key += String.fromCharCode(byte ?? 0);
        continue;
      }
      switch (byte) {
        case QUOTE:
          if (bare) break;
          inString = true;
          if (floor === 0 && depth === 1) key = '';
          if (depth === floor && start < 0) begin(i, false);
          break;
        case OPEN_OBJECT:
        case OPEN_LIST:
          if (bare) finish(chunk, i, slices);
          if (byte === OPEN_OBJECT && depth === floor && start < 0) {
            const end = skimmed(i);
            if (end > 0) {
              i = end - 1;
              break;
            }
          }
          if (byte === OPEN_LIST && depth === 0) {
            floor = 1;
          } else if (byte === OPEN_LIST && depth === 1 && floor === 0 && LISTS.has(key)) {
            floor = 2;
            drop();
          } else if (depth === floor && start < 0) {
            begin(i, false);
            key = '';
          }
          depth++;
          break;
        case CLOSE_OBJECT:
        case CLOSE_LIST:
          if (bare && floor > 0) finish(chunk, i, slices);
          if (depth === 0) {
            if (start < 0) begin(i, true);
            break;
          }
          depth--;
          if (depth < floor) floor = 0;
          else if (depth === floor && start >= 0) finish(chunk, i + 1, slices);
          break;
        case COMMA:
          if (bare && floor > 0) finish(chunk, i, slices);
          break;
        case NEWLINE:
          if (bare) finish(chunk, i, slices);
          break;
        case SPACE:
        case TAB:
        case RETURN:
          break;
        default:
          if (depth === floor && start < 0) begin(i, true);
      }
    }
    if (start >= 0) take(chunk, Math.max(0, start - before), chunk.length);
    before += chunk.length;
    return slices;
  };

  const end = (): Slice[] => {
    const slices: Slice[] = [];
    const nothing = Buffer.alloc(0);
    if (start >= 0 && (bare || lines)) finish(nothing, 0, slices);
    else if (start >= 0)
      slices.push({
        index: ++count,
        offset: start,
        line: startLine,
        problem: 'the input ends inside this record',
      });
    else if (depth > 0)
      slices.push({
        index: ++count,
        offset: before,
        line,
        problem: 'the input ends before its list is closed',
      });
    return slices;
  };

  return { write, end, count: () => count };
}
