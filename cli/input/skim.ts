import { unwatchedReason } from '../../lambda/core/normalise/cloudtrail.ts';
import { WATCHED } from '../../lambda/core/normalise/cloudtrail-events.ts';
import { LISTS } from './json-slices.ts';
import { isBounded, OUTSIDE, outside, type Span } from './span.ts';

/**
 * Looks at the JSON object that begins at `start` and ends before `limit`, without parsing it.
 *
 * @returns the offset behind an object that was counted and is done with; minus that offset for one that must be parsed;
 * 0 where the object is not whole or its own members are not JSON, so that nothing is known of it
 */
export type Skim = (bytes: Buffer, start: number, limit: number) => number;

/** Names watched of any source: a record with one of them is parsed, and the normaliser decides. */
const NAMES: ReadonlySet<string> = new Set(
  WATCHED.flatMap(({ calls, serviceEvents }) => [...calls, ...serviceEvents]),
);

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST] = [0x7b, 0x7d, 0x5b];
/** The one bit in which curly brackets differ from square ones; nothing else in JSON outside strings is that large. */
const CURLY = 0x20;

/** Members that decide, as bits of a set. */
const [NAME, SOURCE, TIME, READ_ONLY] = [1, 2, 4, 8];
const [EVENT_NAME, EVENT_SOURCE, EVENT_TIME, READ_ONLY_KEY] = [
  'eventName',
  'eventSource',
  'eventTime',
  'readOnly',
].map((key) => Buffer.from(key)) as [Buffer, Buffer, Buffer, Buffer];

/**
 * Makes a look that skips records which cannot matter: most of a trail is calls nobody watches.
 *
 * Quotes and brackets are followed through the whole record, so that it ends where a parser would end it, and its own
 * members (not what is inside them) are held against the grammar. A record is skipped only if it has one `eventName` and
 * one `eventSource`, both texts, and the name is plain text watched of no source. Whatever is unusual is parsed: an
 * escape in a key or deciding value, a deciding member twice, missing or of another type (an envelope, another log).
 *
 * @param bytes must be valid UTF-8
 */
export function skimmer(span: Span, skipped: (reason: string) => void): Skim {
  const bounded = isBounded(span);
  return (bytes, start, limit) => {
    let seen = 0;
    let odd = false;
    let readOnly = false;
    let name = '';
    let timeFrom = 0;
    let timeTo = 0;
    let at = afterSpace(bytes, start + 1, limit);
    if (at < limit && bytes[at] === CLOSE_OBJECT) return -(at + 1);
    for (;;) {
      if (at >= limit || bytes[at] !== QUOTE) return 0;
      const key = at + 1;
      at = closingQuote(bytes, key, limit);
      if (at < 0) odd = true;
      if (at < 0) at = -at;
      const keyEnd = at;
      const member = memberAt(bytes, key, keyEnd - key);
      if ((seen & member) !== 0) odd = true;
      seen |= member;
      at = afterSpace(bytes, at + 1, limit);
      if (at >= limit || bytes[at] !== COLON) return 0;
      at = afterSpace(bytes, at + 1, limit);
      if (at >= limit) return 0;

      const from = at;
      const first = bytes[at];
      if (first === QUOTE) {
        at = closingQuote(bytes, from + 1, limit);
        if (at < 0) at = -at;
        else if (member === NAME) name = bytes.toString('latin1', from + 1, at);
        else if (member === TIME) {
          timeFrom = from + 1;
          timeTo = at;
        }
        at++;
        if (member === READ_ONLY) readOnly = false;
      } else if (first === OPEN_OBJECT || first === OPEN_LIST) {
        if (member !== 0) odd = true;
        if (first === OPEN_LIST && LISTS.has(bytes.toString('latin1', key, keyEnd))) return 0;
        at = afterBrackets(bytes, from + 1, limit);
      } else {
        at = afterWord(bytes, from, limit);
        if (at === 0) return 0;
        if (member === READ_ONLY) readOnly = at - from === 4 && bytes[from] === 0x74;
        else if (member !== 0) odd = true;
      }
      at = afterSpace(bytes, at, limit);
      if (at >= limit) return 0;
      const next = bytes[at];
      if (next === CLOSE_OBJECT) break;
      if (next !== COMMA) return 0;
      at = afterSpace(bytes, at + 1, limit);
    }
    const end = at + 1;
    // an escaped or empty name is '' here
    if (odd || name === '' || (seen & SOURCE) === 0 || NAMES.has(name)) return -end;
    if (bounded && (seen & TIME) !== 0) {
      if (timeFrom === 0) return -end;
      if (outside(span, bytes.toString('latin1', timeFrom, timeTo))) {
        skipped(OUTSIDE);
        return end;
      }
    }
    skipped(unwatchedReason(name, readOnly));
    return end;
  };
}

/** Offset of the quote that ends a string, negative if the string has escapes; `limit` or more if nothing ends it. */
function closingQuote(bytes: Buffer, from: number, limit: number): number {
  let escaped = false;
  for (let at = from; ; at++) {
    if (at >= limit) return limit;
    const byte = bytes[at];
    if (byte === QUOTE) return escaped ? -at : at;
    if (byte === BACKSLASH) {
      escaped = true;
      at++;
    }
  }
}

/** Offset behind the bracket that closes what is open; `limit` or more if none does. */
function afterBrackets(bytes: Buffer, from: number, limit: number): number {
  let depth = 1;
  let at = from;
  while (at < limit) {
    const byte = bytes[at++] as number;
    if (byte === QUOTE) {
      while (at < limit) {
        const inside = bytes[at++];
        if (inside === QUOTE) break;
        if (inside === BACKSLASH) at++;
      }
    } else if (byte >= OPEN_LIST) {
      const bracket = byte | CURLY;
      if (bracket === OPEN_OBJECT) depth++;
      else if (bracket === CLOSE_OBJECT && --depth === 0) return at;
    }
  }
  return limit;
}

function afterSpace(bytes: Buffer, from: number, limit: number): number {
  let at = from;
  while (at < limit) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

const [WORD_TRUE, WORD_FALSE, WORD_NULL] = ['true', 'false', 'null'].map((word) => Buffer.from(word)) as [
  Buffer,
  Buffer,
  Buffer,
];

/** Offset behind `true`, `false` or `null`; 0 if there is something else. */
function afterWord(bytes: Buffer, from: number, limit: number): number {
  const word = bytes[from] === 0x74 ? WORD_TRUE : bytes[from] === 0x66 ? WORD_FALSE : WORD_NULL;
  return isAt(bytes, from, word) && from + word.length <= limit ? from + word.length : 0;
}

/** Which deciding member a key names, or 0. */
function memberAt(bytes: Buffer, from: number, length: number): number {
  switch (length) {
    case 8:
      return isAt(bytes, from, READ_ONLY_KEY) ? READ_ONLY : 0;
    case 9:
      if (isAt(bytes, from, EVENT_NAME)) return NAME;
      return isAt(bytes, from, EVENT_TIME) ? TIME : 0;
    case 11:
      return isAt(bytes, from, EVENT_SOURCE) ? SOURCE : 0;
    default:
      return 0;
  }
}

function isAt(bytes: Buffer, from: number, expected: Buffer): boolean {
  for (let index = 0; index < expected.length; index++) {
    if (bytes[from + index] !== expected[index]) return false;
  }
  return true;
}
