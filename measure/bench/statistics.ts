/** The value that a share (0..1) of the values does not exceed; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const ordered = values.toSorted((a, b) => a - b);
  return ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)] ?? 0;
}

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;

/** Middle of the times, in s, that a piece of work takes, of several tries: one slow try on a busy machine is no result. */
export async function medianSeconds(tries: number, work: () => Promise<void> | void): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < tries; i++) {
    const started = performance.now();
    await work();
    seconds.push((performance.now() - started) / 1000);
  }
  return percentile(seconds, 0.5);
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
