import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import type { Resource, Synthesised } from './synth.ts';

/** A function of the stack: where its bundle is and what environment the template gives it, resolved by moto. */
export interface DeployedFunction {
  readonly bundle: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Deployed {
  /** By handler: `detect`, `notify`, `respond`. */
  readonly functions: ReadonlyMap<string, DeployedFunction>;
  /** The physical id (queue URL, topic ARN, table name) of the resource whose logical id starts so. */
  physical(logicalIdPrefix: string): string;
}

/**
 * Types that moto must not get: it would run the event source mappings itself, in containers. The tests do the work of
 * the mappings instead, with the batch sizes that the template says. It cannot read the pattern of an archive.
 */
const LEFT_OUT = [
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Permission',
  'AWS::Events::Archive',
  'AWS::CDK::Metadata',
];

/** To moto an event that crosses accounts is from the account it goes to. So organisation.test.ts is the central bus. */
const isOfCentralBus = ({ Type, Properties: { EventBusName = 'default', Name } = {} }: Resource): boolean =>
  (Type.startsWith('AWS::Events::EventBus') && Name !== 'launchtrail-findings') || EventBusName !== 'default';

/** To moto a rule without a pattern matches every event. The tests send what a schedule would. */
export function unscheduled(resource: Resource): Resource {
  const { Type, Properties: { ScheduleExpression, ...rest } = {} } = resource;
  if (Type !== 'AWS::Events::Rule' || ScheduleExpression === undefined) return resource;
  return { ...resource, Properties: { ...rest, EventPattern: { source: ['nobody'] } } };
}

/**
 * Creates the synthesised stack on moto.
 *
 * `cdk deploy` itself needs the bootstrap bucket and roles; CreateStack with the template body needs neither. What
 * changes: `LEFT_OUT`, the bootstrap version parameter and rule (an SSM look-up), and outputs are added, since outputs
 * are the way to have moto resolve the functions' environment.
 */
export async function deploy({ template, folder }: Synthesised): Promise<Deployed> {
  const kept = Object.entries(template.Resources)
    .filter(([, resource]) => !LEFT_OUT.includes(resource.Type) && !isOfCentralBus(resource))
    .map(([id, resource]): [string, Resource] => [id, unscheduled(resource)]);
  const functions = kept.filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  const asked = new Map<string, unknown>([
    ...kept.map(([id]): [string, unknown] => [`Ref${id}`, { Ref: id }]),
    ...functions.flatMap(([id, { Properties }]) =>
      Object.entries(environmentOf(Properties)).map(([name, value]): [string, unknown] => [
        `${id}${plain(name)}`,
        value,
      ]),
    ),
  ]);
  const body = {
    ...template,
    Parameters: {},
    Rules: {},
    Conditions: {},
    Resources: Object.fromEntries(kept),
    Outputs: Object.fromEntries([...asked].map(([name, Value]) => [name, { Value }])),
  };
  const outputs = await createStack(JSON.stringify(body));

  return {
    functions: new Map(
      functions.map(([id, resource]) => [
        handlerOf(resource),
        {
          bundle: join(folder, assetFolder(resource), 'index.mjs'),
          env: Object.fromEntries(
            Object.keys(environmentOf(resource.Properties)).map((name) => [
              name,
              outputs.get(`${id}${plain(name)}`) ?? '',
            ]),
          ),
        },
      ]),
    ),
    physical(prefix) {
      const found = [...outputs].find(([name]) => name.startsWith(`Ref${prefix}`));
      if (found === undefined)
        throw new Error(`no resource of the stack has a logical id that starts with ${prefix}`);
      return found[1];
    },
  };
}

async function createStack(TemplateBody: string): Promise<Map<string, string>> {
  const client = new CloudFormationClient();
  await client.send(
    new CreateStackCommand({ StackName: 'Launchtrail', TemplateBody, Capabilities: ['CAPABILITY_IAM'] }),
  );
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'Launchtrail' }));
  const stack = Stacks?.[0];
  if (stack?.StackStatus !== 'CREATE_COMPLETE')
    throw new Error(`stack is ${stack?.StackStatus}: ${stack?.StackStatusReason}`);
  return new Map(
    (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

/** Environment variables as the template writes them: text or expressions. */
function environmentOf(properties: Resource['Properties']): Record<string, unknown> {
  const environment = properties?.Environment as { Variables?: Record<string, unknown> } | undefined;
  return environment?.Variables ?? {};
}

const handlerOf = ({ Properties }: Resource): string =>
  String(environmentOf(Properties).POWERTOOLS_SERVICE_NAME).replace('launchtrail-', '');

/** Assets are stored under the hash of their content. */
function assetFolder({ Properties }: Resource): string {
  const code = Properties?.Code as { S3Key: string };
  return `asset.${code.S3Key.replace('.zip', '')}`;
}

/** Outputs have no underscores in their names. */
const plain = (name: string): string => name.replaceAll('_', '');
