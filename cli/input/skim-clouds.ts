import { unwatchedAzure } from '../../core/records/azure/operations.ts';
import { unwatchedGoogle } from '../../core/records/gcp/methods.ts';

/** Longest name of an operation that is looked at. */
const MAX_NAME = 256;

interface Name {
  /** The member's name however it goes on, and with a text behind it. */
  readonly member: Buffer;
  readonly key: Buffer;
  /** Why a record of such a name is no activity; undefined where it may be one. */
  readonly reason: (name: string) => string | undefined;
  /** Members by which something else may be meant. */
  readonly others: readonly Buffer[];
}

const nameIn = (member: string, reason: Name['reason'], others: readonly string[]): Name => ({
  member: Buffer.from(`"${member}"`),
  key: Buffer.from(`"${member}":"`),
  reason,
  others: others.map((other) => Buffer.from(`"${other}"`)),
});

const AZURE = nameIn('operationName', unwatchedAzure, ['eventSource', 'OperationNameValue', 'methodName']);
const GOOGLE = nameIn('methodName', unwatchedGoogle, ['eventSource']);
/** What every record of Azure holds, in whatever form, and hardly one of Google: each look through a record counts. */
const OF_AZURE = Buffer.from('perationName');

/**
 * Why a record of Azure or Google can be no activity, without parsing it: most of their logs is operations nobody watches. Undefined
 * where it may be one, or where anything is unusual: the name escaped, spaced, twice or of another type, or a record of something else.
 *
 * Within the bodies that Azure logs as text quotes are escaped, so a name in there is not found.
 */
export function unwatchedElsewhere(bytes: Buffer): string | undefined {
  const { member, key, reason, others } = bytes.includes(OF_AZURE) ? AZURE : GOOGLE;
  const at = bytes.indexOf(key);
  if (at < 0) return undefined;
  const from = at + key.length;
  const to = bytes.indexOf(QUOTE, from);
  if (to < 0 || to - from > MAX_NAME || bytes.indexOf(member, to) >= 0) return undefined;
  const name = bytes.toString('latin1', from, to);
  if (name.includes('\\')) return undefined;
  const why = reason(name);
  return why === undefined || others.some((other) => bytes.includes(other)) ? undefined : why;
}

const QUOTE = 0x22;
