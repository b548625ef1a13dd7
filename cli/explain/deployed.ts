import type { StackResource } from '@aws-sdk/client-cloudformation';
import { dynamoDecisions } from '../../adapters/dynamo/decisions.ts';
import { dynamoHistory } from '../../adapters/dynamo/history.ts';
import { dynamoSettings } from '../../adapters/dynamo/settings.ts';
import { dynamoVerdicts } from '../../adapters/dynamo/verdicts.ts';
import { reasonOf } from '../input/damage.ts';
import type { Stores } from '../replay/stores.ts';

/** Rights that reading a deployment needs, as docs/commands.md writes them down. */
const RIGHTS =
  'it needs cloudformation:DescribeStackResources on the stack, dynamodb:Scan, dynamodb:Query and dynamodb:BatchGetItem on its findings table, dynamodb:Query on its history table, and dynamodb:GetItem on its settings table';

/** A deployment, by the names of the stack and of the Region; without one that of the reader's AWS settings. */
export interface Deployed {
  readonly stack: string;
  readonly region?: string | undefined;
}

/**
 * Opens the tables of a deployed stack with the reader's own AWS settings: environment, profile, SSO, role. Nothing is written.
 *
 * @throws Error that says what is missing
 */
export async function openDeployed({ stack, region }: Deployed): Promise<Stores> {
  const [cloudFormation, dynamo, document] = await Promise.all([
    import('@aws-sdk/client-cloudformation'),
    import('@aws-sdk/client-dynamodb'),
    import('@aws-sdk/lib-dynamodb'),
  ]);
  const aws = region === undefined ? {} : { region };
  const formation = new cloudFormation.CloudFormationClient(aws);
  try {
    const { StackResources = [] } = await formation.send(
      new cloudFormation.DescribeStackResourcesCommand({ StackName: stack }),
    );
    const client = new dynamo.DynamoDBClient(aws);
    const documents = document.DynamoDBDocumentClient.from(client);
    const settings = tableOf(StackResources, 'Settings');
    const findings = tableIn(StackResources, 'Findings');
    return {
      history: dynamoHistory(documents, tableIn(StackResources, 'History')),
      verdicts: dynamoVerdicts(documents, findings),
      decisions: dynamoDecisions(documents, findings),
      ...(settings !== undefined && { settings: dynamoSettings(documents, settings) }),
      close: () => client.destroy(),
    };
  } catch (error) {
    throw new Error(awsTrouble(error, stack), { cause: error });
  } finally {
    formation.destroy();
  }
}

/** CDK puts a hash behind the names of the construct and of what is in it. */
const tableOf = (resources: readonly StackResource[], name: string): string | undefined =>
  resources.find(
    ({ ResourceType, LogicalResourceId = '' }) =>
      ResourceType === 'AWS::DynamoDB::Table' && LogicalResourceId.startsWith(`Stores${name}`),
  )?.PhysicalResourceId;

function tableIn(resources: readonly StackResource[], name: string): string {
  const found = tableOf(resources, name);
  if (found === undefined)
    throw new Error(`it has no ${name.toLowerCase()} table, so it is no stack of Launchtrail`);
  return found;
}

/** Says in words why AWS did not answer. */
export function awsTrouble(error: unknown, stack: string): string {
  const [name, reason] = [error instanceof Error ? error.name : '', reasonOf(error)];
  if (/CredentialsProviderError|Could not load credentials/.test(`${name} ${reason}`))
    return 'no AWS credentials were found: set AWS_PROFILE, sign in, or assume a role';
  if (/Region is missing/.test(reason)) return 'no AWS Region was found: give --region or set AWS_REGION';
  if (/AccessDenied|not authorized/i.test(`${name} ${reason}`)) return `stack ${stack}: ${reason}; ${RIGHTS}`;
  return `stack ${stack}: ${reason}`;
}
