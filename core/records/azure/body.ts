import { isObj, items, type Obj, obj, text } from '../cloudtrail/read.ts';
import { structure } from '../cloudtrail/structure.ts';
import { idOf } from './event.ts';

/** The resource as a call asked for it or as it will be, out of the text that the log keeps it in; undefined where it keeps none. */
export function bodyOf(properties: Obj): Obj | undefined {
  for (const wanted of ['responsebody', 'requestbody']) {
    for (const name in properties) {
      if (name.toLowerCase() !== wanted) continue;
      const body = structure(properties[name]);
      if (isObj(body) && Object.keys(body).length > 0) return body;
    }
  }
  return undefined;
}

/** A member reached through several levels, whatever the case of their names: bodies keep the caller's. */
export function within(source: unknown, ...path: readonly string[]): unknown {
  let value = source;
  for (const name of path) {
    if (!isObj(value)) return undefined;
    value =
      value[name] ??
      value[Object.keys(value).find((each) => each.toLowerCase() === name.toLowerCase()) ?? ''];
  }
  return value ?? undefined;
}

/** A member as text. */
export const textIn = (source: unknown, ...path: readonly string[]): string | undefined =>
  text(within(source, ...path), 512);

/** A member as an id that can be a key; undefined where there is none. */
export const idIn = (source: unknown, ...path: readonly string[]): string | undefined =>
  idOf(within(source, ...path)) || undefined;

export const listIn = (source: unknown, ...path: readonly string[]): readonly Obj[] =>
  items(within(source, ...path)).map(obj);

/** The one member or the list of them, of which Azure fills either. */
export const oneOrMore = (source: unknown, one: string, more: string): string[] =>
  [within(source, one), ...items(within(source, more))]
    .map((each) => text(each))
    .filter((each) => each !== undefined && each !== '') as string[];
