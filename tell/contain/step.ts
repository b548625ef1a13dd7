/** One step of containment: why, and what to type, line by line. No lines: it cannot be done from a command line. */
export interface Containment {
  readonly why: string;
  /** Account whose credentials the commands need. */
  readonly account: string;
  readonly commands: readonly string[];
  /** The way back: a command, or what to do. */
  readonly undo?: string;
}

/** Ids named in one command; more only repeat it. */
export const IDS_PER_COMMAND = 20;
