// AssemblyScript, compiled into cli/input/skim.wasm by `npm run build:wasm`. What it answers is described in
// cli/input/skim.ts; JavaScript did the same at a third of the speed.

// Where the results are left for the caller, and from where on the text lies. Behind the text 64 bytes must be readable.
const NAME_FROM: usize = 0;
const NAME_TO: usize = 4;
const TIME_FROM: usize = 8;
const TIME_TO: usize = 12;
const READ_ONLY: usize = 16;
// How many objects a run passed over: reads, and others.
const READS: usize = 20;
const OTHERS: usize = 24;

// Names learnt to be watched of no source, in slots found by hash: kind, length, and from the eighth byte on the name.
const SLOTS: usize = 64;
const SLOT: usize = 64;
const SLOT_NAME: usize = 8;
const MASK: u64 = 1023;
const LONGEST_NAME: usize = 56;
// A quarter stays free, so that a search for what is not there ends soon.
const MOST_NAMES: i32 = 768;

// Kinds of names.
const READ: u8 = 1;

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_LIST: u8 = 0x5b;
const OPEN_OBJECT: u8 = 0x7b;
const CLOSE_OBJECT: u8 = 0x7d;

// Keys and words as numbers, eight or four bytes at a time, the first byte lowest.
const EVENT_NAM: u64 = 0x6d614e746e657665;
const EVENT_TIM: u64 = 0x6d6954746e657665;
const EVENT_SOU: u64 = 0x756f53746e657665;
const URCE: u32 = 0x65637275;
const READONLY: u64 = 0x796c6e4f64616572;
const MESSAGES: u64 = 0x736567617373654d;
const RECO: u32 = 0x6f636552;
const ORDS: u32 = 0x7364726f;
const EVEN: u32 = 0x6e657645;
const TS: u16 = 0x7374;
const TRUE: u32 = 0x65757274;
const FALS: u32 = 0x736c6166;
const NULL: u32 = 0x6c6c756e;
const E: u8 = 0x65;

// Members that decide, as bits of a set.
const NAME: u32 = 1;
const SOURCE: u32 = 2;
const TIME: u32 = 4;
const READ_ONLY_MEMBER: u32 = 8;

/** Whether the string that `closingQuote` last went through has escapes. */
let escaped: bool = false;

let names: i32 = 0;

/**
 * Passes over objects whose names were learnt, from the one at `start` on.
 *
 * @returns the offset of the first that is to be looked at, or that behind the last one where none follows
 */
export function pass(start: i32, limit: i32, longest: i32): i32 {
  let reads = 0;
  let others = 0;
  let at = start;
  while (true) {
    const end = skim(at, min(limit, at + longest));
    if (end <= 0) break;
    const name = <usize>load<u32>(NAME_FROM);
    const kind = load<u8>(slotOf(name, <usize>load<u32>(NAME_TO) - name));
    if (kind == 0) break;
    if (kind == READ || load<u32>(READ_ONLY) == 1) reads++;
    else others++;
    at = end;
    let next = afterSpace(<usize>at, <usize>limit);
    if (next < <usize>limit && load<u8>(next) == COMMA) next = afterSpace(next + 1, <usize>limit);
    if (next >= <usize>limit || load<u8>(next) != OPEN_OBJECT) break;
    at = <i32>next;
  }
  store<i32>(READS, reads);
  store<i32>(OTHERS, others);
  return at;
}

/** Learns the name that `skim` found last. */
export function learn(kind: i32): void {
  const name = <usize>load<u32>(NAME_FROM);
  const length = <usize>load<u32>(NAME_TO) - name;
  if (length > LONGEST_NAME || names == MOST_NAMES) return;
  const slot = slotOf(name, length);
  if (load<u8>(slot) != 0) return;
  names++;
  store<u8>(slot, <u8>kind);
  store<u8>(slot, <u8>length, 1);
  for (let i: usize = 0; i < length; i += 8) store<u64>(slot + i, eightOf(name, length, i), SLOT_NAME);
}

