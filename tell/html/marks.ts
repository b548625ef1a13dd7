import { shellWord } from '../aws-ids.ts';

/** What a reader thinks of a finding. */
export const VERDICTS = ['benign', 'false', 'test', 'confirmed'] as const;
type Verdict = (typeof VERDICTS)[number];

export interface Mark {
  readonly as: Verdict;
  readonly note: string;
}

/** Controls and marks of direction do not belong in a note. */
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').trim();

/**
 * A command for each mark, which makes a decision of it: the page itself changes nothing.
 *
 * @param source options that say where the findings are kept, as they stand in a shell
 */
export const closingsOf = (marks: ReadonlyMap<string, Mark>, source: string): string[] =>
  [...marks].map(([id, { as, note }]) => {
    const why = shellWord(plain(note) || 'marked in the report');
    return `launchtrail findings close ${shellWord(plain(id))} --as ${as} --note ${why} ${source}`;
  });

/** Reads marks out of storage, where anything may stand. */
export function marksOf(text: string | null): Map<string, Mark> {
  try {
    const stored: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(stored)) return new Map();
    return new Map(
      stored.flatMap((each: unknown): [string, Mark][] => {
        if (!Array.isArray(each)) return [];
        const [id, as, note] = each as unknown[];
        const verdict = VERDICTS.find((name) => name === as);
        return typeof id === 'string' && verdict !== undefined && typeof note === 'string'
          ? [[id, { as: verdict, note }]]
          : [];
      }),
    );
  } catch {
    return new Map();
  }
}
