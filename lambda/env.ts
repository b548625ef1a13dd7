/** Reads one variable; `value` is what the environment holds, undefined when it is missing or empty. */
export type Reader<T> = (value: string | undefined, name: string) => T;

/** A variable that must be there. */
export const text: Reader<string> = (value, name) => {
  if (value === undefined) throw new EnvError(name, 'is missing');
  return value;
};

/** Comma-separated values; none when the variable is missing. */
export const list: Reader<string[]> = (value) => value?.split(',').filter((part) => part !== '') ?? [];

/** A variable that may be missing. */
export const optional: Reader<string | undefined> = (value) => value;

/** A number, which must be there. */
export const number: Reader<number> = (value, name) => {
  const parsed = Number(text(value, name));
  if (Number.isNaN(parsed)) throw new EnvError(name, `must be a number, not '${value}'`);
  return parsed;
};

/** One of a few words. */
export const word =
  <T extends string>(...words: readonly T[]): Reader<T> =>
  (value, name) => {
    const found = words.find((candidate) => candidate === value);
    if (found === undefined) throw new EnvError(name, `must be ${words.join(' or ')}, not '${value ?? ''}'`);
    return found;
  };

/** A wrong deployment; the message names the variable. */
class EnvError extends Error {
  constructor(name: string, problem: string) {
    super(`Environment variable ${name} ${problem}. It is set by the stack: deploy it again.`);
    this.name = 'EnvError';
  }
}

/** Reads all variables of a function at once, while it starts, so that a wrong deployment fails before any record. */
export function parseEnv<T>(
  readers: { readonly [K in keyof T]: Reader<T[K]> },
  env: Readonly<Record<string, string | undefined>> = process.env,
): T {
  const entries = Object.entries(readers) as [string, Reader<unknown>][];
  return Object.fromEntries(entries.map(([name, read]) => [name, read(env[name] || undefined, name)])) as T;
}
