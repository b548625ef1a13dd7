import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Target } from '../../app/reconcile.ts';

/** As the SDK takes them. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** How the sessions are called: CloudTrail of the member account shows it. */
const SESSION = 'launchtrail-reconcile';
/** A role that another role has taken on lasts no longer, s. */
const DURATION = 3_600;

/** Credentials of a role in another account, as a provider: the SDK asks again before they end. Needs sts:AssumeRole on the role. */
export const memberCredentials =
  (client: Pick<STSClient, 'send'>, roleArn: string, session = SESSION) =>
  async (): Promise<Credentials> => {
    const { Credentials: given } = await client.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: session, DurationSeconds: DURATION }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw new Error(`STS gave no credentials for ${roleArn}`);
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  };

interface Settings {
  readonly region: string;
  readonly retryMode: 'adaptive';
  readonly maxAttempts: number;
  readonly credentials?: () => Promise<Credentials>;
}

/**
 * Makes clients for a Region of an account: with the function's own rights in its own account, elsewhere with those of the role that
 * the member stack has made there. They wait longer the more they are throttled.
 *
 * @param role ARN of the role, `*` in the place of the account
 */
export function memberClient(own: string, role?: string) {
  const known = new Map<string, () => Promise<Credentials>>();
  const credentialsOf = (account: string): (() => Promise<Credentials>) | undefined => {
    if (account === own || role === undefined) return undefined;
    const given = known.get(account) ?? memberCredentials(new STSClient(), role.replace('*', account));
    known.set(account, given);
    return given;
  };
  return <T>(Client: new (settings: Settings) => T, { account, region }: Target): T => {
    const credentials = credentialsOf(account);
    return new Client({
      region,
      retryMode: 'adaptive',
      maxAttempts: 8,
      ...(credentials && { credentials }),
    });
  };
}
