import ipaddr from 'ipaddr.js';
import { holds, instant, type Known, MULTIVALUED, operatorOf } from './conditions.ts';
import { covers, meets } from './globs.ts';

/** A condition on one key. */
export interface Atom {
  readonly operator: string;
  readonly values: readonly string[];
}

/** How many patterns that overlap are told apart; what is more is taken as if each could hold or not. */
const MOST_PATTERNS = 6;
/** How many values of a key are tried. */
const MOST_VALUES = 40;
/** Characters of all patterns that are compared with each other: twice as many take four times as long. */
const MOST_CHARACTERS = 600;

/** Nobody asks before it, ms: a month before the table of actions was made. So what ended long ago lets nobody in any more. */
const NOW = Date.parse('2026-09-01T00:00:00Z');
/** A session lasts 36 hours at most (API_GetSessionToken), so its token is hardly older than the request. */
const OLDEST_TOKEN = NOW - 2 * 86_400_000;
/** Keys that hold a time, and from when on, ms. The first two are in every request (reference_policies_condition-keys). */
const CLOCKS: ReadonlyMap<string, number> = new Map([
  ['aws:currenttime', NOW],
  ['aws:epochtime', NOW],
  ['aws:tokenissuetime', OLDEST_TOKEN],
]);

/**
 * The ways in which conditions on one key can hold together, as sets of bits: bit `i` is condition `i`. Each way that a request has is
 * among them, and hardly one that none has. Undefined where that cannot be said in few.
 */
export function waysOf(key: string, atoms: readonly Atom[]): readonly number[] | undefined {
  const patterned = waysOfTexts(key, atoms);
  if (patterned !== undefined) return patterned;
  const values = valuesOf(key, atoms);
  return values && [...new Set(values.map((known) => bitsOf(atoms, (atom) => isMet(key, atom, known))))];
}

const bitsOf = <T>(all: readonly T[], is: (each: T) => boolean): number =>
  all.reduce((bits, each, index) => (is(each) ? bits | (1 << index) : bits), 0);

const isMet = (key: string, { operator, values }: Atom, known: Known): boolean =>
  holds(operator, key, values, known) === 'yes';

const isNull = ({ operator }: Atom): boolean => operator.toLowerCase() === 'null';
const isPattern = (text: string): boolean => /[*?]/.test(text);

/** Where texts are compared with patterns: each text that is named, and each way in which others can match the patterns. */
function waysOfTexts(key: string, atoms: readonly Atom[]): readonly number[] | undefined {
  const operators = atoms.map(({ operator }) => operatorOf(operator));
  const isOdd = atoms.some((atom, index) => {
    const { family, set } = operators[index] ?? {};
    return !isNull(atom) && (set !== undefined || (family !== 'string' && family !== 'stringlike'));
  });
  const isLike = (index: number): boolean => operators[index]?.family === 'stringlike';
  const patterns = [
    ...new Set(atoms.flatMap(({ values }, index) => (isLike(index) ? values.filter(isPattern) : []))),
  ];
  if (isOdd || patterns.length === 0 || MULTIVALUED.has(key)) return undefined;
  const others = waysOfPatterns(patterns, '*');
  const named = atoms.flatMap((atom, index) =>
    isNull(atom) ? [] : atom.values.filter((text) => !(isLike(index) && isPattern(text))),
  );
  if (others === undefined || named.length > MOST_VALUES) return undefined;
  const ways = ['absent' as const, ...named.map((text) => [text])].map((known) =>
    bitsOf(atoms, (atom) => isMet(key, atom, known)),
  );
  for (const matched of others) {
    const isMatched = (text: string): boolean => (matched & (1 << patterns.indexOf(text))) !== 0;
    ways.push(
      bitsOf([...atoms.keys()], (index) => {
        const { values } = atoms[index] as Atom;
        if (isNull(atoms[index] as Atom)) return values.some((text) => text.toLowerCase() !== 'true');
        const found = isLike(index) && values.some((text) => isPattern(text) && isMatched(text));
        return found !== (operators[index]?.negated ?? false);
      }),
    );
  }
  return [...new Set(ways)];
}

/** One value of each sort that the conditions tell apart, and that there is none. */
function valuesOf(key: string, atoms: readonly Atom[]): readonly Known[] | undefined {
  const operators = atoms.map(({ operator }) => operatorOf(operator));
  if (operators.some((operator, index) => operator === undefined && !isNull(atoms[index] as Atom)))
    return undefined;
  const families = new Set(operators.flatMap((operator) => operator?.family ?? []));
  const wanted = [...new Set(atoms.flatMap((atom) => (isNull(atom) ? [] : atom.values)))];
  const from = CLOCKS.get(key);
  const scalars = scalarsOf(families, wanted, from);
  if (scalars === undefined) return undefined;
  if (from === NOW) return scalars.map((each) => [each]);
  const isSet = MULTIVALUED.has(key) || operators.some((operator) => operator?.set !== undefined);
  if (!isSet) return ['absent', ...scalars.map((each) => [each])];
  if (scalars.length > MOST_PATTERNS) return undefined;
  const sets: Known[] = ['absent'];
  for (let bits = 1; bits < 1 << scalars.length; bits++)
    sets.push(scalars.filter((_, index) => bits & (1 << index)));
  // one value of a sort and two of it: an operator for single values tells them apart
  return [...sets, ...scalars.map((each) => [each, each])];
}

