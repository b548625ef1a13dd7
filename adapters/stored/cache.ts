/** What was read last, by name. Emptied when it is full: what is still needed is soon back. */
export function cacheOf<T>(most: number): Map<string, T> & { keep(name: string, value: T): T } {
  const values = new Map<string, T>();
  return Object.assign(values, {
    keep(name: string, value: T): T {
      if (values.size >= most) values.clear();
      values.set(name, value);
      return value;
    },
  });
}
