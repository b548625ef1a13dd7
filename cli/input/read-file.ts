import { isUtf8 } from 'node:buffer';
import { recordsOf } from '../../core/records/cloudtrail/unwrap.ts';
import { reasonOf } from './damage.ts';
import type { InputFile } from './input-file.ts';
import { jsonSlicer, type Slice } from './json-slices.ts';
import { type Piece, streamedContent, wholeContent } from './open-bytes.ts';
import { addRecord, countSkipped, emptyReading, type Reading } from './reading.ts';
import { skimmer } from './skim.ts';
import type { Span } from './span.ts';
import { deliveredAt } from './trail-names.ts';

/** Bytes looked at to tell JSON lines from one document: more than the longest record CloudTrail writes. */
const HEAD = 512 * 1024;
/** Content taken in one go: what is parsed of it is dropped before the next. */
const PIECE = 1024 * 1024;
/** More than Node keeps several buffers in. */
const LARGE = 128 * 1024;
/** Damages of one file that are told; all are counted. */
export const MOST_TOLD = 10;

const LINE_FILE = /\.(jsonl|ndjson)(\.gz)?$/i;

/**
 * Reads the CloudTrail records of a file, whatever they are wrapped in, stretch by stretch, so that memory does not grow
 * with the file.
 *
 * Damage is told in the stretch where it was met and costs only itself: of a cut file the records before the cut are
 * used, of a file with a broken record all others.
 */
export async function* readFile(file: InputFile, span: Span): AsyncGenerator<Reading> {
  const delivered = deliveredAt(file.path) ?? 0;
  const content = await wholeContent(file);
  const readings = content === undefined ? readStream(file, span) : readWhole(file, content, span);
  for await (const reading of readings) yield Object.assign(reading, { delivered });
  if (content !== undefined) giveBack(content);
}

/** Frees a large content at once: left to the garbage collector, every few files cost a search through the whole heap. */
function giveBack({ buffer, length }: Buffer): void {
  // a small buffer shares its memory with others
  if (length >= LARGE && buffer.byteLength <= length + 1024 && buffer instanceof ArrayBuffer)
    buffer.transfer(0);
}

function* readWhole(file: InputFile, content: Buffer, span: Span): Generator<Reading> {
  const head = content.subarray(0, HEAD);
  const refused = refusal(file.path, head);
  if (refused !== undefined) {
    yield refusedReading(file, refused);
    return;
  }
  const reader = recordReader(file.path, isLines(file.path, head, content.length <= HEAD), span);
  let reading = { ...emptyReading(), files: 1 };
  for (let at = 0; at < content.length; at += PIECE) {
    if (at > 0) {
      yield reading;
      reading = emptyReading();
    }
    const bytes = content.subarray(at, at + PIECE);
    reader.write(bytes, reading);
    reading.consumed = (file.size * bytes.length) / content.length;
  }
  reader.end(undefined, reading);
  yield reading;
}

async function* readStream(file: InputFile, span: Span): AsyncGenerator<Reading> {
  let failure: string | undefined;
  const pieces = streamedContent(file, (reason) => {
    failure ??= reason;
  });
  const head = await headOf(pieces);
  const refused = refusal(file.path, head.bytes);
  if (refused !== undefined || head.bytes.length === 0) {
    await pieces.return(undefined);
    yield refusedReading(file, failure ?? refused);
    return;
  }
  const reader = recordReader(file.path, isLines(file.path, head.bytes, head.ended), span);
  const first = { ...emptyReading(), files: 1, consumed: head.consumed };
  reader.write(head.bytes, first);
  yield first;
  for await (const { bytes, consumed } of pieces) {
    const reading = { ...emptyReading(), consumed };
    reader.write(bytes, reading);
    yield reading;
  }
  const last = emptyReading();
  reader.end(failure, last);
  yield last;
}

function refusedReading({ path, size }: InputFile, message: string | undefined): Reading {
  const reading = { ...emptyReading(), files: 1, consumed: size };
  return message === undefined ? reading : { ...reading, damaged: 1, damages: [{ path, message }] };
}

/** Why nothing can be read of a file that begins like this. */
function refusal(path: string, head: Buffer): string | undefined {
  // no lines are a file of lines; no document is none
  if (head.length === 0) return path === '-' || LINE_FILE.test(path) ? undefined : 'is empty';
  if (LINE_FILE.test(path) || /^\s*[[{]/.test(textOf(head))) return undefined;
  return 'is not JSON: it does not begin with { or [';
}

/** The beginning of a text, as much as tells what it is. */
function textOf(head: Buffer): string {
  const start = head.toString('utf8', 0, 1024);
  return start.trim() === '' ? head.toString() : start;
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
function isLines(path: string, head: Buffer, ended: boolean): boolean {
  const start = head.findIndex((byte) => !SPACE.has(byte));
  const newline = start < 0 ? -1 : head.indexOf('\n', start);
  if (LINE_FILE.test(path)) return newline >= 0 || ended;
  if (newline < 0 || head.toString('utf8', newline).trim() === '') return false;
  try {
    JSON.parse(head.toString('utf8', start, newline));
    return true;
  } catch {
    return false;
  }
}

const SPACE: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));

/** Takes the content of a file chunk by chunk and adds what it holds to readings. */
export function recordReader(
  path: string,
  lines: boolean,
  span: Span,
  mostTold = MOST_TOLD,
): {
  write(chunk: Buffer, into: Reading): void;
  end(failure: string | undefined, into: Reading): void;
} {
  const slicer = jsonSlicer({ lines });
  let told = 0;

  const tell = (reading: Reading, position: string, message: string): void => {
    reading.damaged++;
    if (told++ < mostTold) reading.damages.push({ path, position, message });
  };

  const add = (slice: Slice, reading: Reading, damaged: typeof tell): void => {
    const place = lines ? `line ${slice.line}` : `record ${slice.index} at byte ${slice.offset}`;
    const parsed = parse(slice);
    if ('message' in parsed) damaged(reading, place, parsed.message);
    if (!('value' in parsed)) return;
    const records = recordsOf(parsed.value, ({ path: within, message }) =>
      damaged(reading, within === '$' ? place : `${place}, ${within}`, message),
    );
    for (const record of records) addRecord(reading, record, span);
  };

  return {
    write(chunk, reading) {
      const skim = isText(chunk)
        ? skimmer(chunk, span, (reason, times) => countSkipped(reading, reason, times))
        : undefined;
      for (const slice of slicer.write(chunk, skim)) add(slice, reading, tell);
    },
    end(failure, reading) {
      // what a cut left open is no damage of its own, and a whole last line is still good
      let open = 0;
      const damaged = failure === undefined ? tell : () => open++;
      for (const slice of slicer.end()) add(slice, reading, damaged);
      if (failure !== undefined) tell(reading, `after record ${slicer.count() - open}`, failure);
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
