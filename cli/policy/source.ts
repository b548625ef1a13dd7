import { hostname, userInfo } from 'node:os';
import { dynamoSettings } from '../../adapters/dynamo/settings.ts';
import { sqliteStores } from '../../adapters/sqlite/stores.ts';
import { policyOf } from '../../app/policy-in-force.ts';
import type { PolicyVersion, SettingsStore } from '../../app/settings.ts';
import type { Completed } from '../../core/policy/completed.ts';
import { defaultPolicy, type Policy } from '../../core/policy/policy.ts';
import { sha256 } from '../load-policy.ts';
import { awsTrouble, openStack, resourcesOf } from '../redrive/stack.ts';

/** Where policies are pushed to: a deployment or a state file. */
export interface SettingsSource {
  readonly stack?: string;
  readonly region?: string;
  readonly state?: string;
}

export interface OpenedSettings {
  readonly store: SettingsStore;
  /** How messages call it. */
  readonly name: string;
  /** Options that name it in a command. */
  readonly options: string;
  /** Who is at work here, for the log of versions. */
  readonly who: () => Promise<string>;
  close(): void;
}

/**
 * Opens the settings of a deployment or of a state file.
 *
 * @param readOnly a state file must be there, and is not changed
 * @throws Error that says what is missing
 */
export async function openSettings(
  { stack, region, state }: SettingsSource,
  { readOnly = false } = {},
): Promise<OpenedSettings> {
  if ((stack === undefined) === (state === undefined))
    throw new Error('name a deployment with --stack, or a state file with --state');
  if (stack !== undefined) return deployed(stack, region);
  const { settings, close } = sqliteStores(String(state), { readOnly });
  return {
    store: settings,
    name: `state file ${state}`,
    options: `--state ${state}`,
    who: async () => `${userInfo().username} at ${hostname()} (not verified)`,
    close,
  };
}

async function deployed(stack: string, region: string | undefined): Promise<OpenedSettings> {
  const opened = await openStack({ stack, ...(region !== undefined && { region }) });
  const [table] = resourcesOf(opened, 'AWS::DynamoDB::Table', /^StoresSettings/);
  if (table === undefined)
    throw new Error(`stack ${stack} has no table of settings: deploy this version first`);
  const [dynamo, document] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  const { region: own, credentials } = opened.caller;
  const client = new dynamo.DynamoDBClient({ region: own, credentials });
  return {
    store: told(dynamoSettings(document.DynamoDBDocumentClient.from(client), table.physical), stack),
    name: `stack ${stack}`,
    options: `--stack ${stack}${region === undefined ? '' : ` --region ${region}`}`,
    async who() {
      const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
      const sts = new STSClient({ region: own, credentials });
      try {
        const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
        return Arn ?? 'unknown';
      } finally {
        sts.destroy();
      }
    },
    close: () => client.destroy(),
  };
}

/** A store whose failures say in words what AWS answered. */
function told(store: SettingsStore, stack: string): SettingsStore {
  const saying = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      throw new Error(awsTrouble(error, stack), { cause: error });
    }
  };
  return {
    pointer: () => saying(store.pointer()),
    version: (version) => saying(store.version(version)),
    add: (version) => saying(store.add(version)),
    point: (to, from) => saying(store.point(to, from)),
  };
}

/** The policy of a version that is kept, or why it is not what was pushed. */
export const readVersion = (version: PolicyVersion): Completed =>
  policyOf(version, version, { defaults: defaultPolicy, sha256 });

/**
 * The same for whoever cannot go on without.
 *
 * @throws Error that says why it is not what was pushed
 */
export function policyIn(version: PolicyVersion): Policy {
  const read = readVersion(version);
  if (!read.ok) throw new Error(read.reason);
  return read.policy;
}
