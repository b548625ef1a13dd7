/** What the process ends with; a higher number wins, except that `wrong` ends everything at once. */
export const EXIT = {
  done: 0,
  /** Wrong usage, or no record was understood. */
  wrong: 1,
  /** Some of the input was damaged or is no CloudTrail event. */
  damaged: 2,
  /** A finding reached `--fail-on`. */
  failOn: 3,
} as const;
