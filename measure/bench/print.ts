/** Prints lines and rows of a table. */
export interface Print {
  readonly line: (text?: string) => void;
  readonly row: (name: string, ...values: readonly string[]) => void;
}

/** @param first width of the first column @param other that of the others */
export function printer(first: number, other: number): Print {
  const line = (text = ''): void => void process.stdout.write(`${text}\n`);
  return {
    line,
    row: (name, ...values) =>
      line(`  ${name.padEnd(first)}${values.map((value) => value.padStart(other)).join('')}`.trimEnd()),
  };
}
