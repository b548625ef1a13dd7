import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { stateOf } from '../../simulate/account-state.ts';
import { openIngress } from '../../simulate/ec2-control.ts';
import { createSnapshot } from '../../simulate/ec2-data.ts';
import { runInstances } from '../../simulate/ec2-launches.ts';
import { type Account, DAY, type Estate, estateOf, HOUR, MINUTE } from '../../simulate/estate.ts';
import { AGENTS, assume, permissionSetRole } from '../../simulate/identities.ts';
import { REGIONS } from '../../simulate/places.ts';
import { type Random, randomOf } from '../../simulate/random.ts';
import { dayOf, type Emit, type Routine, sayer } from '../../simulate/routine.ts';
import { autoScaling } from '../../simulate/routines/auto-scaling.ts';
import { backup } from '../../simulate/routines/backup.ts';
import type { Caller, TrailRecord } from '../../simulate/trail-record.ts';

const SEED = 1578;
/** A Monday. */
export const START = Date.UTC(2026, 8, 7);
/** Days of ordinary activity before a scenario: past the learning period, and every habit has settled. */
export const HISTORY_DAYS = 21;

export const estate: Estate = estateOf(SEED, 3, START, 60);

const accountAt = (index: number): Account => {
  const account = estate.accounts[index];
  if (account === undefined) throw new Error(`the estate has no account ${index}`);
  return account;
};
/** Where the data is, and the account of the same organisation that some paths lead to. */
export const PRODUCTION = accountAt(0);
export const SECOND = accountAt(1);

/** The organisation's accounts are named, so that a share among them is no outside share: the chain must speak. */
export const policy: Policy = {
  ...defaultPolicy,
  organisation: {
    ...defaultPolicy.organisation,
    accounts: estate.accounts.map(({ id }) => id),
  },
};

/** Somebody with a habit: who, in which account, through which permission set. */
export interface Principal {
  readonly email: string;
  readonly permissionSet: string;
  readonly source: string;
}

/** Two people of different permission sets. Both launch, copy disks before changes and open ports to the office; neither restores. */
export const FIRST: Principal = {
  email: 'olga.horvat@example.com',
  permissionSet: 'PlatformAdmin',
  source: '192.0.2.21',
};
export const OTHER: Principal = {
  email: 'ravi.okafor@example.com',
  permissionSet: 'DeveloperAccess',
  source: '192.0.2.34',
};

/** A session from the command line. */
export const sessionOf = (
  random: Random,
  { email, permissionSet, source }: Principal,
  account: string,
  at: number,
): Caller =>
  assume(random, permissionSetRole(SEED, account, permissionSet), {
    name: email,
    since: at - MINUTE,
    source,
    agent: AGENTS.cli('ec2.run-instances'),
    mfa: true,
  });

interface Dated {
  readonly at: number;
  readonly record: TrailRecord;
}

/** Runs routines day by day and gives what they wrote in the order of time. */
export function daysOf(routines: readonly Routine[], days: number): TrailRecord[] {
  const written: Dated[] = [];
  const emit: Emit = (at, what) => {
    const record = typeof what === 'function' ? what() : what;
    if (record !== undefined) written.push({ at, record });
  };
  for (let index = 0; index < days; index += 1) {
    for (const routine of routines) routine(dayOf(START, index), emit);
  }
  return written.toSorted((a, b) => a.at - b.at).map(({ record }) => record);
}

/** What a principal does in an ordinary week: launches in both Regions, a copy before a change, a rule for the office. */
function habits(principal: Principal, account: Account, hour: number): Routine {
  const random = randomOf(SEED, 'habits', principal.email, account.id);
  return ({ start, index, working }, emit) => {
    if (!working) return;
    const say = sayer(random, emit);
    const at = start + hour * HOUR + random.int(0, 50) * MINUTE;
    const caller = sessionOf(random, principal, account.id, at);
    const recovery = index % 7 === 3;
    const place = estate.places(account.id, recovery ? REGIONS.recovery : REGIONS.home);
    say(caller, at, runInstances(random, at, { place, image: place.amazonLinux, type: 'm7i.large' }).call);
    if (index % 7 === 1 || recovery) {
      const { dataVolume: volume } = random.pick(account.servers.slice(4));
      say(caller, at + 5 * MINUTE, createSnapshot(random, at, { place, volume }).call);
    }
    if (index % 7 === 2) {
      const rule = { group: place.groups.web.id, port: 443, cidr: '192.0.2.0/24' };
      say(caller, at + 9 * MINUTE, openIngress(random, place, rule));
    }
  };
}

/** Everyday life in both accounts: nightly backups, scaling groups, and two people at work. */
export const everyday = (): Routine[] =>
  [PRODUCTION, SECOND].flatMap((account) => {
    const state = stateOf(estate, account);
    return [
      ...(account === PRODUCTION ? [backup(estate, state)] : []),
      autoScaling(estate, state),
      habits(FIRST, account, 9),
      habits(OTHER, account, 9),
    ];
  });

export const END_OF_HISTORY = START + HISTORY_DAYS * DAY;
