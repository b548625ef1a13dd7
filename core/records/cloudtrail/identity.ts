import type { Actor } from '../../activity/actor.ts';
import { clean } from '../../activity/clean.ts';
import {
  ACCOUNT,
  afterColon,
  arnOf,
  arnPart,
  type Identity,
  isName,
  LABEL,
  lastOf,
  named,
  principalKey,
  spelledOut,
  type Who,
} from './identity-shape.ts';
import { inAws, isSignIn, serviceName } from './origin.ts';
import { at, flag, get, type Obj, obj, text, textOf } from './read.ts';
import { roleSession } from './role-session.ts';

/** User agents of the console before CloudTrail had `sessionCredentialFromConsole`. */
const CONSOLE_AGENT = /^(?:console|signin)\./;
const ACCESS_KEY = /^[A-Z0-9]{16,128}$/;

/** Account an identity's credentials belong to, as written. */
export function accountOf(written: unknown): string | undefined {
  const identity = spelledOut(written);
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
export function actorOf(written: unknown, record: Obj): Actor {
  const userIdentity = spelledOut(written);
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
    ...(invokedBy !== undefined && !isSignIn(invokedBy) && { invokedBy: inAws(invokedBy) }),
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
      isSignIn(get(userIdentity, 'invokedBy')) ||
      (typeof record.userAgent === 'string' && CONSOLE_AGENT.test(record.userAgent)),
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
      return roleSession(identity, userIdentity, record);
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
      const invokedBy = textOf(userIdentity, 'invokedBy');
      const service =
        invokedBy === undefined ? serviceName(textOf(record, 'sourceIPAddress')) : inAws(invokedBy);
      return { key: `service/${service ?? 'unknown'}`, label: service ?? 'AWS service', class: 'service' };
    }
    default: {
      const key = principalKey(principal, account) ?? arn ?? `unknown@${account}`;
      return { key, label: 'unknown', class: identity.attended ? 'human' : 'workload', arn };
    }
  }
}

/**
 * An IAM user is taken for a person: a long-lived key does not tell who holds it, and a name that sounds like a robot is
 * anyone's to choose, so neither may silence the questions asked about people.
 */
function user(identity: Identity): Who {
  const { account, principal, arn } = identity;
  const name = identity.userName ?? lastOf(arn) ?? 'unknown';
  const userArn = arn?.includes(':user/') ? arn : undefined;
  return {
    key: principalKey(principal, account) ?? userArn ?? `user/${name}@${account}`,
    label: `user/${name}`,
    class: 'human',
    arn: userArn,
  };
}

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
