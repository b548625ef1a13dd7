/** What a reader thinks of a finding: the words of `launchtrail findings close --as`. */
export const VERDICTS = ['benign', 'false', 'test', 'confirmed'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Mark {
  readonly as: Verdict;
  readonly note: string;
}

/** One word for a POSIX shell, whatever is in it. */
const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Controls and marks of direction do not belong on a command line. */
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').trim();

/** The commands that close findings as they are marked; the page itself changes nothing. */
export const closing = (marks: ReadonlyMap<string, Mark>, source: string): string[] =>
  [...marks].map(
    ([id, { as, note }]) =>
      `launchtrail findings close ${word(id)} --as ${as} --note ${word(plain(note) || 'marked in a report')} ${source}`,
  );

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
