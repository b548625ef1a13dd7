import { setTimeout as wait } from 'node:timers/promises';
import type { AccountNames } from '../../app/ports.ts';
import { type AwsCaller, AwsRefusal, signedCall } from '../aws/signed-call.ts';
import { logger } from '../powertools/observability.ts';

type AccountNaming = Awaited<ReturnType<AccountNames>>;

/** How long an answer is believed, ms. */
const KEEP_MS = 3_600_000;
/** What a name may hold a message up, ms; the function has a minute for all of its messages. */
const PATIENCE_MS = 3_000;
/** After a failure nobody asks for so long, ms: a batch of findings waits for Organizations once. */
const PAUSE_MS = 300_000;

/** Names of accounts and their units by Organizations, each asked for once an hour; a failure is logged, and no name. */
export function organizationsNames(
  config: {
    readonly region: () => Promise<string>;
    readonly credentials: AwsCaller['credentials'];
  },
  now: () => number = Date.now,
): AccountNames {
  const known = new Map<string, { readonly naming: AccountNaming; readonly until: number }>();
  let pausedUntil = 0;
  return async (account) => {
    const before = known.get(account);
    if (now() < pausedUntil || (before !== undefined && now() < before.until)) return before?.naming ?? {};
    try {
      const caller = { region: homeOf(await config.region()), credentials: config.credentials };
      const asked = Promise.all([nameOf(caller, account), unitOf(caller, account)]);
      const [accountName, unit] = await Promise.race([asked, tooLong()]);
      const naming = { ...(accountName !== undefined && { accountName }), ...(unit && { unit }) };
      known.set(account, { naming, until: now() + KEEP_MS });
      return naming;
    } catch (error) {
      logger.warn('no name of an account', { account, error: String(error) });
      pausedUntil = now() + PAUSE_MS;
      return before?.naming ?? {};
    }
  };
}

/** Organizations has one home in each partition: https://docs.aws.amazon.com/general/latest/gr/ao.html */
function homeOf(region: string): string {
  if (region.startsWith('cn-')) return 'cn-northwest-1';
  return region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
}

async function nameOf(caller: AwsCaller, AccountId: string): Promise<string | undefined> {
  const answer = await ask(caller, 'DescribeAccount', { AccountId });
  return textOf(Object(answer?.Account).Name);
}

/** The unit that an account is in; undefined where it is in none, but directly below the root. */
async function unitOf(caller: AwsCaller, ChildId: string): Promise<AccountNaming['unit']> {
  const parents = await ask(caller, 'ListParents', { ChildId });
  const [parent] = Array.isArray(parents?.Parents) ? parents.Parents : [];
  const id = textOf(Object(parent).Id);
  if (id === undefined || Object(parent).Type !== 'ORGANIZATIONAL_UNIT') return undefined;
  const unit = await ask(caller, 'DescribeOrganizationalUnit', { OrganizationalUnitId: id });
  return { id, name: textOf(Object(unit?.OrganizationalUnit).Name) ?? id };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What Organizations answers; undefined for an account or unit that it does not have: of another organisation, or left it. */
async function ask(
  caller: AwsCaller,
  call: string,
  input: object,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const { text } = await signedCall(caller, {
      service: 'organizations',
      target: `AWSOrganizationsV20161128.${call}`,
      contentType: 'application/x-amz-json-1.1',
      body: JSON.stringify(input),
    });
    return Object(JSON.parse(text));
  } catch (error) {
    if (error instanceof AwsRefusal && NOT_THERE.has(error.name)) return undefined;
    throw error;
  }
}

const NOT_THERE: ReadonlySet<string> = new Set([
  'AccountNotFoundException',
  'ChildNotFoundException',
  'OrganizationalUnitNotFoundException',
]);

async function tooLong(): Promise<never> {
  await wait(PATIENCE_MS, undefined, { ref: false });
  throw new Error(`Organizations has not answered within ${PATIENCE_MS} ms`);
}
