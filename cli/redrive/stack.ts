import type { AwsCaller } from '../../adapters/aws/signed-call.ts';
import { reasonOf } from '../input/damage.ts';

/** A resource of a deployed stack. */
export interface Resource {
  readonly type: string;
  /** Name in the template: the path of constructs, and a hash of CDK's. */
  readonly logical: string;
  /** Of a queue its address, of anything else its name or ARN. */
  readonly physical: string;
}

/** A deployed stack, and who asks. */
export interface Stack {
  readonly caller: AwsCaller;
  readonly resources: readonly Resource[];
}

/** A deployment, by the names of the stack and of the Region; without one that of the reader's AWS settings. */
export interface Deployed {
  readonly stack: string;
  readonly region?: string;
}

/**
 * Reads what a stack is made of, with the reader's own AWS settings: environment, profile, SSO, role.
 *
 * @throws Error that says what is missing
 */
export async function openStack({ stack, region }: Deployed): Promise<Stack> {
  const sdk = await import('@aws-sdk/client-cloudformation');
  const client = new sdk.CloudFormationClient(region === undefined ? {} : { region });
  try {
    const resources: Resource[] = [];
    // DescribeStackResources stops at a hundred
    for await (const page of sdk.paginateListStackResources({ client }, { StackName: stack }))
      for (const { ResourceType, LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? [])
        if (ResourceType && LogicalResourceId && PhysicalResourceId)
          resources.push({ type: ResourceType, logical: LogicalResourceId, physical: PhysicalResourceId });
    return {
      caller: { region: await client.config.region(), credentials: client.config.credentials },
      resources,
    };
  } catch (error) {
    throw new Error(awsTrouble(error, stack), { cause: error });
  } finally {
    client.destroy();
  }
}

/** Resources of a type whose logical name holds a word. */
export const resourcesOf = ({ resources }: Stack, type: string, word: RegExp): Resource[] =>
  resources.filter((each) => each.type === type && word.test(each.logical));

/** Says in words why AWS did not answer. */
export function awsTrouble(error: unknown, stack: string): string {
  const [name, reason] = [error instanceof Error ? error.name : '', reasonOf(error)];
  if (/CredentialsProviderError|Could not load credentials/.test(`${name} ${reason}`))
    return 'no AWS credentials were found: set AWS_PROFILE, sign in, or assume a role';
  if (/Region is missing/.test(reason)) return 'no AWS Region was found: give --region or set AWS_REGION';
  if (/AccessDenied|not authorized/i.test(`${name} ${reason}`))
    return `stack ${stack}: ${reason}; docs/operations.md and docs/commands.md name the rights that this command needs`;
  return `stack ${stack}: ${reason}`;
}
