import type { Application, OpenCondition } from './apply.ts';
import { type Atom, waysOf, waysOfPatterns } from './candidates.ts';
import type { Question } from './questions.ts';

/** What is open in one layer: it passes where an Allow applies (or one applies always) and no Deny does. */
export interface OpenLayer {
  readonly allowed: boolean;
  readonly allows: readonly Application[];
  readonly denies: readonly Application[];
}

/** What is open of one question; all its layers must pass. */
export interface OpenQuestion {
  readonly question: Question;
  readonly layers: readonly OpenLayer[];
}

/** What is a bit of its own in a case, at most: JavaScript's integers have as many. */
const MOST_BITS = 30;
/** How many cases are tried, at most; a verdict that needs more stays open. */
const MOST_CASES = 20_000;

/** What varies by itself: a key, or the ARN; each way that it can be, as bits. */
type Dimension = readonly number[];

/** When an application holds: all bits of `all`, and one of `some` (none of them, with `except`). */
interface Term {
  readonly all: number;
  readonly some: number;
  readonly except: boolean;
}

/**
 * Tries all sorts of requests, which the open parts of some questions of one call tell apart: `none` passes, `all` do, or `some`.
 *
 * Sound both ways, since a request that exists is always among the sorts. A key that is of the call, not of a resource, has one value
 * for all questions.
 */
export function tryCases(open: readonly OpenQuestion[]): 'none' | 'all' | 'some' {
  const space = new Space();
  const forms = open.map((each, index) => ({
    index,
    layers: each.layers.map(({ allowed, allows, denies }) => ({
      allowed,
      allows: allows.map((application) => space.term(application, each.question, index)),
      denies: denies.map((application) => space.term(application, each.question, index)),
    })),
  }));
  const found = space.dimensions();
  if (found === undefined) return 'some';
  const { shared, own } = found;
  let cases = size(shared);
  for (const dimensions of own.values()) cases *= size(dimensions);
  if (cases > MOST_CASES) return 'some';
  let some = false;
  let all = true;
  for (const call of product(shared)) {
    let passes = true;
    for (const { index, layers } of forms) {
      let any = false;
      for (const resource of product(own.get(index) ?? [])) {
        const bits = call | resource;
        const passed = layers.every(
          ({ allowed, allows, denies }) =>
            (allowed || allows.some((term) => isMet(term, bits))) &&
            !denies.some((term) => isMet(term, bits)),
        );
        if (passed) any = true;
        else all = false;
      }
      if (!any) passes = false;
    }
    if (passes) some = true;
    if (some && !all) return 'some';
  }
  return some ? (all ? 'all' : 'some') : 'none';
}

const isMet = ({ all, some, except }: Term, bits: number): boolean =>
  (bits & all) === all && (some === 0 || ((bits & some) !== 0) !== except);

const size = (dimensions: readonly Dimension[]): number =>
  dimensions.reduce((count, ways) => count * ways.length, 1);

function product(dimensions: readonly Dimension[]): readonly number[] {
  let all: readonly number[] = [0];
  for (const ways of dimensions) all = all.flatMap((bits) => ways.map((way) => bits | way));
  return all;
}

/** Gives each open part its bit, and says which bits go together. */
class Space {
  #bits = 0;
  readonly #keys = new Map<
    string,
    { readonly key: string; readonly index: number; readonly atoms: Map<string, { bit: number; atom: Atom }> }
  >();
  readonly #patterns = new Map<number, { readonly within: string; readonly bits: Map<string, number> }>();
  readonly #free: { readonly index: number; readonly bit: number }[] = [];

  term(
    { truth, resources, except, varying, conditions }: Application,
    question: Question,
    index: number,
  ): Term {
    let all = 0;
    let some = 0;
    if (truth === 'unknown') all |= this.#freeBit(index);
    for (const condition of conditions) all |= this.#conditionBit(condition, question, index);
    for (const pattern of resources)
      some |= varying ? this.#freeBit(index) : this.#patternBit(pattern, question.arn, index);
    return { all, some, except };
  }

  dimensions():
    | { readonly shared: readonly Dimension[]; readonly own: ReadonlyMap<number, readonly Dimension[]> }
    | undefined {
    if (this.#bits > MOST_BITS) return undefined;
    const shared: Dimension[] = [];
    const own = new Map<number, Dimension[]>();
    const add = (index: number, ways: readonly number[]): void => {
      if (index === SHARED) shared.push(ways);
      else own.set(index, [...(own.get(index) ?? []), ways]);
    };
    for (const { key, index, atoms } of this.#keys.values()) {
      const entries = [...atoms.values()];
      const bits = entries.map(({ bit }) => bit);
      const ways = waysOf(
        key,
        entries.map(({ atom }) => atom),
      );
      if (ways === undefined) for (const bit of bits) add(index, [0, bit]);
      else
        add(
          index,
          ways.map((way) => placed(way, bits)),
        );
    }
    for (const [index, { within, bits }] of this.#patterns) {
      const ways = waysOfPatterns([...bits.keys()], within);
      const places = [...bits.values()];
      if (ways === undefined) for (const bit of places) add(index, [0, bit]);
      else
        add(
          index,
          ways.map((way) => placed(way, places)),
        );
    }
    for (const { index, bit } of this.#free) add(index, [0, bit]);
    return { shared, own };
  }

  #next(): number {
    this.#bits += 1;
    return this.#bits > MOST_BITS ? 0 : 1 << (this.#bits - 1);
  }

  #freeBit(index: number): number {
    const bit = this.#next();
    this.#free.push({ index, bit });
    return bit;
  }

  #conditionBit(
    { operator, key, values, varying }: OpenCondition,
    { isOwn }: Question,
    question: number,
  ): number {
    const index = isOwn(key) ? question : SHARED;
    if (varying) return this.#freeBit(index);
    const place = `${index} ${key}`;
    const known = this.#keys.get(place) ?? { key, index, atoms: new Map() };
    this.#keys.set(place, known);
    const name = `${operator.toLowerCase()} ${JSON.stringify(values)}`;
    const found = known.atoms.get(name);
    if (found !== undefined) return found.bit;
    const bit = this.#next();
    known.atoms.set(name, { bit, atom: { operator, values } });
    return bit;
  }

  #patternBit(pattern: string, within: string, index: number): number {
    const known = this.#patterns.get(index) ?? { within, bits: new Map<string, number>() };
    this.#patterns.set(index, known);
    const found = known.bits.get(pattern);
    if (found !== undefined) return found;
    const bit = this.#next();
    known.bits.set(pattern, bit);
    return bit;
  }
}

const SHARED = -1;

const placed = (way: number, bits: readonly number[]): number =>
  bits.reduce((all, bit, index) => (way & (1 << index) ? all | bit : all), 0);
