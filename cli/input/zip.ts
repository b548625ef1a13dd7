import { createInflateRaw } from 'node:zlib';
import { type Allowance, allowance, inflatedPieces, type Piece } from './open-bytes.ts';
import type { RandomAccess } from './random-access.ts';
import { RECORD_FILE } from './trail-names.ts';

/** One file in an archive. */
export interface ZipEntry {
  readonly name: string;
  /** Its content, which ends early where `fail` is told why. */
  open(fail: (reason: string) => void): AsyncGenerator<Piece>;
}

/** Signatures and sizes: APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16. */
const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const [END_SIZE, ENTRY_SIZE, LOCAL_SIZE] = [22, 46, 30];
const MAX_COMMENT = 0xffff;
const [STORED, DEFLATED] = [0, 8];
const ENCRYPTED = 1;
/** Compressed bytes read in one go. */
const MORSEL = 256 * 1024;
/** What macOS puts beside each file of an archive that it makes: the file's attributes, under its name. */
const OF_FINDER = /(?:^|\/)(?:__MACOSX\/|\._[^/]*$)/;
/** Longest directory read, bytes: some half a million files. */
const MAX_DIRECTORY = 64 * 1024 * 1024;

/**
 * The files of a ZIP archive whose names can be those of records, as its directory lists them.
 *
 * @throws Error that says why the archive cannot be read
 */
export function zipEntries(bytes: RandomAccess): ZipEntry[] {
  const end = endOf(bytes);
  const count = end.readUInt16LE(10);
  const size = end.readUInt32LE(12);
  const from = end.readUInt32LE(16);
  if (count === 0xffff || size === 0xffffffff || from === 0xffffffff) {
    throw new Error('is a ZIP archive in the form for more than 4 GB or 65,535 files: unpack it first');
  }
  if (size > MAX_DIRECTORY) throw new Error('is a ZIP archive whose directory is too long');
  const directory = bytes.slice(from, from + size);
  const entries: ZipEntry[] = [];
  const allowed = allowance();
  let reached = 0;
  for (let at = 0, index = 0; index < count; index++) {
    if (at + ENTRY_SIZE > directory.length || directory.readUInt32LE(at) !== DIRECTORY_ENTRY) {
      throw new Error(`is a ZIP archive whose directory is damaged at its file ${index + 1}`);
    }
    const compressed = directory.readUInt32LE(at + 20);
    const nameEnd = at + ENTRY_SIZE + directory.readUInt16LE(at + 28);
    const entry = {
      name: directory.toString('utf8', at + ENTRY_SIZE, nameEnd),
      flags: directory.readUInt16LE(at + 8),
      method: directory.readUInt16LE(at + 10),
      compressed,
      offset: directory.readUInt32LE(at + 42),
    };
    // files that lie over each other are how few bytes are made to inflate to very many
    reached += compressed;
    if (reached > bytes.length) throw new Error('is a ZIP archive whose files lie over each other');
    if (RECORD_FILE.test(entry.name) && !OF_FINDER.test(entry.name)) {
      entries.push({ name: entry.name, open: (fail) => contentOf(bytes, entry, allowed, fail) });
    }
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** The record at the very end, before which a comment may stand. */
function endOf(bytes: RandomAccess): Buffer {
  const tail = bytes.slice(Math.max(0, bytes.length - END_SIZE - MAX_COMMENT), bytes.length);
  for (let at = tail.length - END_SIZE; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END_OF_DIRECTORY) return tail.subarray(at);
  }
  throw new Error('is a ZIP archive whose end is missing');
}

interface Entry {
  readonly flags: number;
  readonly method: number;
  readonly compressed: number;
  readonly offset: number;
}

async function* contentOf(
  bytes: RandomAccess,
  { flags, method, compressed, offset }: Entry,
  allowed: Allowance,
  fail: (reason: string) => void,
): AsyncGenerator<Piece> {
  if (flags & ENCRYPTED) return fail('is encrypted');
  if (method !== STORED && method !== DEFLATED)
    return fail(`is compressed by method ${method}, which is not read`);
  const header = bytes.slice(offset, offset + LOCAL_SIZE);
  if (header.length < LOCAL_SIZE || header.readUInt32LE(0) !== LOCAL_HEADER) {
    return fail('is not where the directory of the archive says');
  }
  const start = offset + LOCAL_SIZE + header.readUInt16LE(26) + header.readUInt16LE(28);
  const raw = morsels(bytes, start, start + compressed);
  yield* inflatedPieces(raw, method === STORED ? undefined : createInflateRaw, allowed, fail);
}

async function* morsels(bytes: RandomAccess, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; at += MORSEL) yield bytes.slice(at, Math.min(end, at + MORSEL));
}
