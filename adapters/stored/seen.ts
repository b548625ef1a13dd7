import type { FactSheet } from '../../core/history/facts.ts';
import type { Sighting, Suspicion } from '../../core/history/sighting.ts';

const MARKS = {
  finding: '!',
  critical: '%',
  'leaked-key': '#',
  confirmed: '*',
} as const satisfies Record<Suspicion, string>;

/**
 * A sighting as `<ms in base 36>.<id>`, 17 bytes. In place of the dot stands `!` where it is suspect, `%` where the finding is CRITICAL,
 * `#` where a leaked key showed it, `*` where it was confirmed as an attack.
 */
const packSighting = ({ at, id, suspect }: Sighting): string =>
  `${at.toString(36)}${suspect === undefined ? '.' : MARKS[suspect]}${id}`;

function unpackSighting(key: string, stored: unknown): Sighting {
  const [, at = '', separator, id = ''] =
    (typeof stored === 'string' && /^(-?[0-9a-z]+)([.!%#*])(.*)$/su.exec(stored)) || [];
  if (separator === undefined)
    throw new TypeError(`["${key}"]: expected a sighting, found ${JSON.stringify(stored)}`);
  const found = { at: Number.parseInt(at, 36), id };
  if (separator === '.') return found;
  const mark = Object.entries(MARKS).find(([, sign]) => sign === separator);
  return { ...found, suspect: mark?.[0] as Suspicion };
}

/** What a fact sheet has seen, as stored: `dimension:value` → sighting, readable in the console. */
export const packSeen = (seen: FactSheet['seen']): Record<string, string> =>
  Object.fromEntries(Object.entries(seen).map(([key, value]) => [key, packSighting(value)]));

/** @throws TypeError on anything `packSeen` could not have written */
export function unpackSeen(stored: unknown): FactSheet['seen'] {
  if (typeof stored !== 'object' || stored === null) throw new TypeError('expected an object');
  return Object.fromEntries(Object.entries(stored).map(([key, value]) => [key, unpackSighting(key, value)]));
}
