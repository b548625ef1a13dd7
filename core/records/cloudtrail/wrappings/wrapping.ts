import type { Obj } from '../read.ts';

/** The way to a value inside the input, e.g. `['Records', 3, 'body']`. */
export type Path = readonly (string | number)[];

/** A value inside a wrapping that is to be looked into. */
export interface Part {
  readonly path: Path;
  readonly value: unknown;
  /** Text that is base64 of text or of gzipped text. */
  readonly encoded?: boolean;
}

/** What one layer of wrapping holds. */
export type Content =
  /** Values to look into; each may be wrapped again. */
  | { readonly parts: readonly Part[] }
  /** A record under CloudTrail's own names, put together from what a product made of it. */
  | { readonly record: Obj }
  /** Something that belongs to a trail and is no record: what people call it, in the plural, and the objects it names. */
  | { readonly aside: string; readonly objects?: readonly string[] }
  /** A record that must not be judged, and why: completes a sentence about it. */
  | { readonly refused: string };

/**
 * Recognises one way in which records are delivered and takes one layer of it off; undefined for anything else.
 *
 * A new one is a file in this folder, a line in all.ts and a line in the test that sends the same ten records through all.
 */
export type Wrapping = (value: Obj | readonly unknown[]) => Content | undefined;

/** One member of an object as the only part. */
export const inside = (value: Obj, name: string, encoded = false): Content => ({
  parts: [{ path: [name], value: value[name], encoded }],
});
