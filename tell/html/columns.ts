/** No thing of the model has this key. */
const COUNT = '|';

/**
 * Plain data with its lists of things turned round: a list for each key in place of a thing for each row. What stands under one key is
 * alike, and so zips better.
 *
 * @param value holds no null: that stands for a key which a thing lacks
 */
export function toColumns(value: unknown): unknown {
  if (isThing(value)) return mapped(value, toColumns);
  if (!Array.isArray(value)) return value;
  if (value.length === 0 || !value.every(isThing)) return value.map(toColumns);
  const keys = new Set(value.flatMap(Object.keys));
  const columns = [...keys].map((key) => [key, toColumns(value.map((row) => row[key] ?? null))]);
  return { [COUNT]: value.length, ...Object.fromEntries(columns) };
}

/** What `toColumns` was given. */
export function fromColumns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromColumns);
  if (!isThing(value)) return value;
  const { [COUNT]: count, ...rest } = value;
  const things = mapped(rest, fromColumns);
  if (count === undefined) return things;
  return Array.from({ length: Number(count) }, (_, row) =>
    Object.fromEntries(
      Object.entries(things)
        .map(([key, cells]) => [key, (cells as unknown[])[row]])
        .filter(([, cell]) => cell !== null),
    ),
  );
}

type Thing = Readonly<Record<string, unknown>>;

const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapped = (thing: Thing, each: (value: unknown) => unknown): Thing =>
  Object.fromEntries(Object.entries(thing).map(([key, value]) => [key, each(value)]));