/** @param from the earliest time that the key can hold, ms, where it is known */
function scalarsOf(
  families: ReadonlySet<string>,
  wanted: readonly string[],
  from: number | undefined,
): readonly string[] | undefined {
  if (wanted.length > MOST_VALUES) return undefined;
  const all = [...families];
  const are = (...names: string[]): boolean => all.every((family) => names.includes(family));
  // a text that no condition names stands for all of those
  let other = 'other';
  while (wanted.includes(other)) other += '*';
  if (are('string', 'binary')) return [...wanted, other];
  if (are('string', 'stringlike') && !wanted.some(isPattern)) return [...wanted, other];
  if (are('string', 'stringignorecase')) {
    const lower = wanted.map((each) => each.toLowerCase());
    // two that differ but in case may be all the casings that there are
    if (new Set(lower).size < lower.length || lower.includes(other)) return undefined;
    return [...new Set(wanted.flatMap(casings)), other];
  }
  if (are('bool')) return ['true', 'false'];
  if (all.every((family) => family.startsWith('numeric')))
    return between(wanted.map(Number), String, from && from / 1000);
  if (all.every((family) => family.startsWith('date')))
    return between(wanted.map(instant), (ms) => new Date(ms).toISOString(), from);
  if (are('ip')) return addresses(wanted);
  return undefined;
}

/** A text, and others that are equal to it but for case. */
function casings(text: string): string[] {
  return [...new Set([text, text.toLowerCase(), text.toUpperCase(), swapped(text)])];
}

const swapped = (text: string): string =>
  text.slice(0, 1).toLowerCase() === text.slice(0, 1)
    ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
    : `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;

/** Beyond this numbers have no neighbours to tell apart, nor dates a year of four digits. */
const FAR = 1e13;

/**
 * Each number, one between two neighbours, one beyond either end, and a text that is no number; undefined where one is far out. Where
 * `least` is given, there is none below it, and no such text.
 */
function between(
  numbers: readonly number[],
  written: (value: number) => string,
  least?: number,
): readonly string[] | undefined {
  const told = [...numbers, ...(least === undefined ? [] : [least])].filter((each) => !Number.isNaN(each));
  const sorted = [...new Set(told)].toSorted((a, b) => a - b);
  if (sorted.some((each) => Math.abs(each) > FAR)) return undefined;
  const points = sorted.flatMap((each, index) => {
    const next = sorted[index + 1];
    return next === undefined ? [each] : [each, (each + next) / 2];
  });
  const values = [(sorted[0] ?? 0) - 1000, ...points, (sorted.at(-1) ?? 0) + 1000];
  if (least !== undefined) return values.filter((each) => each >= least).map(written);
  return [...values.map(written), 'none'];
}

/** The ends of each network and their neighbours, and a text that is no address; undefined where one is of IPv6. */
function addresses(wanted: readonly string[]): readonly string[] | undefined {
  const points = new Set<number>([0, 2 ** 32 - 1]);
  for (const each of wanted) {
    if (each.includes(':')) return undefined;
    const network = each.includes('/') ? each : `${each}/32`;
    if (!ipaddr.isValidCIDR(network)) continue;
    const [base, bits] = ipaddr.parseCIDR(network);
    const size = 2 ** (32 - bits);
    const whole = base.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
    const start = Math.floor(whole / size) * size;
    for (const point of [start - 1, start, start + size - 1, start + size])
      if (point >= 0 && point < 2 ** 32) points.add(point);
  }
  const dotted = (point: number): string =>
    [24, 16, 8, 0].map((shift) => Math.floor(point / 2 ** shift) % 256).join('.');
  return [...[...points].map(dotted), '2001:db8::1', 'none'];
}

/**
 * The ways in which patterns can match one of the texts of `within` together, as sets of bits. Pairs that share no text, or of which
 * one holds the other, are told; three that do are not.
 */
export function waysOfPatterns(patterns: readonly string[], within: string): readonly number[] | undefined {
  if (patterns.length > MOST_PATTERNS) return undefined;
  const length = patterns.reduce((sum, each) => sum + each.length, within.length);
  if (length > MOST_CHARACTERS) return undefined;
  const pairs = patterns.flatMap((one, i) =>
    patterns.flatMap((two, j) =>
      i === j ? [] : [{ i, j, apart: !meets(one, two), inside: covers(two, one) }],
    ),
  );
  const always = patterns.reduce((bits, each, i) => (covers(each, within) ? bits | (1 << i) : bits), 0);
  const ways: number[] = [];
  for (let bits = 0; bits < 1 << patterns.length; bits++) {
    if ((bits & always) !== always) continue;
    const is = (index: number): boolean => (bits & (1 << index)) !== 0;
    if (pairs.every(({ i, j, apart, inside }) => !is(i) || (!(apart && is(j)) && !(inside && !is(j)))))
      ways.push(bits);
  }
  return ways;
}
