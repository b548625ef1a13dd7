import { Duration, Stack } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { type IEventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deadLetters, functionAlarms } from './alarms.ts';
import { bundledFunction, type FunctionSettings } from './bundled-function.ts';
import type { Stores } from './stores.ts';
import type { Topics } from './topics.ts';

/** How often each Region sends a beat; app/heartbeat.ts says how many may be missed. */
export const HEARTBEAT = Duration.minutes(15);

/**
 * Notes the heartbeats of all Regions and tells which have fallen silent, and whether anybody hears the alerts.
 *
 * Its own Region's beat is a rule on the default bus; those of members come over `bus`. A scheduled event bears the account and Region
 * that it comes from, and nobody but AWS can put one.
 */
export class HeartbeatFunction extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      settings: FunctionSettings;
      stores: Stores;
      queue: Queue;
      topics: Topics;
      bus?: IEventBus;
      alarmAction: IAlarmAction;
    },
  ) {
    super(scope, id);
    const { stores, queue, topics, bus, alarmAction } = props;
    const { fn } = bundledFunction(this, 'heartbeat', props.settings, {
      description: 'Launchtrail: notes heartbeats and tells which Regions have fallen silent',
      timeout: Duration.minutes(1),
      environment: {
        HISTORY_TABLE: stores.history.tableName,
        QUEUE_URL: queue.queueUrl,
        ALERTS_TOPIC: topics.alerts.topicArn,
        ACCOUNT: Stack.of(this).account,
      },
    });
    stores.grantLedger(fn, 'H');
    queue.grant(fn, 'sqs:SendMessage');
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['sns:GetTopicAttributes'], resources: [topics.alerts.topicArn] }),
    );
    const deadLetterQueue = deadLetters(this, 'Unheard', { what: 'note a heartbeat', action: alarmAction });
    const target = new LambdaFunction(fn, { deadLetterQueue });
    new Rule(this, 'Own', {
      description: "Launchtrail: this Region's own heartbeat",
      schedule: Schedule.rate(HEARTBEAT),
      targets: [target],
    });
    if (bus !== undefined)
      new Rule(this, 'Members', {
        eventBus: bus,
        description: 'Launchtrail: heartbeats of the members',
        eventPattern: { source: ['aws.events'], detailType: ['Scheduled Event'] },
        targets: [target],
      });
    functionAlarms(this, fn, 'heartbeat', alarmAction);
  }
}
