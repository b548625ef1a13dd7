import type { Effect } from '../cloudtrail/call.ts';
import { text } from '../cloudtrail/read.ts';
import { canonical, type GoogleEntry } from './entry.ts';

/** What a reader sees of one entry. */
export interface GoogleCall extends GoogleEntry {
  /** Canonical name of what was acted on. */
  readonly id: string;
  readonly project: string;
}

/** Reads one method's entries; undefined where it changes nothing that matters. */
export type GoogleReader = (call: GoogleCall) => Effect | undefined;

/** Name of something that a request refers to, as a key; undefined where there is none. */
export const ref = (value: unknown, project: string): string | undefined => {
  const written = text(value, 512);
  return written === undefined || written === '' ? undefined : canonical(written, project);
};

/** `projects/P/zones/Z/machineTypes/T` in any of its forms. */
export const typeOf = (value: unknown): string | undefined => text(value, 512)?.split('/').at(-1);
