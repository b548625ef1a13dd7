import { clean } from '../../activity/clean.ts';
import { bytesIn, headOf } from '../../activity/size.ts';

/** A JSON object whose content is not yet known. */
export type Obj = Readonly<Record<string, unknown>>;

/** Longest id or name kept of a record, bytes; ARNs of deeply pathed roles stay below it. */
const MAX_TEXT = 256;

const NOTHING: Obj = {};

export const isObj = (value: unknown): value is Obj =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object itself, or an empty one for anything else (null, text, `undefined`). */
export const obj = (value: unknown): Obj => (isObj(value) ? value : NOTHING);

/** One member of an object; `null` counts as absent. The name is always ours, never the record's. */
export function get(source: unknown, name: string): unknown {
  return isObj(source) ? (source[name] ?? undefined) : undefined;
}

/** Layers of a request that are respelled; launch template data, the deepest, has six. */
const MAX_LAYERS = 16;

/**
 * The same value with names in camel case, at every depth. Newer EC2 calls and some other services log their requests in
 * Pascal case; respelling those once keeps every read of the others a plain one. The attribute `tag: 1` that such records
 * put beside list members would hide the list `Tag` and goes.
 */
export function camel(value: unknown, layers = MAX_LAYERS): unknown {
  if (layers === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => camel(each, layers - 1));
  const respelled: [string, unknown][] = [];
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'tag' && typeof inner === 'number') continue;
    respelled.push([name.charAt(0).toLowerCase() + name.slice(1), camel(inner, layers - 1)]);
  }
  return Object.fromEntries(respelled);
}

/** A member reached through several levels. */
export function at(source: unknown, ...path: readonly string[]): unknown {
  let value = source;
  for (const name of path) value = get(value, name);
  return value;
}

/** The first of several names that is present. */
export function anyOf(source: unknown, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = get(source, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/**
 * Members of a list in any of the shapes CloudTrail writes: an array, `{items: […]}`, `{item: …}`, `{member: […]}`, one
 * object or text where a list has one member, `{}` or `""` where it has none.
 */
export function items(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (!isObj(value)) return [];
  const inner = value.items ?? value.item ?? value.member;
  if (Array.isArray(inner)) return inner;
  if (inner !== undefined) return inner === null || inner === '' ? [] : [inner];
  if (value.omitted === true) return [];
  for (const _ in value) return [value];
  return [];
}

/** Text or number as cleaned text of at most so many bytes and the sign of a cut; also where it is wrapped as `{value: …}` or `{content: …, tag: 1}`. */
export function text(value: unknown, max = MAX_TEXT): string | undefined {
  if (typeof value === 'string') return fitted(clean(value, max), max) || undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (!isObj(value)) return undefined;
  const inner = value.value ?? value.content;
  return typeof inner === 'string' || typeof inner === 'number' ? text(inner, max) : undefined;
}

/** Cleaned text has at most so many characters, and one more byte for each that is not ASCII, or three. */
const fitted = (cleaned: string, max: number): string =>
  cleaned.length * 3 <= max || bytesIn(cleaned) <= max + 2 ? cleaned : `${headOf(cleaned, max - 1)}…`;

/** The first of several names that holds text. */
export function textOf(source: unknown, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = text(get(source, name));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** A whole number of zero or more, also from text. */
export function count(value: unknown): number | undefined {
  const written = text(value);
  if (written === undefined || !/^\d{1,9}(\.0+)?$/.test(written)) return undefined;
  return Math.trunc(Number(written));
}

/** Whether something is true, also as text or `{value: true}`. */
export function flag(value: unknown): boolean {
  if (isObj(value)) return flag(value.value);
  return value === true || value === 'true';
}

/** Distinct texts in order of appearance, at most `max`. */
export function distinct(values: Iterable<string | undefined>, max = 50): string[] {
  const found: string[] = [];
  for (const value of values) {
    // no set: a record names one or two of anything, and never more than `max` are kept
    if (value !== undefined && !found.includes(value)) found.push(value);
    if (found.length >= max) break;
  }
  return found;
}

/** Tags of a list of `{key, value}`; the first `max` keys. */
export function tagsOf(list: unknown, max = 50): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of items(list)) {
    const key = text(get(tag, 'key'), 128);
    if (key === undefined || tags.size >= max) continue;
    tags.set(key, text(get(tag, 'value')) ?? '');
  }
  return tags;
}

/** Tags that a call sets on resources of the given types at their creation (`TagSpecifications`). */
export function requestedTags(request: unknown, types: readonly string[], max = 50): Map<string, string> {
  const tags = new Map<string, string>();
  for (const spec of items(anyOf(request, 'tagSpecificationSet', 'tagSpecifications', 'tagSpecification'))) {
    if (!types.includes(textOf(spec, 'resourceType') ?? '')) continue;
    for (const [key, value] of tagsOf(anyOf(spec, 'tags', 'tagSet', 'tag'), max)) {
      if (tags.size < max) tags.set(key, value);
    }
  }
  return tags;
}
