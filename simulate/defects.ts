import { DAY, MINUTE } from './estate.ts';
import type { Random } from './random.ts';
import type { TrailRecord } from './trail-record.ts';

/** A record and when it is handed over, ms. */
export interface Delivery {
  readonly at: number;
  readonly record: TrailRecord;
  /** What wrote it: a routine such as `backup` or `people/dba`, an attack's name, or `background`. */
  readonly routine: string;
}

/** What goes wrong on the way: at-least-once, late and out of order, corrected afterwards. */
export const DEFECTS = ['duplicates', 'disorder', 'late', 'addenda'] as const;
export type Defect = (typeof DEFECTS)[number];

/** Shares of records hit; far above what AWS delivers, so that a short history shows every defect. */
const SHARES: Readonly<Record<Defect, number>> = {
  duplicates: 0.03,
  disorder: 0.5,
  late: 0.003,
  addenda: 0.002,
};

/** Hands records over with defects, in the order in which they arrive. */
export function* withDefects(
  random: Random,
  defects: readonly Defect[],
  deliveries: Iterable<Delivery>,
): Generator<Delivery> {
  const hits = (defect: Defect): boolean => defects.includes(defect) && random.chance(SHARES[defect]);
  const waiting: Delivery[] = [];
  for (const delivery of deliveries) {
    yield* arrivedBy(waiting, delivery.at);
    const { at, record, routine } = delivery;
    let arrival = at;
    if (hits('disorder')) arrival += Math.floor(random.next() * 12 * MINUTE);
    if (hits('late')) arrival += Math.floor((0.1 + 2.9 * random.next()) * DAY);
    insert(waiting, { at: arrival, record, routine });
    if (hits('duplicates')) {
      insert(waiting, { ...delivery, at: arrival + Math.floor(random.next() ** 3 * 6 * 60) * MINUTE });
    }
    if (hits('addenda')) {
      const later = arrival + random.int(5, 600) * MINUTE;
      insert(waiting, { at: later, record: corrected(random, record), routine });
    }
  }
  yield* arrivedBy(waiting, Number.POSITIVE_INFINITY);
}

/** The same action again under a new id, the way CloudTrail corrects itself. */
function corrected(random: Random, record: TrailRecord): TrailRecord {
  return {
    ...record,
    eventID: random.guid(),
    addendum: {
      reason: 'UPDATED_DATA',
      updatedFields: 'responseElements',
      originalRequestID: record.requestID ?? '',
      originalEventID: record.eventID,
    },
  };
}

/** `waiting` is kept latest first, so that the earliest leaves from the end. */
function insert(waiting: Delivery[], delivery: Delivery): void {
  let low = 0;
  let high = waiting.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((waiting[middle]?.at ?? 0) > delivery.at) low = middle + 1;
    else high = middle;
  }
  waiting.splice(low, 0, delivery);
}

function* arrivedBy(waiting: Delivery[], at: number): Generator<Delivery> {
  let next = waiting.at(-1);
  while (next !== undefined && next.at <= at) {
    waiting.pop();
    yield next;
    next = waiting.at(-1);
  }
}
