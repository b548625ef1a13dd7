import type { ActorClass, Person } from '../../activity/actor.ts';
import { clean } from '../../activity/clean.ts';
import { isObj, type Obj } from './read.ts';
import { isMachineSession } from './session-name.ts';

/** What is known of an identity before the rest is filled in. */
export interface Who {
  readonly key: string;
  readonly label: string;
  readonly class: ActorClass;
  readonly arn?: string | undefined;
  readonly person?: Person | undefined;
  readonly instance?: string | undefined;
}

/** Parts of a `userIdentity` that several types share. */
export interface Identity {
  readonly type: string;
  readonly account: string;
  readonly arn?: string | undefined;
  readonly principal?: string | undefined;
  readonly userName?: string | undefined;
  readonly context: Obj;
  readonly issuer: Obj;
  /** Console session or a session opened with MFA: a person sits there, whatever the credentials. */
  readonly attended: boolean;
}

/** Longest label of an actor, in characters. */
export const LABEL = 128;
/** Twelve digits: a real account id, not the placeholder of a trimmed record. */
export const ACCOUNT = /^\d{12}$/;

const NAMES = [
  'accessKeyId',
  'accountId',
  'creationDate',
  'credentialsIssuedTo',
  'ec2RoleDelivery',
  'federatedProvider',
  'identityProvider',
  'inScopeOf',
  'invokedBy',
  'mfaAuthenticated',
  'onBehalfOf',
  'principalId',
  'sessionContext',
  'sessionIssuer',
  'sourceIdentity',
  'userId',
  'userName',
  'webIdFederationData',
] as const;
const SPELLING: ReadonlyMap<string, string> = new Map(NAMES.map((name) => [name.toLowerCase(), name]));

/** An identity with its names as CloudTrail writes them, where a pipeline has lower-cased them on the way. */
export function spelledOut(identity: unknown): unknown {
  if (!isObj(identity)) return identity;
  if (!('accountid' in identity || 'principalid' in identity || 'sessioncontext' in identity))
    return identity;
  return respell(identity, 4); // identity → context → issuer → values
}

const respell = (value: unknown, layers: number): unknown =>
  layers === 0 || !isObj(value)
    ? value
    : Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
          SPELLING.get(name) ?? name,
          respell(inner, layers - 1),
        ]),
      );

/** A principal id fit to be a key: the part before the session name, unless masked, invented or just the account. */
export function principalKey(principal: string | undefined, account: string): string | undefined {
  const id = principal?.split(':', 1)[0];
  if (id === undefined || !/^\w[\w-]{2,127}$/.test(id)) return undefined;
  return id === account || ACCOUNT.test(id) ? undefined : id;
}

export const arnOf = (written: string | undefined): string | undefined =>
  written?.startsWith('arn:') && !written.includes('*') ? written : undefined;

export const arnPart = (arn: string | undefined, index: number): string | undefined =>
  arnOf(arn)?.split(':')[index] || undefined;

export const lastOf = (arn: string | undefined): string | undefined => arn?.split('/').at(-1) || undefined;

export function afterColon(principal: string | undefined): string | undefined {
  const colon = principal?.indexOf(':') ?? -1;
  return colon < 0 ? undefined : principal?.slice(colon + 1) || undefined;
}

export const isName = (name: string, account: string): boolean => name !== account && !isMachineSession(name);

/** E-mail addresses are written in any case; one person must not become two. */
export const named = (name: string): { key: string; label: string } => ({
  key: name.toLowerCase(),
  label: clean(name, LABEL),
});
