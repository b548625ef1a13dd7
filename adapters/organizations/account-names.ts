import { setTimeout as wait } from 'node:timers/promises';
import type { AccountNames } from '../../app/ports.ts';
import { type AwsCaller, AwsRefusal, signedCall } from '../aws/signed-call.ts';
import { logger } from '../powertools/observability.ts';

/** How long an answer is believed, ms. */
const KEEP_MS = 3_600_000;
/** What a name may hold a message up, ms; the function has a minute for all of its messages. */
const PATIENCE_MS = 3_000;
/** After a failure nobody asks for so long, ms: a batch of findings waits for Organizations once. */
const PAUSE_MS = 300_000;

/** Names of accounts by Organizations' `DescribeAccount`, each asked for once an hour; a failure is logged, and no name. */
export function organizationsNames(
  config: {
    readonly region: () => Promise<string>;
    readonly credentials: AwsCaller['credentials'];
  },
  now: () => number = Date.now,
): AccountNames {
  const known = new Map<string, { readonly name: string | undefined; readonly until: number }>();
  let pausedUntil = 0;
  return async (account) => {
    const before = known.get(account);
    if (now() < pausedUntil || (before !== undefined && now() < before.until)) return before?.name;
    try {
      const caller = { region: homeOf(await config.region()), credentials: config.credentials };
      const name = await Promise.race([describe(caller, account), tooLong()]);
      known.set(account, { name, until: now() + KEEP_MS });
      return name;
    } catch (error) {
      logger.warn('no name of an account', { account, error: String(error) });
      pausedUntil = now() + PAUSE_MS;
      return before?.name;
    }
  };
}

/** Organizations has one home in each partition: https://docs.aws.amazon.com/general/latest/gr/ao.html */
function homeOf(region: string): string {
  if (region.startsWith('cn-')) return 'cn-northwest-1';
  return region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}

async function describe(caller: AwsCaller, account: string): Promise<string | undefined> {
  try {
    const { text } = await signedCall(caller, {
      service: 'organizations',
      target: 'AWSOrganizationsV20161128.DescribeAccount',
      contentType: 'application/x-amz-json-1.1',
      body: JSON.stringify({ AccountId: account }),
    });
    const { Account } = JSON.parse(text) as { readonly Account?: { readonly Name?: unknown } };
    return typeof Account?.Name === 'string' ? Account.Name : undefined;
  } catch (error) {
    // of another organisation, or left it
    if (error instanceof AwsRefusal && error.name === 'AccountNotFoundException') return undefined;
    throw error;
  }
}

async function tooLong(): Promise<never> {
  await wait(PATIENCE_MS, undefined, { ref: false });
  throw new Error(`Organizations has not answered within ${PATIENCE_MS} ms`);
}
