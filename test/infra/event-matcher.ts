import { isObj } from '../../core/records/cloudtrail/read.ts';

/**
 * Whether an event matches an EventBridge pattern, for the operators that the stack uses: values, `prefix`, `exists`,
 * also of members of lists. Written from the documented rules; moto does not look into lists.
 */
export function matches(pattern: unknown, event: unknown): boolean {
  return matchesIn(pattern, [event]);
}

function matchesIn(pattern: unknown, nodes: readonly unknown[]): boolean {
  if (!isObj(pattern)) throw new TypeError(`${JSON.stringify(pattern)} is not a pattern`);
  return Object.entries(pattern).every(([key, wanted]) => {
    const children = nodes.flatMap((node) => (isObj(node) && key in node ? [node[key]].flat() : []));
    return Array.isArray(wanted)
      ? wanted.some((condition) => meets(condition, children))
      : matchesIn(wanted, children);
  });
}

function meets(condition: unknown, values: readonly unknown[]): boolean {
  if (!isObj(condition)) return values.includes(condition);
  const [[operator, operand] = []] = Object.entries(condition);
  if (operator === 'exists') return values.length > 0 === operand;
  if (operator === 'prefix') {
    return values.some((value) => typeof value === 'string' && value.startsWith(String(operand)));
  }
  throw new TypeError(`operator ${operator} is not known here`);
}
