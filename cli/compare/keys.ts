import { dequal } from 'dequal/lite';
import type { Policy } from '../../core/policy/policy.ts';

type Section = Readonly<Record<string, unknown>>;

const isSection = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys in which two policies differ, such as `severity.high` or `signals.first-launch.weight`; a list is one key. */
export function changedKeys(before: Policy, after: Policy): string[] {
  const differing = (a: Section, b: Section, path: readonly string[]): string[] =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
      const [from, to] = [a[key], b[key]];
      if (dequal(from, to)) return [];
      return isSection(from) && isSection(to)
        ? differing(from, to, [...path, key])
        : [[...path, key].join(SEPARATOR)];
    });
  const [{ identity: _, ...a }, { identity: __, ...b }] = [before, after];
  return differing(a, b, []).sort();
}

/** Between the parts of a key; none of them has one. */
const SEPARATOR = '.';

/** The one policy with a key of the other. */
export function withKey(before: Policy, after: Policy, key: string): Policy {
  const set = (a: Section, b: Section, [first = '', ...rest]: readonly string[]): Section => {
    if (rest.length > 0)
      return { ...a, [first]: set((a[first] ?? {}) as Section, (b[first] ?? {}) as Section, rest) };
    const { [first]: _, ...others } = a;
    return first in b ? { ...others, [first]: b[first] } : others;
  };
  return set(before, after, key.split(SEPARATOR)) as Policy;
}
