import { type Mark, marksOf } from '../marks.ts';
import type { Summary } from '../model.ts';

/** Marks that last as long as the browser keeps what it stores for this page. */
export interface KeptMarks {
  readonly all: ReadonlyMap<string, Mark>;
  set(id: string, mark: Mark | undefined): void;
  clear(): void;
}

/** Those of this very report: all files of a disk share one storage. */
export function keptMarks({ made, policy }: Summary): KeptMarks {
  const key = `launchtrail ${made} ${policy.sha256.slice(0, 12)}`;
  const all = stored(key);
  return {
    all,
    set(id, mark) {
      if (mark === undefined) all.delete(id);
      else all.set(id, mark);
      keep(key, all);
    },
    clear() {
      all.clear();
      keep(key, all);
    },
  };
}

function stored(key: string): Map<string, Mark> {
  try {
    return marksOf(localStorage.getItem(key));
  } catch {
    return new Map();
  }
}

function keep(key: string, marks: ReadonlyMap<string, Mark>): void {
  try {
    localStorage.setItem(key, JSON.stringify([...marks].map(([id, { as, note }]) => [id, as, note])));
  } catch {
    // a page from a mail may have no storage: the marks last as long as it is open
  }
}
