import { dynamoDecisions } from '../../adapters/dynamo/decisions.ts';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoSettings } from '../../adapters/dynamo/settings.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { openStack, resourcesOf, type Stack } from '../redrive/stack.ts';
import type { Stores } from '../replay/stores.ts';

/** A deployment, by the names of the stack and of the Region; without one that of the reader's AWS settings. */
interface Deployed {
  readonly stack: string;
  readonly region?: string | undefined;
}

/**
 * Opens the tables of a deployed stack with the reader's own AWS settings: environment, profile, SSO, role. Nothing is written.
 *
 * @throws Error that says what is missing
 */
export async function openDeployed({ stack, region }: Deployed): Promise<Stores> {
  const [opened, dynamo, document] = await Promise.all([
    openStack({ stack, ...(region !== undefined && { region }) }),
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  const history = tableIn(opened, stack, 'History');
  const findings = tableIn(opened, stack, 'Findings');
  const settings = tableOf(opened, 'Settings');
  const client = new dynamo.DynamoDBClient({ region: opened.caller.region });
  const documents = document.DynamoDBDocumentClient.from(client);
  return {
    history: dynamoHistory(documents, history),
    verdicts: dynamoVerdicts(documents, findings),
    decisions: dynamoDecisions(documents, findings),
    ...(settings !== undefined && { settings: dynamoSettings(documents, settings) }),
    close: () => client.destroy(),
  };
}

/** CDK puts a hash behind the names of the construct and of what is in it. */
const tableOf = (opened: Stack, name: string): string | undefined =>
  resourcesOf(opened, 'AWS::DynamoDB::Table', new RegExp(`^Stores${name}`))[0]?.physical;

function tableIn(opened: Stack, stack: string, name: string): string {
  const found = tableOf(opened, name);
  if (found === undefined)
    throw new Error(
      `stack ${stack}: it has no ${name.toLowerCase()} table, so it is no stack of Launchtrail`,
    );
  return found;
}
