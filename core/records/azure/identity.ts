import type { Actor } from '../../activity/actor.ts';
import { text } from '../cloudtrail/read.ts';
import type { AzureEvent } from './event.ts';

const CLAIMS = 'http://schemas.microsoft.com/identity/claims/';
const XML = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';

/**
 * Clients of Microsoft's own services that act by themselves. Source: claims of captured records and the lists of first-party
 * applications (learn.microsoft.com, "Verify first-party Microsoft applications in sign-in reports").
 */
const SERVICES: Readonly<Record<string, string>> = {
  '7319c514-987d-4e9b-ac3d-d38c4f427f4c': 'AzureContainerService',
  '4962773b-9cdb-44cf-a8bf-237846a00ab7': 'EventGrid',
  'abfa0a7c-a6b6-4736-8310-5855508787cd': 'AppService',
  '37182072-3c9c-4f6a-a4b3-b3f91cacffce': 'AzureNetwork',
};

const GUID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Who is answerable for a record; `unknown` where it does not say. A name is never the key: people change it, and programs have none. */
export function actorOf({ caller, claims, authorization, tenant, resourceId }: AzureEvent): Actor {
  const account = subscriptionOf(resourceId) ?? tenant ?? 'unknown';
  const object = text(claims[`${CLAIMS}objectidentifier`])?.toLowerCase();
  const program = text(claims.appid)?.toLowerCase();
  const named =
    text(claims[`${XML}upn`]) ??
    text(claims[`${XML}name`]) ??
    text(claims[`${XML}emailaddress`]) ??
    (caller !== undefined && !GUID.test(caller) ? caller : undefined);
  const service = text(claims[`${XML}spn`]) ?? (named?.startsWith('Microsoft.') ? named : undefined);
  const mfa = text(claims['http://schemas.microsoft.com/claims/authnmethodsreferences']);
  if (object === undefined && service !== undefined)
    return { key: service, label: service, class: 'service', account, invokedBy: service };
  const known = program === undefined ? undefined : SERVICES[program];
  const own = (tenant ?? text(claims[`${CLAIMS}tenantid`]))?.toLowerCase();
  const id =
    object ??
    (caller !== undefined && GUID.test(caller) ? caller.toLowerCase() : undefined) ??
    named?.toLowerCase();
  if (id === undefined) return { key: 'unknown', label: 'unknown', class: 'unknown', account };
  const key = own === undefined ? id : `${own}/${id}`;
  const isPerson =
    text(claims.idtyp) === 'user' || (text(claims.idtyp) !== 'app' && named?.includes('@') === true);
  const [, home] = /_([^_#]+)#ext#/i.exec(named ?? '') ?? [];
  if (isPerson)
    return {
      key,
      label: `user/${named ?? id}`,
      // a guest's account is that of another directory, which its name ends with
      class: home === undefined ? 'human' : 'foreign-account',
      account: home?.toLowerCase() ?? account,
      ...(object !== undefined && { identity: object }),
      ...(mfa !== undefined && { mfa: /(?:^|,)\s*mfa\s*(?:,|$)/.test(mfa) }),
    };
  if (known !== undefined) return { key, label: `app/${known}`, class: 'service', account, invokedBy: known };
  const identity = text(claims.xms_mirid, 512)?.toLowerCase();
  const role = text((authorization.evidence as { role?: unknown } | undefined)?.role);
  if (role !== undefined && /^azure .* service role$/i.test(role))
    return { key, label: `app/${id}`, class: 'service', account, invokedBy: role };
  const machine = identity !== undefined && /\/virtualmachines\//.test(identity) ? identity : undefined;
  return {
    key,
    label: `app/${identity?.split('/').at(-1) ?? id}`,
    // a resource's own identity cannot be used elsewhere; what signs in with a secret or by federation is a program of somebody's
    class: identity === undefined ? 'automation' : 'workload',
    account,
    ...(object !== undefined && { identity: object }),
    ...(machine !== undefined && { instance: machine }),
  };
}

/** Subscription of a resource; undefined for what lies above one. */
export const subscriptionOf = (resourceId: string): string | undefined =>
  /^\/subscriptions\/([^/]+)/.exec(resourceId)?.[1];

/** Clients that a person works with, by `appid`: nothing else tells how a call was made. Source: captured records, and Azure's own tools. */
const CLIENTS: Readonly<Record<string, string>> = {
  'c44b4083-3bb0-49c1-b47d-974e53cbdf3c': 'console',
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46': 'azure-cli',
  '1950a258-227b-4e31-a9cf-717495945fc2': 'powershell',
};

/** What stands for the user agent, which Azure does not log. */
export const clientOf = (appid: string | undefined): string => CLIENTS[appid?.toLowerCase() ?? ''] ?? 'other';
