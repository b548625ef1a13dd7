/**
 * How one value is written small and read back. Stores charge by the byte, and most of a document's bytes are the names
 * of its fields; a table of one-letter names, checked by the compiler against the document's type, takes them out while
 * the stored item stays readable.
 */
export interface Codec<T> {
  pack(value: T): unknown;
  /** @throws TypeError on anything `pack` could not have written */
  unpack(stored: unknown): T;
  /** Left out by `shape` when a required field has nothing in it, and put back when absent. */
  readonly blank?: T;
}

type Optional<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? true : false;
type Field<T, K extends keyof T> =
  Optional<T, K> extends true
    ? readonly [short: string, codec: Codec<Required<T>[K]>, presence: 'optional']
    : readonly [short: string, codec: Codec<T[K]>];

/** Every field of a type with its short name; a field added to the type and not here does not compile. */
export type Shape<T> = { readonly [K in keyof T]-?: Field<T, K> };

function primitive<T extends string | number | boolean>(type: 'string' | 'number' | 'boolean'): Codec<T> {
  return {
    pack: (value) => value,
    unpack(stored) {
      // words of a union are not checked: an older version must be able to read what a newer one wrote
      if (typeof stored === type) return stored as T;
      throw new TypeError(`expected a ${type}, found ${kindOf(stored)}`);
    },
  };
}

/** Text, or one word of a union of texts. */
export const text = <T extends string = string>(): Codec<T> => primitive<T>('string');

/** One word of a union, the common ones shortened; any other stays as it is, so that a new word needs no code. */
export function words<T extends string>(codes: Partial<Record<T, string>>): Codec<T> {
  const short = new Map<string, unknown>(Object.entries(codes));
  const long = new Map(Object.entries(codes).map(([word, code]) => [code as unknown, word]));
  const plain = text<T>();
  return {
    pack: (word) => short.get(word) ?? word,
    unpack: (stored) => plain.unpack(long.get(stored) ?? stored),
  };
}

export const number: Codec<number> = primitive<number>('number');
export const boolean: Codec<boolean> = primitive<boolean>('boolean');

/** A mark that is either `true` or absent. */
export const mark: Codec<true> = {
  pack: () => 1,
  unpack(stored) {
    if (stored === 1) return true;
    throw new TypeError(`expected the mark 1, found ${kindOf(stored)}`);
  },
};

/** A list; when it is empty and its field is required it takes no space. */
export const list = <T>(item: Codec<T>): Codec<readonly T[]> => ({
  pack: (values) => values.map(item.pack),
  unpack(stored) {
    if (!Array.isArray(stored)) throw new TypeError(`expected a list, found ${kindOf(stored)}`);
    let index = 0;
    try {
      const values: T[] = [];
      for (; index < stored.length; index += 1) values.push(item.unpack(stored[index]));
      return values;
    } catch (error) {
      throw placed(`[${index}]`, error);
    }
  },
  blank: [],
});

/** A record with keys that users choose: kept as pairs, so that no key can be mistaken for a property. */
export const pairs: Codec<Readonly<Record<string, string>>> = {
  pack: (value) => Object.entries(value),
  unpack: (stored) => Object.fromEntries(list(pair).unpack(stored)),
};

const pair: Codec<readonly [string, string]> = {
  pack: (value) => value,
  unpack(stored) {
    const [key, value, ...rest] = list(text()).unpack(stored);
    if (key === undefined || value === undefined || rest.length > 0) throw new TypeError('expected a pair');
    return [key, value];
  },
};

/** An object, by the table of its fields' short names. */
export function shape<T extends object>(fields: Shape<T>): Codec<T> {
  const table = (Object.entries(fields) as [string, Field<Record<string, unknown>, string>][]).map(
    ([name, [short, codec, presence]]) => ({ name, short, codec: codec as Codec<unknown>, presence }),
  );
  return {
    pack(value) {
      const packed: Record<string, unknown> = {};
      for (const { name, short, codec, presence } of table) {
        const field = (value as Record<string, unknown>)[name];
        if (field === undefined) continue;
        if (presence === undefined && codec.blank !== undefined && isEmpty(field)) continue;
        packed[short] = codec.pack(field);
      }
      return packed;
    },
    unpack(stored) {
      if (!isRecord(stored)) throw new TypeError(`expected an object, found ${kindOf(stored)}`);
      const value: Record<string, unknown> = {};
      let current = '';
      try {
        for (const { name, short, codec, presence } of table) {
          current = name;
          const field = stored[short];
          if (field !== undefined) value[name] = codec.unpack(field);
          else if (presence === undefined) {
            if (codec.blank === undefined) throw new TypeError(`missing (stored as "${short}")`);
            value[name] = codec.blank;
          }
        }
      } catch (error) {
        throw placed(`.${current}`, error);
      }
      return value as T;
    },
  };
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}

/** Puts the place of a damaged part before what is wrong with it. */
export function placed(place: string, error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const gap = /^[.[]/.test(error.message) ? '' : ': ';
  return new TypeError(`${place}${gap}${error.message}`);
}
