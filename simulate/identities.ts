import { type Random, randomOf } from './random.ts';
import { type Caller, isoTime, type Json } from './trail-record.ts';

/** An IAM role as CloudTrail's `sessionIssuer` shows it. */
export interface Role {
  readonly account: string;
  readonly name: string;
  /** Path with both slashes, `/` when it has none. */
  readonly path: string;
  readonly principalId: string;
}

export interface User {
  readonly account: string;
  readonly name: string;
  readonly principalId: string;
  readonly accessKeyId: string;
}

/** A role whose ids depend on its name alone, so that every part of the generator means the same one. */
export function roleOf(seed: number, account: string, name: string, path = '/'): Role {
  return { account, name, path, principalId: `AROA${randomOf(seed, 'role', account, name).letters(17)}` };
}

/** A role that Identity Center makes in an account for a permission set. */
export function permissionSetRole(seed: number, account: string, permissionSet: string): Role {
  const suffix = randomOf(seed, 'permission set', account, permissionSet).hex(16);
  const name = `AWSReservedSSO_${permissionSet}_${suffix}`;
  return roleOf(seed, account, name, '/aws-reserved/sso.amazonaws.com/eu-central-1/');
}

export function userOf(seed: number, account: string, name: string): User {
  const random = randomOf(seed, 'user', account, name);
  return {
    account,
    name,
    principalId: `AIDA${random.letters(17)}`,
    accessKeyId: `AKIA${random.letters(16)}`,
  };
}

export const roleArn = ({ account, path, name }: Role): string =>
  `arn:aws:iam::${account}:role${path}${name}`;
export const userArn = ({ account, name }: User): string => `arn:aws:iam::${account}:user/${name}`;

interface Session {
  readonly name: string;
  /** When the session was opened, ms. */
  readonly since: number;
  readonly source: string;
  readonly agent: string;
  readonly console?: true;
  readonly mfa?: boolean;
  readonly invokedBy?: string;
  readonly webIdentity?: Json;
  readonly sourceIdentity?: string;
  readonly inScopeOf?: Json;
  readonly ec2RoleDelivery?: '1.0' | '2.0';
}

/** A session of a role, with credentials of its own. */
export function assume(random: Random, role: Role, session: Session): Caller {
  const issuer = {
    type: 'Role',
    principalId: role.principalId,
    arn: roleArn(role),
    accountId: role.account,
    userName: role.name,
  };
  return {
    account: role.account,
    identity: {
      type: 'AssumedRole',
      principalId: `${role.principalId}:${session.name}`,
      arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${session.name}`,
      accountId: role.account,
      accessKeyId: `ASIA${random.letters(16)}`,
      sessionContext: {
        sessionIssuer: issuer,
        ...(session.webIdentity && { webIdFederationData: session.webIdentity }),
        attributes: { creationDate: isoTime(session.since), mfaAuthenticated: String(session.mfa ?? false) },
        ...(session.sourceIdentity && { sourceIdentity: session.sourceIdentity }),
        ...(session.ec2RoleDelivery && { ec2RoleDelivery: session.ec2RoleDelivery }),
      },
      ...(session.invokedBy && { invokedBy: session.invokedBy }),
      ...(session.inScopeOf && { inScopeOf: session.inScopeOf }),
    },
    source: session.source,
    agent: session.agent,
    ...(session.console && { console: session.console }),
  };
}

/** A service acting through a role: service-linked roles and roles it was given. */
export function assumedByService(
  random: Random,
  role: Role,
  service: string,
  name: string,
  since: number,
): Caller {
  const host = `${service}.amazonaws.com`;
  return assume(random, role, { name, since, source: host, agent: host, invokedBy: host });
}

/** A call a service makes with its caller's own credentials (forward access session). */
export function forwarded(caller: Caller, service: string): Caller {
  const host = `${service}.amazonaws.com`;
  const { account, identity } = caller;
  return { account, identity: { ...identity, invokedBy: host }, source: host, agent: host };
}

/** A user's long-lived key. */
export function withKey(user: User, source: string, agent: string): Caller {
  return {
    account: user.account,
    identity: {
      type: 'IAMUser',
      principalId: user.principalId,
      arn: userArn(user),
      accountId: user.account,
      accessKeyId: user.accessKeyId,
      userName: user.name,
    },
    source,
    agent,
  };
}

/** A user signed in to the console with a password alone. */
export function inConsole(random: Random, user: User, since: number, source: string): Caller {
  const { account, identity } = withKey(user, source, '');
  return {
    account,
    identity: {
      ...identity,
      accessKeyId: `ASIA${random.letters(16)}`,
      sessionContext: { attributes: { creationDate: isoTime(since), mfaAuthenticated: 'false' } },
    },
    source,
    agent: BROWSERS[1] ?? '',
    console: true,
  };
}

/** The account's root user, signed in to the console. */
export function asRoot(random: Random, account: string, since: number, source: string, mfa: boolean): Caller {
  return {
    account,
    identity: {
      type: 'Root',
      principalId: account,
      arn: `arn:aws:iam::${account}:root`,
      accountId: account,
      accessKeyId: `ASIA${random.letters(16)}`,
      sessionContext: {
        attributes: { creationDate: isoTime(since), mfaAuthenticated: String(mfa) },
      },
    },
    source,
    agent: BROWSERS[0] ?? '',
    console: true,
  };
}

const BROWSER = 'Mozilla/5.0';
export const BROWSERS: readonly string[] = [
  `${BROWSER} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36`,
  `${BROWSER} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36`,
  `${BROWSER} (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0`,
];

/** User agents of the tools people and pipelines use; `{}` stands for the command. */
export const AGENTS = {
  cli: (command: string): string =>
    `aws-cli/2.31.18 md/awscrt#0.28.2 ua/2.1 os/macos#24.6.0 md/arch#arm64 lang/python#3.13.7 md/pyimpl#CPython m/b,E,Z,N cfg/retry-mode#standard md/installer#exe sid/4b1a60c8e3d2 md/prompt#off md/command#${command}`,
  boto3: 'Boto3/1.40.55 md/Botocore#1.40.55 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.11',
  terraform:
    'APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.18.0 aws-sdk-go-v2/1.39.4 ua/2.1 os/linux lang/go#1.24.8',
  packer:
    'APN/1.0 HashiCorp/1.0 packer-plugin-amazon/1.6.0 aws-sdk-go-v2/1.38.1 ua/2.1 os/linux lang/go#1.23.12',
  karpenter: 'karpenter.sh-1.8.1 aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.1 md/GOOS#linux',
  javaSdk: 'aws-sdk-java/2.33.4 md/io#sync md/http#Apache ua/2.1 os/Linux#6.8.0 lang/java#21.0.8',
  sdkGo: 'aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1 md/GOOS#linux md/GOARCH#amd64',
} as const;
