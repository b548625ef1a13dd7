import type { ActorClass } from '../../activity/actor.ts';
import { clean } from '../../activity/clean.ts';
import {
  afterColon,
  arnOf,
  type Identity,
  isName,
  LABEL,
  lastOf,
  named,
  principalKey,
  type Who,
} from './identity-shape.ts';
import { inAws, serviceName } from './origin.ts';
import { at, get, isObj, type Obj, text, textOf } from './read.ts';
import { instanceOfSession, isMachineSession, looksAutomated } from './session-name.ts';

const IDENTITY_CENTER_PATH = '/aws-reserved/sso.amazonaws.com/';
const IDENTITY_CENTER_NAME = 'AWSReservedSSO_';
const SERVICE_ROLE_PATH = ':role/aws-service-role/';

/** Who answers for a role session: the role by its id, and the person, instance or service that uses it. */
export function roleSession(identity: Identity, userIdentity: unknown, record: Obj): Who {
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
 * Services that decide on launches by themselves with a role they are given: a cluster of EMR launches and grows long after
 * somebody ran it, and that call, which is watched, is judged as theirs.
 */
const WITH_ROLES = new Set(['elasticmapreduce.amazonaws.com']);

/**
 * A service acts on its own only when three things agree that no caller can forge together: the role's reserved path,
 * `invokedBy`, and the source address naming the same service.
 */
function isServiceSession(issuerArn: string | undefined, userIdentity: unknown, record: Obj): boolean {
  const invokedBy = textOf(userIdentity, 'invokedBy');
  if (invokedBy === undefined || serviceName(textOf(record, 'sourceIPAddress')) !== inAws(invokedBy))
    return false;
  return issuerArn?.includes(SERVICE_ROLE_PATH) === true || WITH_ROLES.has(inAws(invokedBy));
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
  if (isIdentityCenter && session !== undefined && isName(session, account)) {
    // anybody may give a role such a name, but only Identity Center makes one under its path
    return issuer.arn?.includes(IDENTITY_CENTER_PATH) ? { ...named(session), vouched: true } : named(session);
  }
  const id = text(at(userIdentity, 'onBehalfOf', 'userId'));
  if (id !== undefined) {
    return { key: id, label: clean(session !== undefined && isName(session, account) ? session : id, LABEL) };
  }
  return session?.includes('@') && !isMachineSession(session) ? named(session) : undefined;
}
