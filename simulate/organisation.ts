import type { Severity } from '../core/findings/severity.ts';
import type { Family } from '../core/signals/signal.ts';
import type { Attack } from './attacks/attack.ts';
import { ATTACKS, type AttackName } from './attacks/catalogue.ts';
import { type Defect, type Delivery, withDefects } from './defects.ts';
import { type Account, DAY, type Estate, estateOf, HOUR } from './estate.ts';
import { happenings } from './happenings.ts';
import { randomOf } from './random.ts';
import { type Emit, sayer } from './routine.ts';
import { isoTime, type TrailRecord } from './trail-record.ts';

export interface OrganisationOptions {
  /** Any whole number; the same one gives the same records. */
  readonly seed: number;
  /** Accounts, 3 unless told. */
  readonly accounts?: number;
  /** Days of history, 30 unless told. */
  readonly days?: number;
  /** First day, e.g. `2026-09-07` (a Monday, and the default). */
  readonly start?: string;
  /** Attacks to hide; a day (0 is the first) puts one there, otherwise they are spread over the last part. */
  readonly attacks?: readonly (AttackName | { readonly name: AttackName; readonly day: number })[];
  /** Calls nobody watches for each one somebody might, 4 unless told. */
  readonly noise?: number;
  /** Whether there are incidents, drills, migrations and new Regions as well, true unless told. */
  readonly rare?: boolean;
  readonly defects?: readonly Defect[];
}

/** Which records an attack wrote, and what a complete detector should say of it. */
export interface Label {
  readonly attack: AttackName;
  readonly families: readonly Family[];
  /** Whether it took a day at most, or several. */
  readonly speed: 'fast' | 'slow';
  readonly care: Attack['care'];
  /** Whose credentials it used, in order of first use: ARNs. */
  readonly principals: readonly string[];
  /** Where it began. */
  readonly account: string;
  /** All accounts that have records of it. */
  readonly accounts: readonly string[];
  /** First and last record, ISO 8601. */
  readonly start: string;
  readonly end: string;
  readonly expected: Severity;
  /** Everything the attack did, also what is not watched. */
  readonly eventIDs: readonly string[];
}

export interface Organisation {
  readonly accounts: readonly Account[];
  readonly labels: readonly Label[];
  /** Records as they arrive: in time order unless defects are asked for. Each call starts anew. */
  readonly deliveries: () => Generator<Delivery>;
  /** The records of `deliveries`. */
  readonly records: () => Generator<TrailRecord>;
}

export const DEFAULTS = { accounts: 3, days: 30, start: '2026-09-07', noise: 4 } as const;

/** Days before the default place of the first attack: the detector's learning period and a little more. */
const PEACE = 11;

/** A generated organisation. The seed decides everything; attacks do not move one benign record. */
export function organisation(options: OrganisationOptions): Organisation {
  const { seed, noise = DEFAULTS.noise, days = DEFAULTS.days, rare = true, defects = [] } = options;
  const start = Date.parse(`${options.start ?? DEFAULTS.start}T00:00:00Z`);
  const estate = estateOf(seed, options.accounts ?? DEFAULTS.accounts, start, days);
  const attacks = attacksOf(estate, options.attacks ?? []);
  const deliveries = (): Generator<Delivery> => {
    const clean = happenings(
      estate,
      attacks.flatMap(({ records }) => records),
      { noise, rare },
    );
    return defects.length === 0 ? clean : withDefects(randomOf(seed, 'defects'), defects, clean);
  };
  return {
    accounts: estate.accounts,
    labels: attacks.map(({ label }) => label),
    deliveries,
    *records() {
      for (const { record } of deliveries()) yield record;
    },
  };
}

function attacksOf(
  estate: Estate,
  wanted: NonNullable<OrganisationOptions['attacks']>,
): { label: Label; records: Delivery[] }[] {
  const first = estate.days > PEACE + 2 ? PEACE : Math.floor(estate.days * 0.6);
  return wanted.map((each, index) => {
    const name = typeof each === 'string' ? each : each.name;
    const { expected, families, care, where, play, days = 1 }: Attack = ATTACKS[name];
    const random = randomOf(estate.seed, 'attack', name, String(index));
    const day =
      typeof each === 'string'
        ? Math.max(
            0,
            Math.min(first + Math.floor((index / wanted.length) * (estate.days - first)), estate.days - days),
          )
        : each.day;
    const at = estate.start + day * DAY + Math.floor((2 + 18 * random.next()) * HOUR);
    const account = random.pick(estate.accounts.filter(({ purposes }) => purposes.includes(where)));
    const records: Delivery[] = [];
    const emit: Emit = (when, what) => {
      const record = typeof what === 'function' ? what() : what;
      if (record !== undefined) records.push({ at: when, record, routine: name });
    };
    play({ estate, account, at, random, say: sayer(random, emit), emit });
    records.sort((a, b) => a.at - b.at);
    const label: Label = {
      attack: name,
      families,
      speed: days > 1 ? 'slow' : 'fast',
      care,
      principals: distinct(records.map(({ record }) => record.userIdentity.arn)),
      account: account.id,
      accounts: distinct(records.map(({ record }) => record.recipientAccountId)),
      start: records[0]?.record.eventTime ?? isoTime(at),
      end: records.at(-1)?.record.eventTime ?? isoTime(at),
      expected,
      eventIDs: records.map(({ record }) => record.eventID),
    };
    return { label, records };
  });
}

const distinct = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];
