import { arnIndex } from './arn-index.ts';
import type { Authorization, Principal } from './authorization.ts';
import { CAPABILITIES, type Capability, callOf, type Need } from './capabilities.ts';
import { type Call, type Evaluator, evaluator, type Subject, type Verdict } from './evaluate.ts';

/** What a role that is passed may do, the most first. */
export const POWERS = {
  administrator: 'may launch and grant itself anything',
  launches: 'may launch',
  data: 'may copy, share or read disks',
  other: 'may do something else',
} as const;
export type Power = keyof typeof POWERS;

/** Roles of the account that can be passed to a service, by what they may do. */
interface Passes {
  readonly service: string;
  readonly count: number;
  /** The first ten, those that may do most first. */
  readonly ablest: readonly { readonly role: string; readonly power: Power }[];
}

/** One way that a principal has. */
export interface Way extends Verdict {
  readonly capability: Capability;
  readonly passes?: Passes;
}

/** Principals of the account that may take a role on by a permission of their own. */
interface Assumers {
  readonly count: number;
  readonly first: readonly string[];
}

export interface Judged {
  readonly principal: Principal;
  readonly power: Power;
  readonly ways: readonly Way[];
  /** Where it lets in whoever in its account may assume roles. */
  readonly assumers?: Assumers;
}

/** How many of a list are named; what is more is counted. */
const NAMED = 10;

/** Judges every principal of a listing by every way there is; those who have none are in it, too. */
export function auditOf({ principals }: Pick<Authorization, 'principals'>): readonly Judged[] {
  const engine = evaluator();
  const first = principals.map((principal) => ({ principal, ways: waysOf(engine, principal) }));
  const powers = new Map(first.map(({ principal, ways }) => [principal.arn, powerOf(ways)]));
  const passes = passing(engine, principals, powers);
  const able = first.filter(({ ways }) => ways.length > 0).map(({ principal }) => principal);
  const assumersOf = assuming(engine, principals, able);
  return first.map(({ principal, ways }): Judged => {
    const assumers = assumersOf.get(principal.arn);
    return {
      principal,
      power: powers.get(principal.arn) ?? 'other',
      ways: ways.map((way) => withPasses(way, principal, passes)),
      ...(assumers !== undefined && { assumers }),
    };
  });
}

/** Of some ways those that are not denied, without the roles that they pass. */
export function waysOf(
  { judge }: Evaluator,
  { subject }: Pick<Principal, 'subject'>,
  among: readonly Capability[] = CAPABILITIES,
): Way[] {
  const known = new Map<Need, Verdict>();
  const verdictOf = (need: Need): Verdict => {
    const found = known.get(need) ?? judge(subject, callOf(need));
    known.set(need, found);
    return found;
  };
  const ways: Way[] = [];
  for (const capability of among) {
    const verdicts: Verdict[] = [];
    for (const need of capability.needs) {
      const verdict = verdictOf(need);
      verdicts.push(verdict);
      if (verdict.answer === 'deny') break;
    }
    if (verdicts.at(-1)?.answer !== 'deny') ways.push({ capability, ...joined(verdicts) });
  }
  return ways;
}

function joined(verdicts: readonly Verdict[]): Verdict {
  const [only] = verdicts;
  if (verdicts.length === 1 && only !== undefined) return only;
  for (const answer of ['unknown', 'conditional'] as const) {
    const those = verdicts.filter((verdict) => verdict.answer === answer);
    if (those.length > 0) return { answer, because: [...new Set(those.flatMap(({ because }) => because))] };
  }
  return { answer: 'allow', because: [...new Set(verdicts.flatMap(({ because }) => because))] };
}

/** Of ways that are not denied. */
function powerOf(ways: readonly Pick<Way, 'capability'>[]): Power {
  const has = (kind: Capability['kind']): boolean => ways.some(({ capability }) => capability.kind === kind);
  if (has('launch') && ways.filter(({ capability }) => capability.kind === 'grant-itself').length === GRANTS)
    return 'administrator';
  if (has('launch')) return 'launches';
  return has('data') ? 'data' : 'other';
}

const GRANTS = CAPABILITIES.filter(({ kind }) => kind === 'grant-itself').length;
const ORDER = Object.keys(POWERS);

type Passing = (principal: Principal, need: Need) => Passes | undefined;

/**
 * Which roles a principal may pass to a service: those that its policies let it pass, that trust the service and, for EC2, stand in an
 * instance profile (id_roles_use_passrole). Principals whose policies say the same of it are asked once.
 */
