import { inOrder } from './canonical.ts';
import type { Policy } from './policy.ts';

/** One thing that two policies say differently. */
export interface PolicyDifference {
  /** Such as `severity.high`, or `suppressions` where a whole entry was added or taken away. */
  readonly key: string;
  /** As JSON; absent where there was nothing. */
  readonly before?: string;
  readonly after?: string;
}

/**
 * What two policies say differently, key by key in the order of the policy; of a list, what was added and what was taken away. Values
 * are those that judge, durations in ms. Two that differ in comments or in defaults written out do not differ.
 */
export function policyDifference(before: Policy, after: Policy): PolicyDifference[] {
  const [{ identity: _, ...a }, { identity: __, ...b }] = [before, after];
  return differences('', a, b);
}

function differences(path: string, before: unknown, after: unknown): PolicyDifference[] {
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(path, before, after);
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(path === '' ? key : `${path}.${key}`, before[key], after[key]));
  }
  const [a, b] = [written(before), written(after)];
  if (a === b) return [];
  return [{ key: path, ...(a !== undefined && { before: a }), ...(b !== undefined && { after: b }) }];
}

function ofLists(key: string, before: readonly unknown[], after: readonly unknown[]): PolicyDifference[] {
  const [a, b] = [before, after].map((list) => list.map((each) => written(each) as string));
  const gone = a?.filter((each) => !b?.includes(each)) ?? [];
  const come = b?.filter((each) => !a?.includes(each)) ?? [];
  return [...gone.map((each) => ({ key, before: each })), ...come.map((each) => ({ key, after: each }))];
}

const written = (value: unknown): string | undefined => JSON.stringify(inOrder(value));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
