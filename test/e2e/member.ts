import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { unscheduled } from './deploy.ts';
import { startMoto } from './moto.ts';
import { putEvents } from './pipeline.ts';
import type { TrailRecord } from './records.ts';
import type { Resource, Template } from './synth.ts';

/** An event as EventBridge delivers it: with the account and Region that it is from. */
export interface Envelope {
  readonly account: string;
  readonly region: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: TrailRecord;
}

/** An account with the member stack in some Regions. */
export interface Member {
  /** What happens in a Region, as CloudTrail tells its default bus; gives what the member stack's rules send on. */
  say(region: string, records: readonly TrailRecord[], source?: string): Promise<Envelope[]>;
  stop(): Promise<void>;
}

const BUS = 'arn:aws:events:eu-west-1:111122223333:event-bus/launchtrail';

/**
 * Makes an account on a moto server of its own. The rules of its stack send to a queue in place of the central bus, which is
 * in another account and so on another server.
 */
export async function startMember(
  template: Template,
  account: string,
  regions: readonly string[],
): Promise<Member> {
  const moto = await startMoto(account);
  const config = (region: string) => ({
    endpoint: moto.endpoint,
    region,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
  for (const region of regions) {
    await new CloudFormationClient(config(region)).send(
      new CreateStackCommand({
        StackName: 'LaunchtrailMember',
        TemplateBody: JSON.stringify(toQueue(template)),
        Parameters: [{ ParameterKey: 'CentralBus', ParameterValue: BUS }],
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
  }
  return {
    async say(region, records, source) {
      await putEvents(records, source, new EventBridgeClient(config(region)));
      const sent = await sentOn(new SQSClient({ ...config(region), useQueueUrlAsEndpoint: false }));
      // moto leaves out what EventBridge writes itself
      return sent.map((event) => ({ ...event, account, region }));
    },
    stop: moto.stop,
  };
}

function toQueue(template: Template): object {
  const target = { Id: 'bus', Arn: { 'Fn::GetAtt': ['Sent', 'Arn'] } };
  const turned = ([id, resource]: [string, Resource]): [string, Resource] => [
    id,
    resource.Type === 'AWS::Events::Rule'
      ? unscheduled({ ...resource, Properties: { ...resource.Properties, Targets: [target] } })
      : resource,
  ];
  const Resources = Object.fromEntries(Object.entries(template.Resources).map(turned));
  return {
    ...template,
    Resources: { ...Resources, Sent: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'sent' } } },
  };
}

async function sentOn(sqs: SQSClient): Promise<Envelope[]> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'sent' }));
  const sent: Envelope[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return sent;
    for (const { Body = '', ReceiptHandle } of Messages) {
      sent.push(JSON.parse(Body));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}
