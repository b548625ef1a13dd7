import { readFile } from 'node:fs/promises';
import { dynamoDecisions } from '../../adapters/dynamo/decisions.ts';
import { dynamoSettings } from '../../adapters/dynamo/settings.ts';
import { sqliteStores } from '../../adapters/sqlite/stores.ts';
import type { DecisionStore } from '../../app/ports.ts';
import type { Settings } from '../../app/settings.ts';
import { reasonOf } from '../input/damage.ts';
import { type ChosenPolicy, loadPolicyOf } from '../load-policy.ts';
import { awsTrouble, openStack, resourcesOf } from '../redrive/stack.ts';
import { type Decision, readDecisions } from './decisions.ts';

/** Where decisions are: a file of JSON lines, a state file, or a deployment. */
export interface DecisionSource {
  readonly decisions?: string;
  readonly state?: string;
  readonly stack?: string;
  readonly region?: string;
}

export type Decided =
  | { readonly ok: true; readonly decisions: readonly Decision[]; readonly chosen: ChosenPolicy }
  /** One line for each thing that is wrong. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** How long ago something may have been decided, ms: longer than a replay of records goes back. */
const REACH = 400 * 86_400_000;

/**
 * Decisions of people, and the policy to tune: the file that is named, else the one that was pushed where the decisions are, else the file
 * beside us or the defaults.
 */
export async function decidedIn(source: DecisionSource, policy: string | undefined): Promise<Decided> {
  const { decisions, state, stack, region } = source;
  const named = [decisions, state, stack].filter((each) => each !== undefined);
  if (named.length !== 1)
    return no('name one place with decisions: --decisions FILE, --state FILE or --stack NAME');
  try {
    if (decisions !== undefined) return await inFile(decisions, policy);
    if (state !== undefined) {
      const stores = sqliteStores(state, { readOnly: true });
      try {
        return await kept(`state file ${state}`, stores, policy);
      } finally {
        stores.close();
      }
    }
    return await deployed({ stack: String(stack), ...(region !== undefined && { region }) }, policy);
  } catch (error) {
    return no(reasonOf(error));
  }
}

const no = (...problems: readonly string[]): Decided => ({ ok: false, problems });

async function inFile(file: string, policy: string | undefined): Promise<Decided> {
  const text = await readFile(file, 'utf8').catch(
    (error: unknown) => new Error(`${file}: ${reasonOf(error)}`),
  );
  if (text instanceof Error) return no(text.message);
  const read = readDecisions(file, text);
  return read.ok ? { ...read, chosen: await loadPolicyOf(policy, {}) } : read;
}

async function kept(
  name: string,
  stores: { readonly decisions: DecisionStore; readonly settings?: Settings },
  policy: string | undefined,
): Promise<Decided> {
  const decisions: Decision[] = [];
  const now = Date.now();
  for await (const { as, at, records } of stores.decisions.within({ from: now - REACH, to: now }))
    decisions.push({ as, at, records: records.map(({ id }) => id) });
  if (decisions.length === 0)
    return no(`${name}: nothing was decided yet; launchtrail findings close says what a finding was`);
  return { ok: true, decisions, chosen: await loadPolicyOf(policy, stores) };
}

async function deployed(
  stack: { readonly stack: string; readonly region?: string },
  policy: string | undefined,
): Promise<Decided> {
  const opened = await openStack(stack);
  const table = (name: RegExp): string | undefined =>
    resourcesOf(opened, 'AWS::DynamoDB::Table', name)[0]?.physical;
  const [findings, settings] = [table(/^StoresFindings/), table(/^StoresSettings/)];
  if (findings === undefined) return no(`stack ${stack.stack} has no table of Launchtrail`);
  const [dynamo, document] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  const { region, credentials } = opened.caller;
  const plain = new dynamo.DynamoDBClient({ region, credentials });
  const client = document.DynamoDBDocumentClient.from(plain);
  try {
    const stores = {
      decisions: dynamoDecisions(client, findings),
      ...(settings !== undefined && { settings: dynamoSettings(client, settings) }),
    };
    return await kept(`stack ${stack.stack}`, stores, policy);
  } catch (error) {
    return no(awsTrouble(error, stack.stack));
  } finally {
    plain.destroy();
  }
}
