import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { Policy } from '../core/policy/policy.ts';
import { type PolicyProblem, readPolicy } from '../core/policy/read-policy.ts';
import { reasonOf } from './input/damage.ts';

export type LoadedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  /** One line per problem: `file:line:column: where: what`. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the text of a policy file and says of every problem where in it it is; `name` is how messages call the file. */
export function parsePolicy(name: string, text: string): LoadedPolicy {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    return { ok: false, problems: document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`) };
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    return { ok: false, problems: [`${name}: ${reasonOf(error)}`] };
  }
  const read = readPolicy(content);
  if (read.ok) return read;
  return {
    ok: false,
    problems: read.problems
      .map((problem) => ({ ...problem, offset: offsetOf(document.contents, problem) }))
      .sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0))
      .map(({ path, message, offset }) =>
        [offset === undefined ? name : at(offset), path, message].filter((part) => part !== '').join(': '),
      ),
  };
}

/** Where the key of a problem stands, or the nearest thing around it. */
function offsetOf(contents: Node | null, { keys }: PolicyProblem): number | undefined {
  let node: unknown = contents;
  let offset = contents?.range?.[0];
  for (const key of keys) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (isScalar(pair?.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair?.value;
    } else {
      node = itemOf(node, key);
      offset = rangeOf(node) ?? offset;
    }
  }
  return offset;
}

function itemOf(node: unknown, key: string | number): unknown {
  if (typeof node !== 'object' || node === null || !('items' in node) || !Array.isArray(node.items))
    return undefined;
  return node.items[Number(key)];
}

function rangeOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined;
  return typeof node.range[0] === 'number' ? node.range[0] : undefined;
}
