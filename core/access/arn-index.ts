/**
 * Finds which of many ARNs a pattern may match without looking at each: those that begin as it does up to its first wildcard. What comes
 * back holds all that match and keeps the order of what was given.
 */
export function arnIndex<T extends { readonly arn: string }>(
  all: readonly T[],
): (patterns: readonly string[]) => readonly T[] {
  const sorted = all
    .map(({ arn }, index) => ({ arn, index }))
    .toSorted((a, b) => (a.arn < b.arn ? -1 : a.arn > b.arn ? 1 : 0));
  return (patterns) => {
    const found = new Set<number>();
    for (const pattern of patterns) {
      const end = pattern.search(/[*?]/);
      const prefix = end < 0 ? pattern : pattern.slice(0, end);
      for (let at = firstFrom(sorted, prefix); at < sorted.length; at++) {
        const { arn, index } = sorted[at] as (typeof sorted)[number];
        if (!(end < 0 ? arn === pattern : arn.startsWith(prefix))) break;
        found.add(index);
      }
    }
    return [...found].toSorted((a, b) => a - b).map((index) => all[index] as T);
  };
}

/** Where the first stands that is no less than a text. */
function firstFrom(sorted: readonly { readonly arn: string }[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as { arn: string }).arn < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
