import { randomOf } from '../../simulate/random.ts';
import { smallOrganisation } from '../organisation.ts';

type Json = Record<string, unknown>;

/** What says which call it was and how it ended, as AWS writes it and nobody can choose it. */
const KEPT: ReadonlySet<string> = new Set([
  ...['eventVersion', 'eventSource', 'eventName', 'eventTime', 'eventType', 'errorCode', 'sourceIPAddress'],
  ...['resourceType', 'group', 'attribute', 'attributeName', 'operationType', 'ipProtocol', 'type'],
]);
/** Letters of one text, four bytes each: more than any name may have. */
const LETTERS = 300;
/** Members of a list, and of the lists in it. */
const [MEMBERS, INNER_MEMBERS] = [60, 2];

const POOL = (() => {
  const random = randomOf(1, 'monstrous');
  return Array.from({ length: 20_000 }, () => String.fromCodePoint(random.int(0x20000, 0x2a6d0)));
})();

/** Makes texts, each another, that no packing makes shorter: any characters of Unicode after the beginning of the one given. */
export function monstrousText(seed: number): (beginning: string) => string {
  const random = randomOf(seed, 'monstrous text');
  let made = 0;
  return (beginning) => {
    made += 1;
    const from = random.int(0, POOL.length - LETTERS);
    return `${beginning.slice(0, 6)}${POOL.slice(from, from + LETTERS).join('')}${made}`;
  };
}

/** A record of a generated call with each text made long and each list too, as far as its caller could. */
function monstrous(
  value: unknown,
  text: (beginning: string) => string,
  name = '',
  members = MEMBERS,
): unknown {
  if (KEPT.has(name)) return value;
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return value;
    return Array.from({ length: members }, (_, index) =>
      monstrous(value[index % value.length], text, '', INNER_MEMBERS),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, monstrous(inner, text, key, members)]),
  );
}

/** One such record of every call that a few generated organisations make, by name, with tags where a call takes any. */
export function monstrousRecords(seed = 1): Json[] {
  const calls = new Map<string, Json>();
  for (let each = 1; each <= 12; each += 1)
    for (const record of smallOrganisation(each))
      calls.set(`${record.eventName} ${record.errorCode}`, record as unknown as Json);
  const text = monstrousText(seed);
  const tags = Array.from({ length: 50 }, (_, index) => ({
    key: text(`k${index}`),
    value: text(`v${index}`),
  }));
  const types = ['instance', 'volume', 'snapshot', 'image'];
  return [...calls.values()].map((record) => {
    const made = monstrous(record, text) as Json;
    const request = made.requestParameters as Json | null;
    const items = types.map((resourceType) => ({ resourceType, tags }));
    return { ...made, requestParameters: request && { ...request, tagSpecificationSet: { items } } };
  });
}
