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
  analyst: 'IncidentResponse',
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

/** Hosted runners mostly share a network, but not always. */
const OTHER_NETWORK = 0.1;

const runner = (random: Random): string =>
  random.chance(OTHER_NETWORK) ? ipv6Of(random) : `198.51.100.${random.int(100, 250)}`;

/** A job of the platform's repository, through the OIDC provider of its host. */
export function pipelineSession(
  estate: Estate,
  random: Random,
  account: string,
  roleName: string,
  agent: string,
  at: number,
): Caller {
  return assume(random, estate.role(account, roleName), {
    name: 'GitHubActions',
    since: at - 30_000,
    source: runner(random),
    agent,
    webIdentity: {
      federatedProvider: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
      attributes: {
        'oidc:aud': 'sts.amazonaws.com',
        'oidc:sub': 'repo:example/platform:ref:refs/heads/main',
      },
    },
  });
}

/** A company whose service reads in every account, through a role that its own account may assume. */
export const VENDOR = {
  account: '666677778888',
  address: '198.51.100.240',
  role: 'observability-vendor',
} as const;

export const vendorSession = (
  estate: Estate,
  random: Random,
  account: string,
  at: number,
  source: string = VENDOR.address,
): Caller =>
  assume(random, estate.role(account, VENDOR.role), {
    name: `vendor-${random.hex(8)}`,
    since: at - MINUTE,
    source,
    agent: AGENTS.boto3,
  });
