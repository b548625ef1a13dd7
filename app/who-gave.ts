import type { Way } from '../core/access/audit.ts';
import type { Principal } from '../core/access/authorization.ts';
import type { EventLookup } from './ports.ts';

/** A record that changed what somebody may. */
export interface Giver {
  readonly id: string;
  readonly call: string;
  readonly who: string;
  /** ISO 8601. */
  readonly at: string;
  /** It made the way: its policy, its membership, the principal itself. Else it is the last change of what the principal may, and no more. */
  readonly gave: boolean;
}

/** Names looked up of one principal: itself, and the policies and groups that give it the way. */
const MOST_NAMES = 4;
/** Pages of each: of a role that is taken on all day the newest records are all of that. */
const MOST_PAGES = 3;
/** CloudTrail's own history goes back ninety days. */
const REMEMBERED = 89 * 86_400_000;

/** What stands behind the ways of a principal. */
interface Behind {
  readonly kind: 'user' | 'role';
  readonly name: string;
  /** ARNs of managed policies, its boundary among them. */
  readonly managed: ReadonlySet<string>;
  /** Inline policies, as `role/app own` or `group/ops ec2`. */
  readonly inline: ReadonlySet<string>;
  /** Groups of a user, with the managed policies that they bring. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** Places of statements, as `readAuthorization` writes them; names of IAM have no spaces. */
const PLACE = /arn:[\w-]+:iam::\w*:(user|role|group|policy)\/(\S+?)(?:, inline (\S+))?, statement /g;

function behind({ arn, groups }: Principal, ways: readonly Way[]): Behind {
  const managed = new Set<string>();
  const inline = new Set<string>();
  for (const text of ways.flatMap(({ because }) => because))
    for (const [place, sort, path = '', policy] of text.matchAll(PLACE))
      if (sort === 'policy') managed.add(place.slice(0, -', statement '.length));
      else if (policy !== undefined) inline.add(`${sort}/${nameIn(path)} ${policy}`);
  return {
    kind: arn.includes(':user/') ? 'user' : 'role',
    name: nameIn(arn),
    managed,
    inline,
    groups: new Map(groups.map(({ name, attached }) => [name, attached])),
  };
}

const nameIn = (path: string): string => path.split('/').at(-1) ?? path;

type Parameters = Readonly<Record<string, unknown>>;

/** Whether a call changed what the principal may (`changed`), or made its way (`gave`). */
type Effect = 'gave' | 'changed' | undefined;

const gaveIf = (is: boolean): Effect => (is ? 'gave' : 'changed');

/** Of calls about the principal by its own name: what they did to it. */
const OWN: Readonly<Record<string, (behind: Behind, given: Parameters) => Effect>> = {
  Create: () => 'gave',
  PutPolicy: ({ kind, name, inline }, { policyName }) =>
    gaveIf(inline.has(`${kind}/${name} ${String(policyName)}`)),
  AttachPolicy: ({ managed }, { policyArn }) => gaveIf(managed.has(String(policyArn))),
  DeletePermissionsBoundary: () => 'gave',
  PutPermissionsBoundary: ({ managed }, { permissionsBoundary }) =>
    gaveIf(managed.has(String(permissionsBoundary))),
  // it may have lifted a Deny
  DeletePolicy: () => 'changed',
  DetachPolicy: () => 'changed',
};

/** Of the others. */
const OTHERS: Readonly<Record<string, (behind: Behind, given: Parameters) => Effect>> = {
  PutGroupPolicy: ({ groups, inline }, { groupName, policyName }) =>
    groups.has(String(groupName)) ? gaveIf(inline.has(`group/${groupName} ${policyName}`)) : undefined,
  AttachGroupPolicy: ({ groups, managed }, { groupName, policyArn }) =>
    groups.has(String(groupName)) ? gaveIf(managed.has(String(policyArn))) : undefined,
  DeleteGroupPolicy: ({ groups }, { groupName }) => (groups.has(String(groupName)) ? 'changed' : undefined),
  DetachGroupPolicy: ({ groups }, { groupName }) => (groups.has(String(groupName)) ? 'changed' : undefined),
  AddUserToGroup: (of, { userName, groupName }) =>
    of.kind === 'user' && userName === of.name ? gaveIf(brings(of, String(groupName))) : undefined,
  RemoveUserFromGroup: ({ kind, name }, { userName }) =>
    kind === 'user' && userName === name ? 'changed' : undefined,
  // a version that is not put in force changes nothing
  CreatePolicyVersion: ({ managed }, { policyArn, setAsDefault }) =>
    setAsDefault === true && managed.has(String(policyArn)) ? 'gave' : undefined,
  SetDefaultPolicyVersion: ({ managed }, { policyArn }) =>
    managed.has(String(policyArn)) ? 'gave' : undefined,
};

/** Whether a group has a policy that a way comes from. */
const brings = ({ groups, inline, managed }: Behind, group: string): boolean =>
  [...inline].some((each) => each.startsWith(`group/${group} `)) ||
  (groups.get(group) ?? []).some((arn) => managed.has(arn));

function effectOf(call: string, of: Behind, given: Parameters): Effect {
  const other = OTHERS[call];
  if (other !== undefined) return other(of, given);
  const [, verb, rest] = /^(Create|Put|Attach|Delete|Detach)(?:User|Role)(\w*)$/.exec(call) ?? [];
  const own = OWN[`${verb}${rest}`];
  if (own === undefined) return undefined;
  // of a namesake of the other sort the name is under another key
  return given[`${of.kind}Name`] === of.name ? own(of, given) : undefined;
}

/**
 * The newest record that made a way, of those that name the principal or a policy or group behind it; else the newest that changed what it
 * may. One that was refused, or that is about another of the same name, is none.
 */
export async function givenBy(
  events: EventLookup,
  principal: Principal,
  ways: readonly Way[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Giver | undefined> {
  const of = behind(principal, ways);
  // CloudTrail knows policies by their ARN, groups by their name
  const groups = [...of.inline].flatMap((each) => /^group\/(\S+) /.exec(each)?.[1] ?? []);
  const names = [...new Set([of.name, ...groups, ...of.managed])].slice(0, MOST_NAMES);
  const found: Giver[] = [];
  for (const resource of names) {
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const lookup = { by: { resource }, from: Math.max(from, to - REMEMBERED), to };
      const { records, next } = await events.page(lookup, cursor);
      const here = records.flatMap((record) => giverIn(record, of) ?? []);
      found.push(...here);
      if (next === undefined || here.some(({ gave }) => gave)) break;
      cursor = next;
    }
  }
  const newest = (some: readonly Giver[]): Giver | undefined =>
    some.toSorted((a, b) => b.at.localeCompare(a.at))[0];
  return newest(found.filter(({ gave }) => gave)) ?? newest(found);
}

function giverIn(record: unknown, of: Behind): Giver | undefined {
  const { eventID, eventName, eventTime, errorCode, userIdentity, requestParameters } = Object(
    record,
  ) as Parameters;
  if (typeof eventName !== 'string' || typeof eventTime !== 'string' || typeof eventID !== 'string')
    return undefined;
  if (errorCode !== undefined) return undefined;
  const effect = effectOf(eventName, of, Object(requestParameters) as Parameters);
  if (effect === undefined) return undefined;
  return { id: eventID, call: eventName, who: whoOf(userIdentity), at: eventTime, gave: effect === 'gave' };
}

/** `user/ana`, `assumed-role/Admin/ana@example.com`, and the service that called for it. */
function whoOf(identity: unknown): string {
  const { arn, invokedBy } = Object(identity) as Parameters;
  const service = typeof invokedBy === 'string' ? invokedBy : undefined;
  if (typeof arn !== 'string') return service ?? 'somebody unnamed';
  const who = arn.split(':').slice(5).join(':');
  return service === undefined || service === 'AWS Internal' ? who : `${who} through ${service}`;
}

/** What a finding says of it. */
export function giverText(giver: Giver | undefined, { kind }: Principal): string {
  if (giver === undefined) return `no record was found of who gave it that${further(kind)}`;
  const { call, who, at, id, gave } = giver;
  const text = gave
    ? `${call} by ${who} on ${at} gave it that (record ${id})`
    : `the last change found of what it may is ${call} by ${who} on ${at} (record ${id})`;
  return `${text}${further(kind)}`;
}

/** Identity Center writes its roles itself; who asked it to is in another account. */
const further = (kind: Principal['kind']): string =>
  kind === 'permission-set' ? '; who changed the permission set is in the records of Identity Center' : '';
