import { CfnOutput, Duration, type Stack } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { deadLetters, functionAlarms } from './alarms.ts';
import { bundledFunction, type FunctionSettings } from './bundled-function.ts';
import type { Topics } from './topics.ts';

/** Tries of a message, each some six minutes after the other: an hour in which Security Hub may be switched on. */
const MAX_RECEIVES = 10;
const TIMEOUT = Duration.minutes(1);
/** Whoever writes rules for it, also in another stack, names it. */
const BUS_NAME = 'launchtrail-findings';

/**
 * Sends on what the findings topic says, by a queue of its own: an output that is out of order holds up no alert, and what it
 * was not given waits, and ends in a dead-letter queue with an alarm.
 */
class Follower extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      name: 'hub' | 'bus';
      settings: FunctionSettings;
      findings: ITopic;
      environment: Record<string, string>;
      right: PolicyStatement;
      description: string;
      /** Completes "Launchtrail could not … ". */
      what: string;
      alarmAction: IAlarmAction;
    },
  ) {
    super(scope, id);
    const { alarmAction: action } = props;
    const { fn, role } = bundledFunction(this, props.name, props.settings, {
      description: props.description,
      timeout: TIMEOUT,
      environment: props.environment,
    });
    role.addToPolicy(props.right);
    const unsent = deadLetters(this, 'Unsent', { what: props.what, action });
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // six times the timeout, as Lambda asks for
      visibilityTimeout: Duration.minutes(6),
      deadLetterQueue: { maxReceiveCount: MAX_RECEIVES, queue: unsent },
    });
    props.findings.addSubscription(new SqsSubscription(queue, { deadLetterQueue: unsent }));
    fn.addEventSource(
      new SqsEventSource(queue, {
        batchSize: 10,
        maxBatchingWindow: Duration.seconds(5),
        maxConcurrency: 2,
        reportBatchItemFailures: true,
      }),
    );
    Validations.of(fn).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'A queue cannot have a failure destination; what fails goes to the dead-letter queue of the queue itself.',
    });
    functionAlarms(this, fn, props.name, action);
  }
}

/** What follows the findings topic where it is asked for: Security Hub of this account and Region, and a bus for findings. */
export function followersOf(
  stack: Stack,
  props: { settings: FunctionSettings; topics: Topics; securityHub: boolean; findingsBus: boolean },
): void {
  const { settings, topics } = props;
  const common = { settings, findings: topics.findings, alarmAction: topics.alarmAction };
  const { partition, region, account } = stack;
  if (props.securityHub) {
    const product = `arn:${partition}:securityhub:${region}:${account}:product/${account}/default`;
    new Follower(stack, 'Hub', {
      ...common,
      name: 'hub',
      description: 'Launchtrail: imports findings into Security Hub',
      what: 'import a finding into Security Hub',
      environment: { ACCOUNT: account, PARTITION: partition },
      right: new PolicyStatement({ actions: ['securityhub:BatchImportFindings'], resources: [product] }),
    });
  }
  if (props.findingsBus) {
    const bus = new EventBus(stack, 'FindingsBus', {
      eventBusName: BUS_NAME,
      description: 'Launchtrail: findings as OCSF, for rules of whoever wants to act on them',
    });
    new Follower(stack, 'PutOnBus', {
      ...common,
      name: 'bus',
      description: 'Launchtrail: puts findings on a bus',
      what: 'put a finding on its bus',
      environment: { FINDINGS_BUS: BUS_NAME },
      right: new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }),
    });
    new CfnOutput(stack, 'FindingsBusArn', {
      value: bus.eventBusArn,
      description: 'Findings as events, for rules',
    });
  }
}
