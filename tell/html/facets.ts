import type { Entry } from './model.ts';

/** What findings are sorted out by. */
export const FACETS = {
  severity: { title: 'Severity', of: ({ severity }) => [severity] },
  story: { title: 'Story', of: ({ type }) => [type] },
  family: { title: 'Family', of: ({ families }) => families },
  account: { title: 'Account', of: ({ account }) => [account] },
  region: { title: 'Region', of: ({ regions }) => regions },
  actor: { title: 'Actor', of: ({ who }) => [who] },
  signal: { title: 'Signal', of: ({ signals }) => signals },
  status: { title: 'Status', of: ({ status }) => [status] },
} as const satisfies Record<string, { title: string; of: (entry: Entry) => readonly string[] }>;

export type FacetName = keyof typeof FACETS;
export const FACET_NAMES = Object.keys(FACETS) as readonly FacetName[];

/** Values chosen of each facet; none means all. */
export type Chosen = Readonly<Partial<Record<FacetName, readonly string[]>>>;

export interface Sorted {
  /** Whether each finding is shown. */
  readonly shown: readonly boolean[];
  readonly count: number;
  /** How many findings each value would show, given all that is chosen of the other facets. */
  readonly counts: Readonly<Record<FacetName, ReadonlyMap<string, number>>>;
}

/** @param passes whether a finding is let through by all that is no facet: search and time */
export function sortOut(
  entries: readonly Entry[],
  chosen: Chosen,
  passes: (entry: Entry, index: number) => boolean,
): Sorted {
  const counts = Object.fromEntries(FACET_NAMES.map((name) => [name, new Map<string, number>()])) as Record<
    FacetName,
    Map<string, number>
  >;
  const wanted = FACET_NAMES.flatMap((name) => {
    const values = chosen[name] ?? [];
    return values.length === 0 ? [] : [[name, new Set(values)] as const];
  });
  let count = 0;
  const shown = entries.map((entry, index) => {
    const values = passes(entry, index);
    const missed = values
      ? wanted.filter(([name, set]) => !FACETS[name].of(entry).some((value) => set.has(value)))
      : undefined;
    if (missed === undefined || missed.length > 1) return false;
    const [only] = missed;
    for (const name of only === undefined ? FACET_NAMES : [only[0]])
      for (const value of new Set(FACETS[name].of(entry)))
        counts[name].set(value, (counts[name].get(value) ?? 0) + 1);
    if (only === undefined) count += 1;
    return only === undefined;
  });
  return { shown, count, counts };
}
