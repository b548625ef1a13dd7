import type { Severity } from '../../lambda/core/policy.ts';
import type { Family } from '../../lambda/core/signals/signal.ts';
import { type AccountState, stateOf } from './account-state.ts';
import type { Attack } from './attacks/attack.ts';
import { ATTACKS, type AttackName } from './attacks/catalogue.ts';
import { type Defect, type Delivery, withDefects } from './defects.ts';
import { type Account, DAY, type Estate, estateOf, HOUR, type Purpose } from './estate.ts';
import { randomOf } from './random.ts';
import { type Day, dayOf, type Emit, type Routine, sayer } from './routine.ts';
import { autoScaling } from './routines/auto-scaling.ts';
import { type Background, background } from './routines/background.ts';
import { backup, lifecycle, selfSnapshots } from './routines/backup.ts';
import { karpenter } from './routines/karpenter.ts';
import { people } from './routines/people.ts';
import { imagePipeline, nightlyKey, terraform } from './routines/pipelines.ts';
import { newRegion } from './routines/rollout.ts';
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

/** A generated organisation. The seed settles everything; attacks do not move one benign record. */
export function organisation(options: OrganisationOptions): Organisation {
  const { seed, noise = DEFAULTS.noise, days = DEFAULTS.days, defects = [] } = options;
  const start = Date.parse(`${options.start ?? DEFAULTS.start}T00:00:00Z`);
  const estate = estateOf(seed, options.accounts ?? DEFAULTS.accounts, start, days);
  const attacks = attacksOf(estate, options.attacks ?? []);
  const deliveries = (): Generator<Delivery> => {
    const clean = daily(
      estate,
      attacks.flatMap(({ records }) => records),
      noise,
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
    const emit: Emit = (when, record) => records.push({ at: when, record, routine: name });
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

/** Runs the days one by one; only what reaches past midnight is held over. */
function* daily(estate: Estate, attacks: readonly Delivery[], noise: number): Generator<Delivery> {
  const states = estate.accounts.map((account) => stateOf(estate, account));
  const routines: [string, Routine][] = states.flatMap((state) => Object.entries(routinesOf(estate, state)));
  routines.push(['people', people(estate, states)]);
  const surroundings = new Map(
    estate.accounts.map((account): [string, Background] => [account.id, background(estate, account)]),
  );

  let waiting: Delivery[] = [];
  let planned = attacks.toSorted((a, b) => a.at - b.at);
  for (let index = 0; index < estate.days; index++) {
    const day: Day = dayOf(estate.start, index);
    const end = day.start + DAY;
    const watched = new Map<string, number>(estate.accounts.map(({ id }) => [id, 0]));
    const quiet: Emit = (at, record) => waiting.push({ at, record, routine: 'background' });
    for (const [name, routine] of routines) {
      routine(day, (at, record, part) => {
        const share =
          record.readOnly || record.eventType === 'AwsConsoleSignIn' ? -1 / Math.max(noise, 1) : 1;
        watched.set(record.recipientAccountId, (watched.get(record.recipientAccountId) ?? 0) + share);
        waiting.push({ at, record, routine: part === undefined ? name : `${name}/${part}` });
      });
    }
    for (const [account, count] of watched) {
      surroundings.get(account)?.(day.start, Math.round(Math.max(count, 0) * noise), quiet);
    }
    for (const delivery of planned) if (delivery.at < end) waiting.push(delivery);
    planned = planned.filter(({ at }) => at >= end);
    waiting.sort((a, b) => a.at - b.at);
    const reached = waiting.findIndex(({ at }) => at >= end);
    const today = reached === -1 ? waiting.length : reached;
    for (let i = 0; i < today; i++) yield waiting[i] as Delivery;
    waiting = waiting.slice(today);
  }
  yield* [...waiting, ...planned].sort((a, b) => a.at - b.at);
}

function routinesOf(estate: Estate, state: AccountState): Record<string, Routine> {
  const { purposes } = state.account;
  const has = (purpose: Purpose) => purposes.includes(purpose);
  return {
    ...(state.groups.length > 0 && {
      terraform: terraform(estate, state),
      'auto-scaling': autoScaling(estate, state),
    }),
    ...(has('production') && {
      karpenter: karpenter(estate, state),
      lifecycle: lifecycle(estate, state),
      'new-region': newRegion(estate, state),
      'self-snapshots': selfSnapshots(estate, state),
    }),
    ...((has('production') || has('data')) && { backup: backup(estate, state) }),
    ...(has('development') && { 'nightly-key': nightlyKey(estate, state) }),
    ...(has('tooling') && { packer: imagePipeline(estate, state) }),
  };
}