/** The slot of a name, or a free one where it is not known. */
function slotOf(name: usize, length: usize): usize {
  let hash: u64 = length;
  for (let i: usize = 0; i < length; i += 8) {
    hash = (hash ^ eightOf(name, length, i)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  while (true) {
    const slot = SLOTS + SLOT * <usize>(hash & MASK);
    if (load<u8>(slot) == 0 || (load<u8>(slot, 1) == length && isIn(slot, name, length))) return slot;
    hash++;
  }
}

function isIn(slot: usize, name: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i += 8) {
    if (load<u64>(slot + i, SLOT_NAME) != eightOf(name, length, i)) return false;
  }
  return true;
}

/** Eight bytes of a text; zero behind its end. */
function eightOf(text: usize, length: usize, from: usize): u64 {
  const eight = load<u64>(text + from);
  const left = length - from;
  return left >= 8 ? eight : eight & (((<u64>1) << (8 * left)) - 1);
}

/**
 * Looks at the object at `start`.
 *
 * @returns the offset behind it if its name decides, minus that offset if it must be parsed, 0 if nothing is known
 */
export function skim(start: i32, limit32: i32): i32 {
  const limit = <usize>limit32;
  let seen: u32 = 0;
  let odd = false;
  store<u32>(NAME_FROM, 0);
  store<u32>(NAME_TO, 0);
  store<u32>(TIME_FROM, 0);
  store<u32>(TIME_TO, 0);
  store<u32>(READ_ONLY, 0);
  let at = afterSpace(<usize>start + 1, limit);
  if (at < limit && load<u8>(at) == CLOSE_OBJECT) return -(<i32>at + 1);
  while (true) {
    if (at >= limit || load<u8>(at) != QUOTE) return 0;
    const key = at + 1;
    at = closingQuote(key, limit);
    if (escaped) odd = true;
    const length = at - key;
    const member = memberAt(key, length);
    if ((seen & member) != 0) odd = true;
    seen |= member;
    at = afterSpace(at + 1, limit);
    if (at >= limit || load<u8>(at) != COLON) return 0;
    at = afterSpace(at + 1, limit);
    if (at >= limit) return 0;

    const from = at;
    const first = load<u8>(from);
    if (first == QUOTE) {
      at = closingQuote(from + 1, limit);
      if (!escaped) {
        if (member == NAME) {
          store<u32>(NAME_FROM, <u32>from + 1);
          store<u32>(NAME_TO, <u32>at);
        } else if (member == TIME) {
          store<u32>(TIME_FROM, <u32>from + 1);
          store<u32>(TIME_TO, <u32>at);
        }
      } else if (member == NAME || member == TIME) odd = true;
      at++;
    } else if (first == OPEN_OBJECT || first == OPEN_LIST) {
      if (member != 0) odd = true;
      if (first == OPEN_LIST && isList(key, length)) return 0;
      at = afterBrackets(from + 1, limit);
    } else {
      at = afterWord(from);
      if (at == 0) return 0;
      if (member == READ_ONLY_MEMBER) store<u32>(READ_ONLY, load<u32>(from) == TRUE ? 1 : 0);
      else if (member != 0) odd = true;
    }
    at = afterSpace(at, limit);
    if (at >= limit) return 0;
    const next = load<u8>(at);
    if (next == CLOSE_OBJECT) break;
    if (next != COMMA) return 0;
    at = afterSpace(at + 1, limit);
  }
  const end = <i32>at + 1;
  return odd || (seen & (NAME | SOURCE)) != (NAME | SOURCE) ? -end : end;
}

/** Offset of the quote that ends a string; `limit` if nothing before it does. */
function closingQuote(from: usize, limit: usize): usize {
  const quotes = i8x16.splat(0x22);
  const backslashes = i8x16.splat(0x5c);
  escaped = false;
  let at = from;
  while (at < limit) {
    const block = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(block, quotes), i8x16.eq(block, backslashes)));
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    if (at >= limit) break;
    if (load<u8>(at) == QUOTE) return at;
    escaped = true;
    at += 2;
  }
  return limit;
}

/**
 * Offset behind the bracket that closes what is open; `limit` if none before it does.
 *
 * Sixty-four bytes at a time: one bit for each byte that is a quote or bracket; a quote turns all bits behind it over,
 * which tells what is inside strings; where fewer brackets close than are open, the block needs no closer look.
 */
