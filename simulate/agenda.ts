interface Entry<T> {
  readonly at: number;
  readonly order: number;
  readonly what: T;
}

/** What is still to come, earliest first; of two at one time the one that was put in first. */
export interface Agenda<T> {
  put(at: number, what: T): void;
  take(): T | undefined;
}

/** A binary heap: a day of a large organisation is some hundred thousand entries, most of them near the front. */
export function agenda<T>(): Agenda<T> {
  const heap: Entry<T>[] = [];
  let order = 0;
  const before = (a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

  return {
    put: (at, what) => {
      const entry = { at, order: order++, what };
      let index = heap.length;
      while (index > 0) {
        const parent = (index - 1) >>> 1;
        const above = heap[parent] as Entry<T>;
        if (!before(entry, above)) break;
        heap[index] = above;
        index = parent;
      }
      heap[index] = entry;
    },
    take: () => {
      const [first] = heap;
      const last = heap.pop();
      if (first === undefined || last === undefined || first === last) return first?.what;
      let index = 0;
      for (;;) {
        let child = 2 * index + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1] as Entry<T>, heap[child] as Entry<T>)) child++;
        const below = heap[child] as Entry<T>;
        if (!before(below, last)) break;
        heap[index] = below;
        index = child;
      }
      heap[index] = last;
      return first.what;
    },
  };
}
