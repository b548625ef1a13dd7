import { unwatchedAzure } from '../../core/records/azure/operations.ts';
import { unwatchedGoogle } from '../../core/records/gcp/methods.ts';

/** Longest name of an operation that is looked at. */
const MAX_NAME = 256;

interface Name {
  readonly key: Buffer;
  /** Why a record of such a name is no activity; undefined where it may be one. */
  readonly reason: (name: string) => string | undefined;
}

const NAMES: readonly Name[] = [
  { key: Buffer.from('"operationName":"'), reason: unwatchedAzure },
  { key: Buffer.from('"methodName":"'), reason: unwatchedGoogle },
];
/** Members by which something else may be meant. */
const OTHERS = ['"eventSource"', '"OperationNameValue"'].map((text) => Buffer.from(text));

/**
 * Why a record of Azure or Google can be no activity, without parsing it: most of their logs is operations nobody watches. Undefined
 * where it may be one, or where anything is unusual: the name escaped, spaced, twice or of another type, or a record of something else.
 *
 * Within the bodies that Azure logs as text quotes are escaped, so a name in there is not found.
 */
export function unwatchedElsewhere(bytes: Buffer): string | undefined {
  for (const { key, reason } of NAMES) {
    const at = bytes.indexOf(key);
    if (at < 0) continue;
    const from = at + key.length;
    const to = bytes.indexOf(QUOTE, from);
    if (to < 0 || to - from > MAX_NAME || bytes.indexOf(key.subarray(0, -2), from) >= 0) return undefined;
    const name = bytes.toString('latin1', from, to);
    if (name.includes('\\')) return undefined;
    const why = reason(name);
    return why === undefined || OTHERS.some((other) => bytes.includes(other)) ? undefined : why;
  }
  return undefined;
}

const QUOTE = 0x22;
