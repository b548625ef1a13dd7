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
  let a = seed >>> 0;
  let b = hash(`${seed}/${names.join('/')}`, 0x811c9dc5);
  let c = hash(`${names.join('/')}/${seed}`, 0x9e3779b9);
  let counter = 1;

  const bits = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  // The first draws still resemble the seed.
  for (let i = 0; i < 15; i++) bits();

  const eight = (): string => {
    const word = bits();
    return `${BYTES[word >>> 24]}${BYTES[(word >>> 16) & 255]}${BYTES[(word >>> 8) & 255]}${BYTES[word & 255]}`;
  };
  const next = (): number => bits() / 0x1_0000_0000;
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: (items) => {
      if (items.length === 0) throw new RangeError('nothing to pick from');
      return items[int(0, items.length - 1)] as (typeof items)[number];
    },
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += eight();
      return text.slice(0, digits);
    },
    letters: (count) => {
      let text = '';
      for (let i = 0; i < count; i++) text += IAM_LETTERS[bits() & 31];
      return text;
    },
    guid: () => {
      const [one, two, three, four] = [eight(), eight(), eight(), eight()];
      const variant = '89ab'[bits() & 3];
      return `${one}-${two.slice(0, 4)}-4${two.slice(5)}-${variant}${three.slice(1, 4)}-${three.slice(4)}${four}`;
    },
  };
}

/** FNV-1a with a final avalanche, so that names that differ in one letter start far apart. */
function hash(text: string, basis: number): number {
  let value = basis;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
