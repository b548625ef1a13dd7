import type { Severity } from '../../core/findings/severity.ts';
import type { Delivery } from '../defects.ts';
import { DAY } from '../estate.ts';
import {
  AGENTS,
  assume,
  assumedByService,
  BROWSERS,
  permissionSetRole,
  roleOf,
  userOf,
  withKey,
} from '../identities.ts';
import { type Places, placesOf } from '../places.ts';
import { type Random, randomOf } from '../random.ts';
import { type Day, dayOf, type Say } from '../routine.ts';
import { apiCall, type Caller, type TrailRecord } from '../trail-record.ts';

/** What an attack in an organisation of some make wrote, and what a complete detector should say. */
interface MakeLabel {
  readonly attack: string;
  readonly expected: Severity;
  readonly eventIDs: readonly string[];
}

/** An organisation of some make with its attacks, in order of time. */
export interface MadeOrganisation {
  readonly name: string;
  readonly accounts: readonly string[];
  readonly partners: readonly string[];
  readonly deliveries: readonly Delivery[];
  readonly labels: readonly MakeLabel[];
}

/** Somebody who signs in by Identity Center. */
export interface Colleague {
  readonly email: string;
  readonly set: string;
  /** Where they call from, the usual place first. */
  readonly from: readonly string[];
}

/** What routines and attacks of a make work with. */
export interface World {
  readonly seed: number;
  readonly accounts: readonly string[];
  readonly places: Places;
  readonly days: readonly Day[];
  /** A source of chance of its own for each name. */
  readonly chance: (...names: readonly string[]) => Random;
  /** Writes down calls of a routine, at once: no make is large. */
  readonly say: (routine: string) => Say;
  readonly put: (routine: string, at: number, record: TrailRecord) => void;
  readonly sso: (account: string, who: Colleague, at: number, more?: Sitting) => Caller;
  readonly pipeline: (account: string, role: string, at: number, source: string) => Caller;
  readonly machine: (account: string, role: string, instance: string, at: number, source: string) => Caller;
  readonly pod: (account: string, role: string, at: number, source: string) => Caller;
  readonly session: (account: string, role: string, name: string, at: number, source: string) => Caller;
  readonly service: (account: string, role: string, service: string, at: number) => Caller;
  readonly key: (account: string, user: string, source: string) => Caller;
}

interface Sitting {
  readonly source?: string;
  readonly console?: true;
}

/** Moments of an attack: where it begins, and how its calls are written down. */
interface Scene {
  readonly world: World;
  readonly at: number;
  readonly random: Random;
  readonly say: Say;
}

export interface Make {
  readonly name: string;
  readonly accounts: readonly string[];
  readonly partners?: readonly string[];
  /** Everything that happens without an attack. */
  readonly live: (world: World) => void;
  readonly attacks: Readonly<
    Record<
      string,
      { readonly expected: Severity; readonly day: number; readonly play: (scene: Scene) => void }
    >
  >;
}

/** An organisation of a make; the seed decides everything. */
export function organisationOf(make: Make, seed: number, days = 30): MadeOrganisation {
  const start = Date.parse('2026-09-07T00:00:00Z');
  const deliveries: Delivery[] = [];
  const put: World['put'] = (routine, at, record) => void deliveries.push({ at, record, routine });
  const world: World = {
    seed,
    accounts: make.accounts,
    places: placesOf(seed),
    days: Array.from({ length: days }, (_, index) => dayOf(start, index)),
    chance: (...names) => randomOf(seed, make.name, ...names),
    say: (routine) => speaker(randomOf(seed, make.name, 'calls', routine), routine, put),
    put,
    ...callersOf(seed, make.name),
  };
  make.live(world);
  const labels = Object.entries(make.attacks).map(([attack, { expected, day, play }]): MakeLabel => {
    const random = world.chance('attack', attack);
    const eventIDs: string[] = [];
    const say = speaker(random, attack, (routine, at, record) => {
      eventIDs.push(record.eventID);
      put(routine, at, record);
    });
    play({ world, at: start + day * DAY + Math.floor((2 + 16 * random.next()) * (DAY / 24)), random, say });
    return { attack, expected, eventIDs };
  });
  deliveries.sort((a, b) => a.at - b.at);
  return { name: make.name, accounts: make.accounts, partners: make.partners ?? [], deliveries, labels };
}

const speaker =
  (random: Random, routine: string, put: World['put']): Say =>
  (caller, at, call) => {
    const made = typeof call === 'function' ? call(at) : call;
    if (made !== undefined) put(routine, at, apiCall(random, caller, at, made));
  };

const HALF_AN_HOUR = 1_800_000;

type Callers = Pick<World, 'sso' | 'pipeline' | 'machine' | 'pod' | 'session' | 'service' | 'key'>;

function callersOf(seed: number, make: string): Callers {
  const random = randomOf(seed, make, 'credentials');
  return {
    sso: (account, who, at, { source = who.from[0] ?? '', console } = {}) =>
      assume(random, permissionSetRole(seed, account, who.set), {
        name: who.email,
        since: at - HALF_AN_HOUR,
        source,
        agent: console ? (BROWSERS[0] ?? '') : AGENTS.cli('ec2.run-instances'),
        ...(console && { console }),
      }),
    pipeline: (account, role, at, source) =>
      assume(random, roleOf(seed, account, role), {
        name: 'GitHubActions',
        since: at - 30_000,
        source,
        agent: AGENTS.terraform,
        webIdentity: {
          federatedProvider: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
          attributes: { 'oidc:aud': 'sts.amazonaws.com' },
        },
      }),
    machine: (account, role, instance, at, source) =>
      assume(random, roleOf(seed, account, role), {
        name: instance,
        since: at - HALF_AN_HOUR,
        source,
        agent: AGENTS.boto3,
        ec2RoleDelivery: '2.0',
      }),
    pod: (account, role, at, source) =>
      assume(random, roleOf(seed, account, role), {
        name: `${Math.floor(at / DAY) * DAY}000000`,
        since: at - HALF_AN_HOUR,
        source,
        agent: AGENTS.sdkGo,
        webIdentity: {
          federatedProvider: `arn:aws:iam::${account}:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/${'0'.repeat(32)}`,
          attributes: { 'oidc:aud': 'sts.amazonaws.com' },
        },
      }),
    session: (account, role, name, at, source) =>
      assume(random, roleOf(seed, account, role), {
        name,
        since: at - HALF_AN_HOUR,
        source,
        agent: AGENTS.boto3,
      }),
    service: (account, role, service, at) =>
      assumedByService(
        random,
        roleOf(seed, account, role, `/aws-service-role/${service}.amazonaws.com/`),
        service,
        role,
        at - HALF_AN_HOUR,
      ),
    key: (account, user, source) =>
      withKey(userOf(seed, account, user), source, AGENTS.cli('ec2.run-instances')),
  };
}
