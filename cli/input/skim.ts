import { readFileSync } from 'node:fs';
import { unwatchedReason } from '../../core/records/cloudtrail/cloudtrail.ts';
import { WATCHED } from '../../core/records/cloudtrail/events.ts';
import { isBounded, OUTSIDE, outside, type TimeRange } from './time-range.ts';

/** Looks at JSON objects without parsing them. */
export interface Skim {
  /**
   * Looks at the object that begins at `start` and ends before `limit`.
   *
   * @returns the offset behind an object that was counted and is done with; minus that offset for one that must be
   * parsed; 0 where the object is not whole or its own members are not JSON, so that nothing is known of it
   */
  one(start: number, limit: number): number;
  /**
   * Passes over neighbours in a list, each at most `longest` bytes, as long as they have names already met.
   *
   * @returns how many were counted, and the offset of the first that was not, or else that behind the last one
   */
  many(start: number, limit: number, longest: number): { readonly passed: number; readonly end: number };
}

/** Names watched of any source: a record with one of them is parsed, and the normaliser decides. */
const NAMES: ReadonlySet<string> = new Set(
  WATCHED.flatMap(({ calls, serviceEvents }) => [...calls, ...serviceEvents]),
);

/** Names that Lambda's own events have where a record has its call's: those of S3, Kinesis and DynamoDB. */
const isOthers = (name: string): boolean => name.includes(':') || OTHERS_NAMES.has(name);
const OTHERS_NAMES: ReadonlySet<string> = new Set(['INSERT', 'MODIFY', 'REMOVE']);

/**
 * Makes a look at a chunk that skips records which cannot matter: most of a trail is calls nobody watches.
 *
 * Quotes and brackets are followed through the whole record, so that it ends where a parser would end it, and its own
 * members (not what is inside them) are held against the grammar. A record is skipped only if it has one `eventName` and
 * one `eventSource`, both texts, and the name is plain text watched of no source. Whatever is unusual is parsed: an
 * escape in a key or deciding value, a deciding member twice, missing or of another type (an envelope, another log).
 *
 * @param chunk valid UTF-8; it is copied, so only one chunk is looked at at a time
 */
export function skimmer(
  chunk: Buffer,
  range: TimeRange,
  skipped: (reason: string, times: number) => void,
): Skim {
  const { skim, pass, learn, told } = load(chunk);
  const bounded = isBounded(range);
  const text = (from: number, to: number): string =>
    chunk.toString('latin1', (told[from] ?? 0) - INPUT, (told[to] ?? 0) - INPUT);
  return {
    one(start, limit) {
      const found = skim(start + INPUT, limit + INPUT);
      if (found === 0) return 0;
      const end = Math.abs(found) - INPUT;
      const name = found < 0 ? '' : text(NAME_FROM, NAME_TO);
      if (name === '' || NAMES.has(name) || isOthers(name)) return -end;
      learn(unwatchedReason(name, false) === 'read-only' ? READ : OTHER);
      const time = bounded && told[TIME_TO] !== 0 ? text(TIME_FROM, TIME_TO) : '';
      skipped(outside(range, time) ? OUTSIDE : unwatchedReason(name, told[READ_ONLY] === 1), 1);
      return end;
    },
    many(start, limit, longest) {
      // when records happened is looked at one by one
      if (bounded) return { passed: 0, end: start };
      const end = pass(start + INPUT, limit + INPUT, longest) - INPUT;
      const { [READS]: reads = 0, [OTHERS]: others = 0 } = told;
      if (reads > 0) skipped(unwatchedReason('', true), reads);
      if (others > 0) skipped(unwatchedReason('', false), others);
      return { passed: reads + others, end };
    },
  };
}

/** Where the scan (wasm/skim.ts beside this file) leaves what it found, 32-bit words, and, behind the names it has learnt, expects its input. */
const [NAME_FROM, NAME_TO, TIME_FROM, TIME_TO, READ_ONLY, READS, OTHERS] = [0, 1, 2, 3, 4, 5, 6];
const WORDS = 16;
const INPUT = 4 * WORDS + 1024 * 64;
/** What it keeps of a name. */
const [READ, OTHER] = [1, 2];
/** Readable bytes it needs behind the input. */
const BEHIND = 64;
const PAGE = 64 * 1024;

/** What is used of WebAssembly, whose types come only with those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> };
  readonly Memory: new (size: { initial: number }) => Memory;
};
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Scanner {
  readonly skim: (start: number, limit: number) => number;
  readonly pass: (start: number, limit: number, longest: number) => number;
  readonly learn: (kind: number) => void;
  readonly told: Uint32Array;
  readonly input: Uint8Array;
}

let memory: Memory | undefined;
let scanner: Scanner | undefined;

/** Puts a chunk where the scan can read it; the first time, loads the scan. */
function load(chunk: Buffer): Scanner {
  const needed = INPUT + chunk.length + BEHIND;
  memory ??= new WebAssembly.Memory({ initial: 32 });
  if (scanner === undefined || memory.buffer.byteLength < needed) {
    const missing = needed - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    scanner = {
      ...(scanner ?? compiled(memory)),
      told: new Uint32Array(memory.buffer, 0, WORDS),
      input: new Uint8Array(memory.buffer, INPUT),
    };
  }
  scanner.input.set(chunk);
  return scanner;
}

function compiled(memory: Memory): Pick<Scanner, 'skim' | 'pass' | 'learn'> {
  const module = new WebAssembly.Module(readFileSync(new URL('./wasm/skim.wasm', import.meta.url)));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as ReturnType<typeof compiled>;
}