function afterBrackets(from: usize, limit: usize): usize {
  let depth: i32 = 1;
  let inString: u64 = 0;
  let escape: u64 = 0;
  for (let at = from; at < limit; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    let quotes = bitsOf(a, b, c, d, 0x22);
    const backslashes = bitsOf(a, b, c, d, 0x5c);
    if ((backslashes | escape) != 0) {
      let escapes = backslashes;
      let behind = escape;
      escapes &= ~escape;
      escape = 0;
      while (escapes != 0) {
        const bit = ctz(escapes);
        if (bit == 63) escape = 1;
        else behind |= (<u64>2) << bit;
        escapes &= ~((<u64>3) << bit);
      }
      quotes &= ~behind;
    }
    let strings = quotes;
    strings ^= strings << 1;
    strings ^= strings << 2;
    strings ^= strings << 4;
    strings ^= strings << 8;
    strings ^= strings << 16;
    strings ^= strings << 32;
    strings ^= inString;
    // outside a string it escapes nothing, so that all behind it was taken wrong
    if ((backslashes & ~strings) != 0) return limit;
    inString = <u64>(<i64>strings >> 63);

    // square brackets differ from curly ones in this bit alone, and nothing else becomes a bracket by it
    const curly = i8x16.splat(0x20);
    const e = v128.or(a, curly);
    const f = v128.or(b, curly);
    const g = v128.or(c, curly);
    const h = v128.or(d, curly);
    const opens = bitsOf(e, f, g, h, OPEN_OBJECT) & ~strings;
    const closes = bitsOf(e, f, g, h, CLOSE_OBJECT) & ~strings;
    if (<i32>popcnt(closes) < depth) {
      depth += <i32>popcnt(opens) - <i32>popcnt(closes);
      continue;
    }
    for (let rest = opens | closes; rest != 0; rest &= rest - 1) {
      const bit = ctz(rest);
      if (((opens >> bit) & 1) != 0) depth++;
      else if (--depth == 0) return min(at + <usize>bit + 1, limit);
    }
  }
  return limit;
}

/** One bit for each of sixty-four bytes, the first lowest: whether it is that byte. */
function bitsOf(a: v128, b: v128, c: v128, d: v128, byte: u8): u64 {
  const each = i8x16.splat(<i8>byte);
  const low = i8x16.bitmask(i8x16.eq(a, each)) | (i8x16.bitmask(i8x16.eq(b, each)) << 16);
  const high = i8x16.bitmask(i8x16.eq(c, each)) | (i8x16.bitmask(i8x16.eq(d, each)) << 16);
  return <u64>(<u32>low) | ((<u64>(<u32>high)) << 32);
}

function afterSpace(from: usize, limit: usize): usize {
  let at = from;
  while (at < limit) {
    const byte = load<u8>(at);
    if (byte > 0x20 || (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09)) break;
    at++;
  }
  return at;
}

/** Offset behind `true`, `false` or `null`; 0 if there is something else. */
function afterWord(from: usize): usize {
  const four = load<u32>(from);
  if (four == TRUE || four == NULL) return from + 4;
  return four == FALS && load<u8>(from, 4) == E ? from + 5 : 0;
}

/** Which deciding member a key names, or 0. */
function memberAt(key: usize, length: usize): u32 {
  if (length == 9) {
    if (load<u8>(key, 8) != E) return 0;
    const eight = load<u64>(key);
    return eight == EVENT_NAM ? NAME : eight == EVENT_TIM ? TIME : 0;
  }
  if (length == 11) return load<u64>(key) == EVENT_SOU && load<u32>(key, 7) == URCE ? SOURCE : 0;
  return length == 8 && load<u64>(key) == READONLY ? READ_ONLY_MEMBER : 0;
}

/** Whether a key names a list of records (`LISTS` in cli/input/json-slices.ts). */
function isList(key: usize, length: usize): bool {
  if (length == 7) return load<u32>(key) == RECO && load<u32>(key, 3) == ORDS;
  if (length == 6) return load<u32>(key) == EVEN && load<u16>(key, 4) == TS;
  return length == 8 && load<u64>(key) == MESSAGES;
}
