import type { Reason } from './reasons.ts';

/** Messages that lie in one place for one reason. */
export interface Group extends Reason {
  /** Which dead-letter queue. */
  readonly from: string;
  readonly messages: number;
  /** When the oldest was sent there, ms. */
  readonly oldest: number;
  /** At most `MAX_EXAMPLES`. */
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 3;

/** Counts messages by where they lie and why. */
export function tallyOf(): {
  readonly add: (from: string, reason: Reason, sent: number, example: () => string) => void;
  readonly groups: () => Group[];
} {
  const groups = new Map<string, Group>();
  return {
    add(from, reason, sent, example) {
      const key = `${from} ${reason.name}`;
      const group = groups.get(key) ?? { ...reason, from, messages: 0, oldest: sent, examples: [] };
      const examples = group.examples.length < MAX_EXAMPLES ? [...group.examples, example()] : group.examples;
      groups.set(key, {
        ...group,
        messages: group.messages + 1,
        oldest: Math.min(group.oldest, sent),
        examples,
      });
    },
    groups: () => [...groups.values()].sort((a, b) => b.messages - a.messages || (a.name < b.name ? -1 : 1)),
  };
}

/** The same for a person. */
export function groupLines(groups: readonly Group[]): string {
  return groups
    .map(({ from, name, words, messages, oldest, examples, hopeless }) =>
      [
        `${String(messages).padStart(6)}  ${name}  (${from}, oldest ${new Date(oldest).toISOString()})`,
        `        ${words}${hopeless ? '; it would fail again' : ''}`,
        ...examples.map((example) => `        - ${example}`),
        '',
      ].join('\n'),
    )
    .join('');
}
