/** A repeatable source of chance. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number, both ends included. */
  int(from: number, to: number): number;
  /** True with probability `share`. */
  chance(share: number): boolean;
  /** One of the items; throws a RangeError when there is none. */
  pick<T>(items: readonly T[]): T;
  /** Lower-case hexadecimal digits; `digits` is even. */
  hex(digits: number): string;
  /** Upper-case letters and digits as IAM writes ids. */
  letters(count: number): string;
  /** A version 4 GUID. */
  guid(): string;
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const IAM_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * A generator of its own for each name, so that adding a routine or an attack does not move the others by one draw.
 *
 * The algorithm is sfc32 (Chris Doty-Humphrey, public domain): 128 bits of state, fast, and the same on every machine.
 */
export function randomOf(seed: number, ...names: readonly string[]): Random {
  const path = names.join('/');
  return new Sfc32(seed, hash(`${seed}/${path}`, 0x811c9dc5), hash(`${path}/${seed}`, 0x9e3779b9));
}

/** A class, since a large organisation has a hundred thousand of these and closures weigh ten times as much. */
class Sfc32 implements Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(a: number, b: number, c: number) {
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    // The first draws still resemble the seed.
    for (let i = 0; i < 15; i++) this.bits();
  }

  next(): number {
    return (this.bits() >>> 0) / 0x1_0000_0000;
  }

  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[this.int(0, items.length - 1)] as T;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.eight();
    return text.length === digits ? text : text.slice(0, digits);
  }

  letters(count: number): string {
    let text = '';
    for (let i = 0; i < count; i++) text += IAM_LETTERS[this.bits() & 31];
    return text;
  }

  guid(): string {
    const one = this.eight();
    const [b, c, d] = [this.bits(), this.bits(), this.bits()];
    const version = `${BYTES[0x40 | ((b >>> 8) & 15)]}${BYTES[b & 255]}`;
    const variant = `${BYTES[0x80 | ((c >>> 24) & 63)]}${BYTES[(c >>> 16) & 255]}`;
    const rest = `${BYTES[(c >>> 8) & 255]}${BYTES[c & 255]}${BYTES[d >>> 24]}${BYTES[(d >>> 16) & 255]}${BYTES[(d >>> 8) & 255]}${BYTES[d & 255]}`;
    return `${one}-${BYTES[b >>> 24]}${BYTES[(b >>> 16) & 255]}-${version}-${variant}-${rest}`;
  }

  /** 32 random bits, as a signed number. */
  private bits(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum;
  }

  private eight(): string {
    const word = this.bits();
    return `${BYTES[word >>> 24]}${BYTES[(word >>> 16) & 255]}${BYTES[(word >>> 8) & 255]}${BYTES[word & 255]}`;
  }
}

/** FNV-1a with a final avalanche, so that names that differ in one letter start far apart. */
function hash(text: string, basis: number): number {
  let value = basis;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
