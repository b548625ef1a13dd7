import { type Estate, ipv6Of, type Job, MINUTE, type Person } from './estate.ts';
import { AGENTS, assume, BROWSERS, permissionSetRole } from './identities.ts';
import type { Random } from './random.ts';
import type { Caller } from './trail-record.ts';

const PERMISSION_SETS: Readonly<Record<Job, string>> = {
  operator: 'PlatformAdmin',
  developer: 'DeveloperAccess',
  joiner: 'DeveloperAccess',
  scientist: 'DataScience',
  dba: 'DatabaseAdministrator',
  auditor: 'ViewOnlyAccess',
};

/** Where somebody sits on a day. */
export function whereabouts(random: Random, person: Person): string {
  if (random.chance(0.02)) return ipv6Of(random);
  return random.chance(0.6) ? person.office : person.home;
}

/** A person's session in an account through Identity Center, from the console or the command line. */
export function signIn(
  estate: Estate,
  random: Random,
  person: { readonly email: string; readonly job: Job },
  account: string,
  session: {
    readonly at: number;
    readonly source: string;
    readonly console: boolean;
    readonly command?: string;
  },
): Caller {
  return assume(random, permissionSetRole(estate.seed, account, PERMISSION_SETS[person.job]), {
    name: person.email,
    since: session.at - MINUTE,
    source: session.source,
    agent: session.console ? random.pick(BROWSERS) : AGENTS.cli(session.command ?? 'ec2.describe-instances'),
    ...(session.console && { console: true }),
  });
}
