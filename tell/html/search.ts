import type { Entry } from './model.ts';

/** One word of a search: what it is looked for in, and whether it must not be there. */
export interface Term {
  readonly field: Field | undefined;
  readonly text: string;
  readonly not: boolean;
}

const FIELDS = {
  sev: ({ severity }) => severity,
  actor: ({ who }) => who,
  account: ({ account }) => account,
  region: ({ regions }) => regions.join(' '),
  signal: ({ signals }) => signals.join(' '),
  family: ({ families }) => families.join(' '),
  story: ({ type }) => type,
  status: ({ status }) => status,
  id: ({ id }) => id,
} as const satisfies Record<string, (entry: Entry) => string>;

type Field = keyof typeof FIELDS;

export const FIELD_NAMES = Object.keys(FIELDS) as readonly Field[];

const isField = (name: string): name is Field => Object.hasOwn(FIELDS, name);

const TERM = /(!?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi;

/** Reads `sev:high actor:alice !region:eu-west-1 "public share"`. A word before a colon that is no field is text. */
export function termsOf(query: string): Term[] {
  return [...query.matchAll(TERM)].flatMap(([whole, not = '', name, quoted, word]): Term[] => {
    const field = name?.toLowerCase() ?? '';
    const known = isField(field);
    const text = known || name === undefined ? (quoted ?? word ?? '') : whole.slice(not.length);
    if (text === '') return [];
    return [{ field: known ? field : undefined, text: text.toLowerCase(), not: not === '!' }];
  });
}

/** Whether all terms are true of a finding. */
export const matches = (entry: Entry, terms: readonly Term[], haystack = haystackOf(entry)): boolean =>
  terms.every(({ field, text, not }) => {
    const within = field === undefined ? haystack : FIELDS[field](entry).toLowerCase();
    return within.includes(text) !== not;
  });

/** All that is searched where no field is named. */
export const haystackOf = (entry: Entry): string =>
  Object.values(FIELDS)
    .map((read) => read(entry))
    .concat(entry.what)
    .join('\n')
    .toLowerCase();
