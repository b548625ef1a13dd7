import { isUtf8 } from 'node:buffer';
import { recordsOf } from '../lambda/core/normalise/unwrap.ts';
import type { Damage } from './input/damage.ts';
import { reasonOf } from './input/damage.ts';
import type { InputFile } from './input/find-files.ts';
import { jsonSlicer, type Slice } from './input/json-slices.ts';
import { type OpenFile, openAll, type Piece } from './input/open-bytes.ts';

/** One record as found, and how many bytes of JSON it came from. */
export interface Item {
  readonly record: unknown;
  readonly bytes: number;
}

/** What one stretch of a file held. */
export interface Batch {
  readonly path: string;
  readonly records: readonly Item[];
  readonly damages: readonly Damage[];
  /** Bytes of the file on disk behind this batch. */
  readonly consumed: number;
}

/** Bytes looked at to tell JSON lines from one document: more than the longest record CloudTrail writes. */
const HEAD = 512 * 1024;
const LINE_FILE = /\.(jsonl|ndjson)(\.gz)?$/i;

/**
 * Streams the CloudTrail records of files, whatever they are wrapped in, so that memory does not grow with the input.
 *
 * Damage is reported in the batch where it was met and costs only itself: of a cut file the records before the cut are
 * used, of a file with a broken record all others.
 */
export async function* readEvents(files: readonly InputFile[], { jobs = 2 } = {}): AsyncGenerator<Batch> {
  for await (const file of openAll(files, jobs)) yield* batchesOf(file);
}

async function* batchesOf(open: OpenFile): AsyncGenerator<Batch> {
  const { path } = open.file;
  const pieces = open.pieces[Symbol.asyncIterator]();
  const head = await headOf(pieces);
  const text = head.bytes.toString('utf8');
  if (head.bytes.length === 0) {
    // no lines are a file of lines; no document is none
    const message = open.failure() ?? (path === '-' || LINE_FILE.test(path) ? undefined : 'is empty');
    const damages = message === undefined ? [] : [{ path, message }];
    yield { path, records: [], damages, consumed: head.consumed };
    return;
  }
  if (!LINE_FILE.test(path) && !/^\s*[[{]/.test(text)) {
    const message = open.failure() ?? 'is not JSON: it does not begin with { or [';
    yield { path, records: [], damages: [{ path, message }], consumed: open.file.size };
    return;
  }
  const lines = isLines(path, text, head.ended);
  const slicer = jsonSlicer({ lines });
  let index = 0;

  const batch = (slices: Slice[], consumed: number): Batch => {
    const records: Item[] = [];
    const damages: Damage[] = [];
    for (const slice of slices) {
      index++;
      const position = lines ? `line ${slice.line}` : `record ${index} at byte ${slice.offset}`;
      const parsed = parse(slice);
      if ('message' in parsed) damages.push({ path, position, message: parsed.message });
      if (!('value' in parsed)) continue;
      const found = recordsOf(parsed.value, ({ path: within, message }) => {
        damages.push({ path, position: within === '$' ? position : `${position}, ${within}`, message });
      });
      const bytes = (slice.bytes?.length ?? 0) / Math.max(1, found.length);
      for (const record of found) records.push({ record, bytes });
    }
    return { path, records, damages, consumed };
  };

  yield batch(slicer.write(head.bytes), head.consumed);
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    yield batch(slicer.write(next.value.bytes), next.value.consumed);
  }
  const failure = open.failure();
  if (failure === undefined) {
    yield batch(slicer.end(), 0);
  } else {
    // what the cut left open is no damage of its own, and a whole last line is still good
    const last = batch(slicer.end(), 0);
    yield {
      ...last,
      damages: [{ path, position: `after record ${index - last.damages.length}`, message: failure }],
    };
  }
}

async function headOf(pieces: AsyncIterator<Piece>): Promise<Piece & { ended: boolean }> {
  const parts: Buffer[] = [];
  let consumed = 0;
  for (let length = 0; length < HEAD; ) {
    const next = await pieces.next();
    if (next.done) return { bytes: Buffer.concat(parts), consumed, ended: true };
    parts.push(next.value.bytes);
    length += next.value.bytes.length;
    consumed += next.value.consumed;
  }
  return { bytes: Buffer.concat(parts), consumed, ended: false };
}

/**
 * Whether a file holds one JSON value per line. The name may say so; else the first line must be a whole value with
 * something after it. A first line beyond the head is a document whatever its name.
 */
function isLines(path: string, head: string, ended: boolean): boolean {
  const text = head.trimStart();
  const newline = text.indexOf('\n');
  if (LINE_FILE.test(path)) return newline >= 0 || ended;
  if (newline < 0 || text.slice(newline).trim() === '') return false;
  try {
    JSON.parse(text.slice(0, newline));
    return true;
  } catch {
    return false;
  }
}

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
