import { type Role, roleOf, type User, userOf } from './identities.ts';
import { type Places, placesOf, REGIONS, resourceId } from './places.ts';
import { type Random, randomOf } from './random.ts';

export type Purpose = 'production' | 'development' | 'data' | 'tooling';

/** A server that was there before the history begins. */
interface Server {
  readonly instance: string;
  readonly name: string;
  readonly rootVolume: string;
  readonly dataVolume: string;
  /** Tags of the data volume; `data-classification: restricted` marks what must not leave. */
  readonly tags: Readonly<Record<string, string>>;
  readonly zone: string;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly purposes: readonly Purpose[];
  readonly servers: readonly Server[];
  /** A user from before the days of roles, whose key still works in a nightly job. */
  readonly legacyUser: User;
}

/** The job a person has, and with it a permission set and a rhythm. */
export type Job = 'operator' | 'developer' | 'scientist' | 'dba' | 'auditor' | 'joiner' | 'analyst';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly job: Job;
  /** Accounts where the person works. */
  readonly accounts: readonly Account[];
  /** First hour of the working day, UTC. */
  readonly starts: number;
  /** Addresses at home (IPv6, a /48 of their own) and in the office. */
  readonly home: string;
  readonly office: string;
  /** Share of calls made in the console. */
  readonly console: number;
  /** First day at work, counted from the start of the history, and the day of leaving. */
  readonly from: number;
  readonly until: number;
}

/** Everything that exists before the first record. */
export interface Estate {
  readonly seed: number;
  /** Start of the history, ms, midnight UTC. */
  readonly start: number;
  readonly days: number;
  readonly accounts: readonly Account[];
  readonly people: readonly Person[];
  /** Those who work in an account. */
  readonly peopleIn: (account: Account) => readonly Person[];
  readonly places: Places;
  readonly role: (account: string, name: string, path?: string) => Role;
}

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
export const MINUTE = 60_000;

const FIRST_ACCOUNTS = ['111122223333', '444455556666', '777788889999'];

/** Accounts are numbered from documentation ids: three well-known ones, then 111122223334 and up. */
const accountId = (index: number): string =>
  FIRST_ACCOUNTS[index] ?? String(111_122_223_333 + index - FIRST_ACCOUNTS.length + 1);

/** What the accounts are for, in turn; a small organisation folds the rest into its last account. */
const PURPOSES: readonly Purpose[] = ['production', 'development', 'data'];
const TOOLING_EVERY = 10;

function purposesOf(index: number, count: number): Purpose[] {
  const own = PURPOSES[index % PURPOSES.length] ?? 'production';
  const purposes: Purpose[] = [own];
  if (index === count - 1) purposes.push(...PURPOSES.slice(count));
  if (index % TOOLING_EVERY === Math.min(2, count - 1)) purposes.push('tooling');
  return purposes;
}

/** Builds the organisation as it stands at the start. */
export function estateOf(seed: number, count: number, start: number, days: number): Estate {
  const places = placesOf(seed);
  const accounts = Array.from({ length: count }, (_, index): Account => {
    const id = accountId(index);
    const purposes = purposesOf(index, count);
    return {
      id,
      name: `${purposes[0]}-${Math.floor(index / PURPOSES.length) + 1}`,
      purposes,
      servers: serversOf(randomOf(seed, 'servers', id), places(id, REGIONS.home).subnets),
      legacyUser: userOf(seed, id, 'svc-nightly'),
    };
  });
  const people = peopleOf(randomOf(seed, 'people'), accounts, days);
  return {
    seed,
    start,
    days,
    accounts,
    people,
    peopleIn: byAccount(people),
    places,
    role: rolesOf(seed),
  };
}

function byAccount(people: readonly Person[]): Estate['peopleIn'] {
  const known = new Map<Account, Person[]>();
  for (const person of people) {
    for (const account of person.accounts) {
      const those = known.get(account);
      if (those === undefined) known.set(account, [person]);
      else those.push(person);
    }
  }
  return (account) => known.get(account) ?? [];
}

function rolesOf(seed: number): Estate['role'] {
  const known = new Map<string, Role>();
  return (account, name, path) => {
    const key = `${account}/${name}`;
    const role = known.get(key) ?? roleOf(seed, account, name, path);
    known.set(key, role);
    return role;
  };
}

const SERVER_NAMES = ['orders-db', 'billing-db', 'customer-db', 'search', 'files', 'queue', 'reports', 'crm'];

