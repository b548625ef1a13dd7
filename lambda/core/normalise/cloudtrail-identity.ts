import type { Actor, ActorClass } from '../actor.ts';
import { clean } from '../clean.ts';
import { serviceName } from './origin.ts';
import { at, flag, get, isObj, type Obj, obj, text, textOf } from './read.ts';
import { instanceOfSession, isMachineSession, looksAutomated } from './session-name.ts';

/** What is known of an identity before the rest is filled in. */
interface Who {
  readonly key: string;
  readonly label: string;
  readonly class: ActorClass;
  readonly arn?: string | undefined;
  readonly person?: { readonly key: string; readonly label: string } | undefined;
  readonly instance?: string | undefined;
}

/** Parts of a `userIdentity` that several types share. */
interface Identity {
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

const LABEL = 128;
const ACCOUNT = /^\d{12}$/;
const ACCESS_KEY = /^[A-Z0-9]{16,128}$/;
const IDENTITY_CENTER_PATH = '/aws-reserved/sso.amazonaws.com/';
const IDENTITY_CENTER_NAME = 'AWSReservedSSO_';
const SERVICE_ROLE_PATH = ':role/aws-service-role/';

/** Account an identity's credentials belong to, as written. */
export function accountOf(identity: unknown): string | undefined {
  return (
    textOf(identity, 'accountId') ??
    text(at(identity, 'sessionContext', 'sessionIssuer', 'accountId')) ??
    arnPart(textOf(identity, 'arn'), 4)
  );
}

/**
 * Who is answerable for a record.
 *
 * The key survives sessions, renamed sessions and, for users, deletion and re-creation under the same name: the
 * principal id (AIDA…, AROA…) where the record gives a real one, else the ARN, else the name with its account. Masked
 * ids (`AROA****`) are no key: several people would share it.
 */
export function actorOf(userIdentity: unknown, record: Obj): Actor {
  const identity = identityOf(userIdentity, record);
  const who = whoIs(identity, userIdentity, record);
  const recipient = textOf(record, 'recipientAccountId');
  const foreign =
    who.class !== 'service' &&
    ACCOUNT.test(identity.account) &&
    recipient !== undefined &&
    ACCOUNT.test(recipient) &&
    recipient !== identity.account;
  const invokedBy = textOf(userIdentity, 'invokedBy');
  const accessKeyId = textOf(userIdentity, 'accessKeyId') ?? '';
  const temporary = accessKeyId.startsWith('ASIA') || identity.type === 'AssumedRole';
  const mfa = at(identity.context, 'attributes', 'mfaAuthenticated');
  return {
    key: who.key,
    label: clean(who.label, LABEL),
    class: foreign ? 'foreign-account' : who.class,
    account: identity.account,
    ...(who.arn !== undefined && { arn: who.arn }),
    ...(who.person !== undefined && { person: who.person }),
    ...((temporary || accessKeyId.startsWith('AKIA')) && {
      credential: temporary ? ('temporary' as const) : ('long-lived' as const),
    }),
    ...(ACCESS_KEY.test(accessKeyId) && { accessKey: accessKeyId }),
    ...(mfa !== undefined && { mfa: flag(mfa) }),
    ...(who.instance !== undefined && { instance: who.instance }),
    // The sign-in service stands for the console itself, which the origin records.
    ...(invokedBy !== undefined && invokedBy !== 'signin.amazonaws.com' && { invokedBy }),
  };
}

function identityOf(userIdentity: unknown, record: Obj): Identity {
  const arn = arnOf(textOf(userIdentity, 'arn'));
  const context = obj(get(userIdentity, 'sessionContext'));
  const mfa = flag(at(context, 'attributes', 'mfaAuthenticated'));
  const account = accountOf(userIdentity) ?? textOf(record, 'recipientAccountId') ?? 'unknown';
  return {
    type: typeOf(textOf(userIdentity, 'type'), arn, userIdentity, record),
    account,
    arn,
    principal: textOf(userIdentity, 'principalId'),
    userName: textOf(userIdentity, 'userName'),
    context,
    issuer: obj(get(context, 'sessionIssuer')),
    attended:
      mfa ||
      flag(record.sessionCredentialFromConsole) ||
      get(userIdentity, 'invokedBy') === 'signin.amazonaws.com' ||
      /^(?:console|signin)\./.test(textOf(record, 'userAgent') ?? ''),
  };
}

const TYPES = new Set([
  'Root',
  'IAMUser',
  'AssumedRole',
  'Role',
  'FederatedUser',
  'Directory',
  'AWSAccount',
  'AWSService',
  'IdentityCenterUser',
  'SAMLUser',
  'WebIdentityUser',
]);

/** The type as written, or what the ARN says where it is missing or unknown (service events, trimmed records). */
function typeOf(
  written: string | undefined,
  arn: string | undefined,
  identity: unknown,
  record: Obj,
): string {
  if (written === 'User') return 'IAMUser';
  if (written !== undefined && TYPES.has(written)) return written;
  if (arn?.endsWith(':root')) return 'Root';
  if (arn?.includes(':assumed-role/')) return 'AssumedRole';
  if (arn?.includes(':federated-user/')) return 'FederatedUser';
  if (arn?.includes(':role/')) return 'Role';
  if (arn?.includes(':user/') || textOf(identity, 'userName') !== undefined) return 'IAMUser';
  const account = textOf(identity, 'accountId');
  if (account !== undefined && account !== textOf(record, 'recipientAccountId')) return 'AWSAccount';
  return textOf(identity, 'invokedBy') === undefined ? 'Unknown' : 'AWSService';
}

function whoIs(identity: Identity, userIdentity: unknown, record: Obj): Who {
  const { account, type, userName, principal, arn } = identity;
  switch (type) {
    case 'Root':
      return { key: `root@${account}`, label: 'root', class: 'root', arn };
    case 'IAMUser':
      return user(identity);
    case 'AssumedRole':
      return role(identity, userIdentity, record);
    case 'Role': {
      const name = lastOf(arn) ?? userName ?? 'unknown';
      const key = principalKey(principal, account) ?? arn ?? `role/${name}@${account}`;
      return { key, label: `role/${name}`, class: 'workload', arn };
    }
    case 'FederatedUser':
      return federated(identity);
    case 'IdentityCenterUser': {
      const id = text(at(userIdentity, 'onBehalfOf', 'userId'));
      const name = userName ?? id ?? 'unknown';
      return { key: id ?? `identity-center/${name}@${account}`, label: `user/${name}`, class: 'human' };
    }
    case 'SAMLUser':
    case 'WebIdentityUser': {
      const name = userName ?? principal ?? 'unknown';
      const provider = textOf(userIdentity, 'identityProvider') ?? type;
      return { key: principal ?? `${provider}/${name}`, label: `user/${name}`, class: 'human' };
    }
    case 'Directory':
      return {
        key: `directory/${userName ?? principal ?? 'unknown'}@${account}`,
        label: `user/${userName ?? 'unknown'}`,
        class: 'human',
      };
    case 'AWSAccount':
      return {
        key: `account/${account}`,
        label: `account/${account}`,
        class: account === textOf(record, 'recipientAccountId') ? 'workload' : 'foreign-account',
      };
    case 'AWSService': {
      const service = textOf(userIdentity, 'invokedBy') ?? serviceName(textOf(record, 'sourceIPAddress'));
      return { key: `service/${service ?? 'unknown'}`, label: service ?? 'AWS service', class: 'service' };
    }
    default: {
      const key = principalKey(principal, account) ?? arn ?? `unknown@${account}`;
      return { key, label: 'unknown', class: identity.attended ? 'human' : 'workload', arn };
    }
  }
}

/**
 * An IAM user is taken for a person unless its name marks a robot and nobody signed in: that a key is long-lived does
 * not tell who holds it, and taking a person for a workload would silence the questions asked about people.
 */
function user(identity: Identity): Who {
  const { account, principal, arn, attended } = identity;
  const name = identity.userName ?? lastOf(arn) ?? 'unknown';
  const userArn = arn?.includes(':user/') ? arn : undefined;
  return {
    key: principalKey(principal, account) ?? userArn ?? `user/${name}@${account}`,
    label: `user/${name}`,
    class: !attended && looksAutomated(name) ? 'automation' : 'human',
    arn: userArn,
  };
}

function role(identity: Identity, userIdentity: unknown, record: Obj): Who {
  const { account, principal, arn, context, issuer } = identity;
  const issuerArn = arnOf(textOf(issuer, 'arn'));
  const [, sessionRole, sessionName] = /:assumed-role\/([^/]+)(?:\/(.+))?$/.exec(arn ?? '') ?? [];
  if (textOf(issuer, 'type') === 'Root' || issuerArn?.endsWith(':root')) {
    return { key: `root@${account}`, label: 'root', class: 'root', arn: issuerArn };
  }
  const name = textOf(issuer, 'userName') ?? lastOf(issuerArn) ?? sessionRole ?? 'unknown';
  const session = sessionName ?? afterColon(principal);
  const web = get(context, 'webIdFederationData');
  const provider = isObj(web) ? textOf(web, 'federatedProvider') : undefined;
  const instance =
    instanceOfSession(session) ??
    /:instance\/(i-[0-9a-z]+)$/i.exec(text(at(userIdentity, 'inScopeOf', 'credentialsIssuedTo')) ?? '')?.[1];
  const person = personBehind(identity, userIdentity, session, { name, arn: issuerArn });
  return {
    key:
      principalKey(textOf(issuer, 'principalId'), account) ??
      (principal?.includes(':') ? principalKey(principal, account) : undefined) ??
      issuerArn ??
      `role/${name}@${account}`,
    label: `role/${name}`,
    class: roleClass(),
    arn: issuerArn,
    person,
    instance,
  };

  function roleClass(): ActorClass {
    if (isServiceSession(issuerArn, userIdentity, record)) return 'service';
    const delivered = get(context, 'ec2RoleDelivery') ?? at(context, 'attributes', 'ec2RoleDelivery');
    if (instance !== undefined || delivered !== undefined) return 'workload';
    if (at(userIdentity, 'inScopeOf', 'credentialsIssuedTo') !== undefined) return 'workload';
    // Pods of EKS federate as well; every other provider met so far is a build system.
    if (provider !== undefined && person === undefined) {
      return provider.includes('oidc.eks.') ? 'workload' : 'automation';
    }
    if (person !== undefined || identity.attended) return 'human';
    return looksAutomated(name) || looksAutomated(session) ? 'automation' : 'workload';
  }
}

/**
 * A service acts on its own only when three things agree that no caller can forge together: the role's reserved path,
 * `invokedBy`, and the source address naming the same service.
 */
function isServiceSession(issuerArn: string | undefined, userIdentity: unknown, record: Obj): boolean {
  const invokedBy = textOf(userIdentity, 'invokedBy');
  return (
    issuerArn?.includes(SERVICE_ROLE_PATH) === true &&
    invokedBy !== undefined &&
    serviceName(textOf(record, 'sourceIPAddress')) === invokedBy
  );
}

/**
 * The person behind a shared role. The session name of an Identity Center role is the user's name and set by AWS; of any
 * other role the caller chooses it, so it counts only where it looks like an address. `sourceIdentity` survives role
 * chaining and cannot be changed once set, so it comes first.
 */
function personBehind(
  { context, account }: Identity,
  userIdentity: unknown,
  session: string | undefined,
  issuer: { name: string; arn: string | undefined },
): Who['person'] {
  const source = textOf(context, 'sourceIdentity') ?? textOf(userIdentity, 'sourceIdentity');
  if (source !== undefined && isName(source, account)) return named(source);
  const isIdentityCenter =
    issuer.arn?.includes(IDENTITY_CENTER_PATH) === true || issuer.name.startsWith(IDENTITY_CENTER_NAME);
  if (isIdentityCenter && session !== undefined && isName(session, account)) return named(session);
  const id = text(at(userIdentity, 'onBehalfOf', 'userId'));
  if (id !== undefined) {
    return { key: id, label: clean(session !== undefined && isName(session, account) ? session : id, LABEL) };
  }
  return session?.includes('@') && !isMachineSession(session) ? named(session) : undefined;
}

const isName = (name: string, account: string): boolean => name !== account && !isMachineSession(name);
/** E-mail addresses are written in any case; one person must not become two. */
const named = (name: string) => ({ key: name.toLowerCase(), label: clean(name, LABEL) });

/** GetFederationToken: the user who called it answers; the name given to the token is the person. */
function federated(identity: Identity): Who {
  const { account, arn, principal, issuer } = identity;
  const issuerArn = arnOf(textOf(issuer, 'arn'));
  const session = lastOf(arn) ?? afterColon(principal);
  if (textOf(issuer, 'type') === 'Root' || issuerArn?.endsWith(':root')) {
    return { key: `root@${account}`, label: 'root', class: 'root', arn: issuerArn };
  }
  const name = textOf(issuer, 'userName') ?? lastOf(issuerArn);
  return {
    key:
      principalKey(textOf(issuer, 'principalId'), account) ??
      issuerArn ??
      `federated/${session ?? 'unknown'}@${account}`,
    label: name === undefined ? `federated/${session ?? 'unknown'}` : `user/${name}`,
    class: 'human',
    arn: issuerArn,
    person:
      session !== undefined && name !== undefined && isName(session, account) ? named(session) : undefined,
  };
}

/** A principal id fit to be a key: the part before the session name, unless masked, invented or just the account. */
function principalKey(principal: string | undefined, account: string): string | undefined {
  const id = principal?.split(':', 1)[0];
  if (id === undefined || !/^\w[\w-]{2,127}$/.test(id)) return undefined;
  return id === account || ACCOUNT.test(id) ? undefined : id;
}

const arnOf = (written: string | undefined): string | undefined =>
  written?.startsWith('arn:') && !written.includes('*') ? written : undefined;

const arnPart = (arn: string | undefined, index: number): string | undefined =>
  arnOf(arn)?.split(':')[index] || undefined;

const lastOf = (arn: string | undefined): string | undefined => arn?.split('/').at(-1) || undefined;

function afterColon(principal: string | undefined): string | undefined {
  const colon = principal?.indexOf(':') ?? -1;
  return colon < 0 ? undefined : principal?.slice(colon + 1) || undefined;
}
