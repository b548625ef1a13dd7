import { fromCloudTrail } from '../../core/records/cloudtrail/cloudtrail.ts';
import { ATTACK_NAMES } from '../../simulate/attacks/catalogue.ts';
import { organisation } from '../../simulate/organisation.ts';
import { randomOf } from '../../simulate/random.ts';

/** What a queue is filled with. */
export interface BurstOfMessages {
  /** Bodies of messages, as EventBridge sends them, in the order in which they come. */
  readonly bodies: readonly string[];
  /** Each record that can be judged, once. */
  readonly records: readonly unknown[];
  /** Bodies that nobody can read: these must end in the dead-letter queue, and nothing else. */
  readonly poison: ReadonlySet<string>;
}

/** Of a hundred messages so many are sent twice, and so many cannot be read. */
const TWICE = 10;
const POISON = 1;
/** How far messages are thrown about; one in fifty comes days too late. */
const DISORDER = 300;
const ASTRAY = 0.02;
/** Days that each organisation's records are of. */
const DAYS = 30;

/**
 * Watched records of generated organisations, with attacks, until there are enough; then duplicates, disorder and poison.
 *
 * @param astray days by which one message in fifty comes too late at most, as from a dead-letter queue; all of them: at any time at all
 */
export function burstOfMessages(count: number, seed: number, astray = DAYS): BurstOfMessages {
  const random = randomOf(seed, 'burst');
  const records: unknown[] = [];
  for (let part = 0; records.length < count; part += 1) {
    const attacks = Array.from({ length: 6 }, (_, index) => ({
      name: random.pick(ATTACK_NAMES),
      day: 12 + (index % 3),
    }));
    const made = organisation({ seed: seed * 1_000 + part, accounts: 6, days: DAYS, noise: 0, attacks });
    for (const record of made.records()) {
      if (records.length >= count) break;
      if (fromCloudTrail(record).ok) records.push(record);
    }
  }
  // the parts are of the same accounts and weeks: without this, a month would come again and again after its end
  records.sort((a, b) => timeOf(a) - timeOf(b));
  const good = records.map((detail) =>
    JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail }),
  );
  const poison = new Set(
    Array.from({ length: Math.ceil((count * POISON) / 100) }, (_, index) => poisonous(index, records)),
  );
  const twice = good.filter(() => random.chance(TWICE / 100));
  const placed = [...good, ...twice, ...poison].map((body, index) => {
    const place = index < good.length ? index : random.int(0, good.length);
    if (!random.chance(ASTRAY)) return { body, place: place + random.int(0, DISORDER) };
    if (astray >= DAYS) return { body, place: random.int(0, good.length) };
    const reach = Math.ceil((good.length * astray) / DAYS);
    return { body, place: place + random.int(0, reach) };
  });
  return { bodies: placed.sort((a, b) => a.place - b.place).map(({ body }) => body), records, poison };
}

const timeOf = (record: unknown): number => Date.parse(Object(record).eventTime);

function poisonous(index: number, records: readonly unknown[]): string {
  const record = { ...Object(records[index % records.length]), eventID: `poison-${index}` };
  const body = (detail: unknown): string =>
    JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail });
  if (index % 4 === 0) return body(record).slice(0, -20 - (index % 50));
  if (index % 4 === 1) return body({ ...record, eventTime: 'yesterday' });
  if (index % 4 === 2)
    return body({
      ...record,
      eventSource: 'ec2.amazonaws.com',
      eventName: 'ModifyImageAttribute',
      requestParameters: { omitted: true },
      errorCode: undefined,
      errorMessage: undefined,
    });
  return JSON.stringify({ poison: index });
}
