import { HEAD, readerFor } from './content-kind.ts';
import { reasonOf } from './damage.ts';
import type { InputFile } from './input-file.ts';
import { joined, type Piece, streamedContent, wholeContent } from './open-bytes.ts';
import { randomAccess } from './random-access.ts';
import { emptyReading, type Reading } from './reading.ts';
import type { TimeRange } from './time-range.ts';
import { deliveredAt } from './trail-names.ts';

/** Content taken in one go: what is parsed of it is dropped before the next. */
const PIECE = 1024 * 1024;
/** Archives within archives that are followed. */
const MAX_ARCHIVES = 4;
/** More than Node keeps several buffers in. */
const LARGE = 128 * 1024;

/**
 * Reads the CloudTrail records of a file, whatever its format and whatever they are wrapped in, stretch by stretch, so that
 * memory does not grow with the file.
 *
 * Damage is told in the stretch where it was met and costs only itself: of a cut file the records before the cut are
 * used, of a file with a broken record all others.
 */
export async function* readFile(file: InputFile, range: TimeRange): AsyncGenerator<Reading> {
  const delivered = deliveredAt(file.path) ?? 0;
  const content = await wholeContent(file);
  const readings =
    content === undefined
      ? readPieces(file, (fail) => streamedContent(file, fail), range)
      : readWhole(file, content, range);
  for await (const reading of readings) yield Object.assign(reading, { delivered });
  if (content !== undefined) giveBack(content);
}

/** Frees a large content at once: left to the garbage collector, every few files cost a search through the whole heap. */
function giveBack({ buffer, length }: Buffer): void {
  // a small buffer shares its memory with others
  if (length >= LARGE && buffer.byteLength <= length + 1024 && buffer instanceof ArrayBuffer)
    buffer.transfer(0);
}

async function* readWhole(file: InputFile, content: Buffer, range: TimeRange): AsyncGenerator<Reading> {
  const container = containerOf(content);
  if (container !== undefined) {
    yield* readContainer(container, file, [{ bytes: content, consumed: file.size }], range);
    return;
  }
  const reader = await readerFor(file.path, content.subarray(0, HEAD), content.length <= HEAD, range);
  if (typeof reader !== 'object') {
    yield refusedReading(file, reader);
    return;
  }
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

/**
 * Reads content that comes in pieces.
 *
 * @param open begins the pieces, which end early where it tells `fail` why
 */
async function* readPieces(
  file: InputFile,
  open: (fail: (reason: string) => void) => AsyncGenerator<Piece>,
  range: TimeRange,
  archives = 0,
): AsyncGenerator<Reading> {
  let failure: string | undefined;
  const pieces = open((reason) => {
    failure ??= reason;
  });
  const head = await headOf(pieces);
  const container = containerOf(head.bytes);
  if (container !== undefined) {
    yield* readContainer(container, file, joined(head, pieces), range, archives, () => failure);
    return;
  }
  const reader =
    head.bytes.length === 0 && failure !== undefined
      ? failure
      : await readerFor(file.path, head.bytes, head.ended, range);
  if (typeof reader !== 'object') {
    await pieces.return(undefined);
    yield refusedReading(file, failure ?? reader);
    return;
  }
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

type Container = 'zip' | 'parquet';

/** Formats whose directory stands at the end. */
function containerOf(head: Buffer): Container | undefined {
  const magic = head.toString('latin1', 0, 4);
  if (magic === 'PAR1') return 'parquet';
  return magic === 'PK\u0003\u0004' || magic === 'PK\u0005\u0006' ? 'zip' : undefined;
}

/** Reads the rows of a Parquet file or the files in an archive. */
async function* readContainer(
  container: Container,
  file: InputFile,
  pieces: Iterable<Piece> | AsyncIterable<Piece>,
  range: TimeRange,
  archives = 0,
  failed: () => string | undefined = () => undefined,
): AsyncGenerator<Reading> {
  try {
    const bytes = await randomAccess(file, container, pieces);
    const failure = failed();
    if (failure !== undefined) throw new Error(failure);
    try {
      if (container === 'parquet') {
        const { readParquet } = await import('./parquet.ts');
        yield* readParquet(file, bytes, range);
      } else {
        if (archives === MAX_ARCHIVES) throw new Error(`lies in more than ${MAX_ARCHIVES} archives`);
        const { zipEntries } = await import('./zip.ts');
        yield { ...emptyReading(), files: 1, consumed: file.size };
        for (const { name, open } of zipEntries(bytes)) {
          const entry = { path: `${file.path}/${name}`, size: 0, plain: false };
          for await (const reading of readPieces(entry, open, range, archives + 1))
            yield { ...reading, files: 0, consumed: 0 };
        }
      }
    } finally {
      bytes.close();
    }
  } catch (error) {
    yield refusedReading(file, reasonOf(error));
  }
}

function refusedReading({ path, size }: InputFile, message: string | undefined): Reading {
  const reading = { ...emptyReading(), files: 1, consumed: size };
  return message === undefined ? reading : { ...reading, damaged: 1, damages: [{ path, message }] };
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
