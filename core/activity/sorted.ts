/** First index of a sorted array at which `isBefore` no longer holds. */
export function firstIndex<T>(sorted: readonly T[], isBefore: (item: T) => boolean): number {
  // what arrives is mostly the newest, so the end is tried first
  const last = sorted.at(-1);
  if (last === undefined || isBefore(last)) return sorted.length;
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value under a key, made and kept if there is none. */
export function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
