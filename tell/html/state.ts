import { type Chosen, FACET_NAMES, type FacetName } from './facets.ts';

/** What a reader has chosen to look at; it stands in the address, so that a link shows another the same. */
export interface View {
  readonly page: 'findings' | 'finding' | 'actor' | 'coverage';
  /** Id of the finding, or place of the actor. */
  readonly what?: string | undefined;
  readonly query: string;
  readonly chosen: Chosen;
  /** First and last day, `2026-03-02`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export const START: View = { page: 'findings', query: '', chosen: {} };

const PAGES = ['finding', 'actor', 'coverage'] as const;
/** An actor is a facet too, so what is open stands under names of its own. */
const OPEN = { finding: 'open', actor: 'open-actor', coverage: 'open-coverage' } as const;
const DAY = /^\d{4}-\d\d-\d\d$/;

export function hashOf({ page, what, query, chosen, from, to }: View): string {
  const params = new URLSearchParams();
  if (page !== 'findings') params.set(OPEN[page], what ?? '');
  if (query !== '') params.set('q', query);
  for (const name of FACET_NAMES) for (const value of chosen[name] ?? []) params.append(name, value);
  if (from !== undefined) params.set('from', from);
  if (to !== undefined) params.set('to', to);
  return `#${params}`;
}

/** Reads what stands behind the `#`; what means nothing is passed over. */
export function viewOf(hash: string): View {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const page = PAGES.find((name) => params.has(OPEN[name]));
  const chosen: Partial<Record<FacetName, readonly string[]>> = {};
  for (const name of FACET_NAMES) {
    const values = params.getAll(name);
    if (values.length > 0) chosen[name] = values;
  }
  const [from, to] = [params.get('from') ?? '', params.get('to') ?? ''];
  return {
    page: page ?? 'findings',
    ...(page !== undefined && { what: params.get(OPEN[page]) ?? '' }),
    query: params.get('q') ?? '',
    chosen,
    ...(DAY.test(from) && { from }),
    ...(DAY.test(to) && { to }),
  };
}
