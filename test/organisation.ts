import fc from 'fast-check';
import { ATTACK_NAMES } from '../simulate/attacks/catalogue.ts';
import { organisation } from '../simulate/organisation.ts';
import { randomOf } from '../simulate/random.ts';
import type { TrailRecord } from '../simulate/trail-record.ts';

/** Records that a property test can afford to judge many times over. */
const MOST = 60;

/**
 * A handful of a generated organisation: up to 60 records in time order over some days, of several actors in two
 * accounts, with one or two attacks and the calls of everybody else around them.
 */
export function smallOrganisation(seed: number): readonly TrailRecord[] {
  const random = randomOf(seed, 'small organisation');
  const attacks = Array.from({ length: random.int(1, 2) }, () => ({
    name: random.pick(ATTACK_NAMES),
    day: random.int(12, 14),
  }));
  const made = organisation({ seed, accounts: 2, days: 15, noise: 0, attacks });
  const labelled = new Set(made.labels.flatMap(({ eventIDs }) => eventIDs));
  const records = [...made.records()].filter(
    ({ readOnly, eventType }) => !readOnly && eventType !== 'AwsConsoleSignIn',
  );
  const hostile = records.filter(({ eventID }) => labelled.has(eventID)).slice(0, MOST / 2);
  const benign = records.filter(({ eventID }) => !labelled.has(eventID));

  // Whole actors rather than single calls, so that habits stay habits.
  const byActor = [...Map.groupBy(benign, ({ userIdentity }) => userIdentity.principalId ?? '').values()];
  const kept = [...hostile];
  while (kept.length < MOST && byActor.length > 0) {
    const [calls = []] = byActor.splice(random.int(0, byActor.length - 1), 1);
    kept.push(...calls.slice(0, Math.min(random.int(2, 12), MOST - kept.length)));
  }
  const wanted = new Set(kept.map(({ eventID }) => eventID));
  return records.filter(({ eventID }) => wanted.has(eventID));
}

/** The same records in any order, some of them twice or three times. */
export function deliveredBadly<T>(records: readonly T[]): fc.Arbitrary<T[]> {
  return fc
    .subarray([...records], { maxLength: 15 })
    .chain((again) =>
      fc.shuffledSubarray([...records, ...again], { minLength: records.length + again.length }),
    );
}
