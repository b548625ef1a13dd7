import type { Actor } from '../../activity/actor.ts';
import { get, items, obj, text } from '../cloudtrail/read.ts';
import type { GoogleEntry } from './entry.ts';

/** Accounts by which Google's own services act in a project. Source: captured records, and cloud.google.com/iam/docs/service-agents. */
const SERVICE =
  /^(?:\d+@cloudservices\.gserviceaccount\.com|service-\d+@[\w.-]+\.iam\.gserviceaccount\.com|[^@]+@system\.gserviceaccount\.com|system@google\.com|system:node:.*|[^@]+@prod\.google\.com)$/;
const WORKLOAD =
  /@(?:[\w-]+\.iam|developer|appspot)\.gserviceaccount\.com$|@appspot\.gserviceaccount\.com$|\.svc\.id\.goog\[/;

/** Who is answerable for an entry; `unknown` where it does not say, as where Google has left the name out. */
export function actorOf(entry: GoogleEntry, account: string): Actor {
  const authentication = get(entry.payload, 'authenticationInfo');
  const email = text(get(authentication, 'principalEmail'))?.toLowerCase();
  const subject = text(get(authentication, 'principalSubject'));
  const principal = subject ?? email;
  if (principal === undefined || principal === '')
    return { key: 'unknown', label: 'unknown', class: 'unknown', account };
  // the same principal has its subject in some entries only, so its address is the key where it has one
  const key = email ?? principal.replace(/^(?:user|serviceAccount):/, '');
  const name = email ?? (principal.split('/').at(-1) as string);
  const key_ = text(get(authentication, 'serviceAccountKeyName'))?.split('/').at(-1);
  if (SERVICE.test(key)) return { key, label: name, class: 'service', account, invokedBy: serviceOf(key) };
  if (
    WORKLOAD.test(key) ||
    /workloadIdentityPools/.test(principal) ||
    subject?.startsWith('serviceAccount:')
  ) {
    const by = impersonator(authentication);
    return {
      key,
      label: `serviceAccount/${name}`,
      class: ofMachine(key, authentication) ? 'workload' : 'automation',
      account,
      ...(email !== undefined && { identity: email }),
      ...(key_ !== undefined && { credential: 'long-lived', accessKey: key_ }),
      ...(by !== undefined && { person: { key: by, label: by } }),
    };
  }
  return {
    key,
    label: `user/${name}`,
    class: 'human',
    account,
    ...(email !== undefined && { identity: email }),
  };
}

/** Accounts that machines have unless told otherwise, and those of pods. */
const OF_MACHINES = /^\d+-compute@developer\.|@appspot\.|\.svc\.id\.goog\[/;

/** Whether a machine or pod of the project's own acts, by a token of its own; a service account that is none of these is a program's. */
const ofMachine = (key: string, authentication: unknown): boolean =>
  OF_MACHINES.test(key) ||
  items(get(authentication, 'serviceAccountDelegationInfo')).some((each) =>
    /compute-system|\.svc\.id\.goog\[/.test(JSON.stringify(each)),
  );

/** Who really acts where somebody acts as a service account: the first of the chain, unless that is a machine or Google itself. */
function impersonator(authentication: unknown): string | undefined {
  const [first] = items(get(authentication, 'serviceAccountDelegationInfo'));
  const who =
    text(get(first, 'principalSubject')) ??
    text(get(obj(get(first, 'firstPartyPrincipal')), 'principalEmail'));
  if (who === undefined || /compute-system|@prod\.google\.com$|\.svc\.id\.goog\[/.test(who)) return undefined;
  return who.replace(/^(?:user|serviceAccount):/, '').toLowerCase();
}

/** Name of the service by its agent's account. */
const serviceOf = (email: string): string => /@([\w-]+)/.exec(email)?.[1] ?? 'google';
