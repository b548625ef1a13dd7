/** What the process ends with; a higher number wins, except that `wrong` ends everything at once. */
export const EXIT = {
  done: 0,
  /** Wrong usage, or nothing could be read. */
  wrong: 1,
  /** Some of the input was damaged. */
  damaged: 2,
  /** A finding reached `--fail-on`. */
  failOn: 3,
} as const;