function serversOf(random: Random, subnets: readonly { zone: string }[]): Server[] {
  return SERVER_NAMES.map((name, index) => ({
    instance: resourceId(random, 'i'),
    name,
    rootVolume: resourceId(random, 'vol'),
    dataVolume: resourceId(random, 'vol'),
    tags: {
      Name: `${name}-data`,
      owner: index < 3 ? 'team-data' : 'team-platform',
      'data-classification': index < 3 ? 'restricted' : 'internal',
    },
    zone: subnets[index % subnets.length]?.zone ?? '',
  }));
}

const GIVEN =
  'amara,bjorn,chiara,dmitri,elif,farah,gustav,hana,ines,jonas,kaito,lena,mateo,nadia,oskar,priya,quinn,rosa,samir,tuuli,umar,vera,wanda,yusuf'.split(
    ',',
  );
const FAMILY =
  'andersen,bianchi,castro,dubois,eriksen,fischer,garcia,horvat,ivanova,jansen,kowalski,lindholm,moreau,novak,okafor,petrov,rossi,santos,tanaka,urban'.split(
    ',',
  );

/** Production accounts that one team of operators looks after. */
const TEAM = 20;

/** A name and an address that nobody else in the organisation has. */
function nameOf(random: Random, index: number): { name: string; email: string } {
  const given = GIVEN[index % GIVEN.length] ?? 'amara';
  const suffix = index < GIVEN.length ? '' : String(Math.floor(index / GIVEN.length) + 1);
  const name = `${given}.${random.pick(FAMILY)}${suffix}`;
  return { name, email: `${name}@example.com` };
}

const STRANGERS = ['noah', 'sofia', 'emil', 'greta', 'ivo', 'laila', 'marek', 'zoe'];

/** Somebody the organisation's own people have never worked with. */
export const strangerOf = (random: Random): string =>
  `${random.pick(STRANGERS)}.${random.pick(FAMILY)}@example.com`;

/** A /48 for each network at home, in a café or at a provider: RFC 3849 documentation space. */
export const ipv6Of = (random: Random): string =>
  `2001:db8:${random.hex(4)}:${random.hex(4)}::${random.hex(4)}`;

function peopleOf(random: Random, accounts: readonly Account[], days: number): Person[] {
  const people: Person[] = [];
  const hire = (job: Job, where: readonly Account[], from = 0, until = Number.POSITIVE_INFINITY): void => {
    if (where.length === 0) return;
    people.push({
      ...nameOf(random, people.length),
      job,
      accounts: where,
      starts: random.int(6, 9),
      home: ipv6Of(random),
      office: `192.0.2.${random.int(10, 250)}`,
      console: random.pick([0.1, 0.5, 0.9]),
      from,
      until,
    });
  };
  const production = accounts.filter(({ purposes }) => purposes.includes('production'));
  const development = accounts.filter(({ purposes }) => purposes.includes('development'));
  const data = accounts.filter(({ purposes }) => purposes.includes('data'));

  for (let i = 0; i < production.length; i += TEAM) {
    const theirs = production.slice(i, i + TEAM);
    const share = (accounts.length * theirs.length) / production.length;
    for (let left = 2 + Math.floor(share / 5); left > 0; left--) hire('operator', theirs);
  }
  for (let i = 0; i < production.length; i += 3) hire('dba', production.slice(i, i + 3));
  for (const account of development) {
    for (let i = 0; i < 3; i++) hire('developer', [account]);
  }
  for (const account of data) {
    for (let i = 0; i < 2; i++) hire('scientist', [account]);
  }
  hire('auditor', accounts);
  for (let i = 0; i < development.length; i += 4) {
    hire('joiner', development.slice(i, i + 1), Math.floor(days * (0.5 + 0.3 * random.next())));
  }
  hire('analyst', accounts);
  // a whole team begins on one day, and elsewhere somebody goes and is followed by somebody else
  for (let i = 1; i < development.length; i += 4) {
    const from = Math.floor(days * (0.4 + 0.2 * random.next()));
    for (let left = 3; left > 0; left--) hire('joiner', development.slice(i, i + 1), from);
  }
  for (let i = 0; i < development.length; i += 3) {
    const change = Math.floor(days * (0.3 + 0.6 * random.next()));
    hire('developer', development.slice(i, i + 1), 0, change);
    hire('joiner', development.slice(i, i + 1), change + 3);
  }
  return people;
}
