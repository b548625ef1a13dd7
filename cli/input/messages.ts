import type { InputFile } from './input-file.ts';
import type { Reading } from './reading.ts';

/** What a reading worker is told: files to read, in this order, or that activities it sent were taken. */
export type Order =
  | { readonly task: number; readonly files: readonly InputFile[] }
  | { readonly taken: number };

/** What it answers with: a part of a task's readings; the last says so. */
export interface Part {
  readonly task: number;
  readonly last: boolean;
  readonly reading: Omit<Reading, 'activities'>;
  /** JSON: a string crosses threads many times faster than objects, and parses in a fifth of a record's time. */
  readonly activities: string;
}
