import type { Sighting } from './sighting.ts';

type Seen = Readonly<Record<string, Sighting>>;

/** What every judgement asks of whole sheets. */
export interface Outline {
  /** Days on which the scope was active, days since the epoch, as many as are kept. */
  readonly days: readonly number[];
  /** The earliest sighting, ms since the epoch. */
  readonly first: number;
  /** Whether any sighting is suspect. */
  readonly suspect: boolean;
}

const outlines = new WeakMap<Seen, Outline>();

/** The outline of a sheet, made once: going through all its keys is a tenth of a judgement, and most sheets stay as they are. */
export function outlineOf(seen: Seen): Outline {
  const known = outlines.get(seen);
  if (known !== undefined) return known;
  const days: number[] = [];
  let first = Number.POSITIVE_INFINITY;
  let suspect = false;
  for (const key in seen) {
    const sighting = seen[key] as Seen[string];
    if (key.startsWith('day:')) days.push(Number(key.slice('day:'.length)));
    first = Math.min(first, sighting.at);
    suspect ||= sighting.suspect !== undefined;
  }
  const outline = { days, first, suspect };
  outlines.set(seen, outline);
  return outline;
}
