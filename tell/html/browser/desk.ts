import type { Entry, Summary } from '../model.ts';
import type { View } from '../state.ts';
import type { KeptMarks } from './kept-marks.ts';
import type { Rows } from './rows.ts';

/** What the parts of the page share. */
export interface Desk {
  readonly summary: Summary;
  readonly entries: readonly Entry[];
  /** Place of each finding among the entries, by its id. */
  readonly places: ReadonlyMap<string, number>;
  readonly rows: Rows;
  readonly marks: KeptMarks;
  /** What is looked at now. */
  readonly view: () => View;
  /** Shows another choice of findings, and puts it into the address without a step back for each letter. */
  readonly go: (next: Partial<View>) => void;
  /** Goes to another page, one step that can be taken back. */
  readonly open: (next: Partial<View>) => void;
}
