import { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { WatchedSource } from '../../core/records/cloudtrail/events.ts';
import { alarmAt, deadLetters } from './alarms.ts';
import { eventPatterns } from './event-patterns.ts';

/** A record is tried this often before it goes to the dead-letter queue. */
const MAX_RECEIVES = 5;

/** Six times the timeout of `detect`, as Lambda asks for, so that no message is handed out twice while it is judged. */
const VISIBILITY = Duration.seconds(360);

/** Rules on the default bus → one queue. The only part that changes when records come over a central bus instead. */
export class Ingest extends Construct {
  readonly queue: Queue;

  constructor(
    scope: Construct,
    id: string,
    props: { watched: readonly WatchedSource[]; alarmAction: IAlarmAction },
  ) {
    super(scope, id);
    const action = props.alarmAction;
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: VISIBILITY,
      deadLetterQueue: {
        maxReceiveCount: MAX_RECEIVES,
        queue: deadLetters(this, 'Unjudged', { what: `judge a record in ${MAX_RECEIVES} attempts`, action }),
      },
    });
    const deadLetterQueue = deadLetters(this, 'Undelivered', {
      what: 'bring a record from EventBridge to its queue',
      action,
    });
    // The most EventBridge offers: what it cannot deliver for a day goes to the dead-letter queue.
    const target: IRuleTarget = {
      bind: () => ({
        arn: this.queue.queueArn,
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
        retryPolicy: { maximumRetryAttempts: 185, maximumEventAgeInSeconds: Duration.hours(24).toSeconds() },
        targetResource: this.queue,
      }),
    };
    const rules = [...eventPatterns(props.watched)].map(
      ([name, eventPattern]) =>
        new Rule(this, name, {
          description: 'Launchtrail: CloudTrail records of launches, snapshots and what happens to both',
          eventPattern,
          targets: [target],
        }),
    );
    for (const queue of [this.queue, deadLetterQueue]) letIn(queue, rules);
    alarmAt(this, 'BacklogAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: Duration.minutes(15).toSeconds(),
      description: 'Launchtrail is more than 15 minutes behind; findings come late, nothing is lost.',
      action,
    });
  }
}

/**
 * Lets rules send to a queue, by one statement for all of them. The target of the library writes one for each rule, and SQS
 * refuses a policy with more than 10 conditions or 20 statements.
 */
function letIn(queue: IQueue, rules: readonly Rule[]): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rules.map(({ ruleArn }) => ruleArn) } },
    }),
  );
}