function passing(
  engine: Evaluator,
  principals: readonly Principal[],
  powers: ReadonlyMap<string, Power>,
): Passing {
  const targets = new Map<string, Principal[]>();
  for (const role of principals)
    for (const { kind, who } of role.trusted) {
      if (kind !== 'service' || (who === EC2 && !role.isInProfile)) continue;
      const place = `${role.account} ${who}`;
      targets.set(place, [...(targets.get(place) ?? []), role]);
    }
  const rank = (role: Principal): number => ORDER.indexOf(powers.get(role.arn) ?? 'other');
  for (const [place, roles] of targets)
    targets.set(
      place,
      roles.toSorted((a, b) => rank(a) - rank(b)),
    );
  const reached = reaching(engine);
  const passes = new Map<readonly Principal[], Passes>();
  return ({ account, subject, arn }, need) => {
    const service = need.passedTo;
    if (service === undefined) return undefined;
    const roles = targets.get(`${account} ${service}`) ?? [];
    const found = reached(subject, arn, callOf(need), roles, service);
    const known = passes.get(found);
    if (known !== undefined) return known;
    const made = {
      service,
      count: found.length,
      ablest: found
        .slice(0, NAMED)
        .map((role) => ({ role: role.arn, power: powers.get(role.arn) ?? 'other' })),
    };
    if (found.length > 0) passes.set(found, made);
    return made;
  };
}

const EC2 = 'ec2.amazonaws.com';

/** Of some roles, those that a call of a principal may be about. */
function reaching({ judge, groupOf, reach }: Evaluator) {
  const known = new Map<string, readonly Principal[]>();
  const indexes = new WeakMap<readonly Principal[], ReturnType<typeof arnIndex<Principal>>>();
  const among = (roles: readonly Principal[], patterns: readonly string[] | undefined) => {
    if (patterns === undefined) return roles;
    const index = indexes.get(roles) ?? arnIndex(roles);
    indexes.set(roles, index);
    return index(patterns);
  };
  return (
    subject: Subject,
    arn: string,
    call: Call,
    roles: readonly Principal[],
    about: string,
  ): readonly Principal[] => {
    const { answer } = judge(subject, call);
    if (answer === 'allow' || roles.length === 0) return roles;
    if (answer === 'deny') return [];
    const key = `${about} ${groupOf(subject, call) ?? arn}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = among(roles, reach(subject, call)).filter(
      (role) => judge(subject, { ...call, resource: role.arn }).answer !== 'deny',
    );
    known.set(key, found);
    return found;
  };
}

function withPasses(way: Way, principal: Principal, passes: Passing): Way {
  const need = way.capability.needs.find(({ passedTo }) => passedTo !== undefined);
  const found = need && passes(principal, need);
  if (found === undefined) return way;
  if (found.count > 0) return { ...way, passes: found };
  const because = `only once there is a role that it may pass to ${found.service}`;
  return {
    ...way,
    passes: found,
    answer: way.answer === 'unknown' ? 'unknown' : 'conditional',
    because: [because, ...way.because],
  };
}

/** Who may assume the same roles. */
interface Alike {
  readonly arns: Set<string>;
  /** The first of them, with their places among all; one more than are named, since one of them may be the role itself. */
  readonly first: { readonly place: number; readonly arn: string }[];
}

/** For able roles that let in whoever in their account may assume roles: who may. A user or role that is named needs no permission of its own. */
function assuming(
  engine: Evaluator,
  principals: readonly Principal[],
  able: readonly Principal[],
): ReadonlyMap<string, Assumers> {
  const open = Map.groupBy(
    able.filter(({ trusted }) => trusted.some(({ kind }) => kind === 'account')),
    ({ account }) => account,
  );
  // those whose policies say the same reach one and the same list of roles, which is gone through once for all of them
  const alike = new Map<readonly Principal[], Alike>();
  const reached = reaching(engine);
  for (const [place, { arn, account, subject, kind }] of principals.entries()) {
    const roles = open.get(account);
    if (roles === undefined || kind === 'root' || kind === 'service-linked-role') continue;
    const found = reached(subject, arn, { action: 'sts:AssumeRole' }, roles, 'assume');
    const those = alike.get(found) ?? { arns: new Set(), first: [] };
    alike.set(found, those);
    those.arns.add(arn);
    if (those.first.length <= NAMED) those.first.push({ place, arn });
  }
  const found = new Map<string, { count: number; first: Alike['first'] }>();
  for (const [roles, { arns, first }] of alike)
    for (const { arn } of roles) {
      const known = found.get(arn) ?? { count: 0, first: [] };
      found.set(arn, known);
      known.count += arns.size - (arns.has(arn) ? 1 : 0);
      known.first.push(...first.filter((each) => each.arn !== arn));
    }
  return new Map(
    [...found]
      .filter(([, { count }]) => count > 0)
      .map(([arn, { count, first }]) => {
        const named = first.toSorted((a, b) => a.place - b.place).slice(0, NAMED);
        return [arn, { count, first: named.map((each) => each.arn) }];
      }),
  );
}
