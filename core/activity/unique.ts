/** Lists up to here are looked through faster than a set of them is built. */
const FEW = 8;

/** The values once each, in order of appearance. Most lists of a record have one or none, so the list itself may come back. */
export function unique<T>(values: readonly T[]): readonly T[] {
  if (values.length < 2) return values;
  if (values.length > FEW) return [...new Set(values)];
  const found: T[] = [];
  for (const value of values) if (!found.includes(value)) found.push(value);
  return found;
}
