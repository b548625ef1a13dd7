import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { operations } from '../docs-home.ts';

/** Whoever gets an alarm finds under this heading of docs/operations.md what it means and what to do. */
type Runbook =
  | 'a-dead-letter-queue-has-grown'
  | 'messages-are-about-to-be-lost'
  | 'the-queue-is-behind'
  | 'records-fail'
  | 'a-function-fails'
  | 'a-function-is-throttled'
  | 'findings-are-told-late'
  | 'a-failure-could-not-be-kept'
  | 'a-table-is-throttled'
  | 'silence'
  | 'pushes-are-refused'
  | 'pushes-are-put-off'
  | 'a-topic-does-not-deliver'
  | 'a-policy-is-rejected';

/** An alarm: what is measured, when it is too much, and what a person is told. */
interface AlarmProps {
  readonly metric: IMetric;
  readonly threshold: number;
  /** One or two sentences. */
  readonly description: string;
  readonly runbook: Runbook;
  readonly action: IAlarmAction;
}

const described = (scope: Construct, { description, runbook }: AlarmProps): string =>
  `${description} See ${operations(scope, runbook)}`;

/** Raises an alarm as soon as one of some periods reaches the threshold; no data is no alarm. */
export function alarmAt(scope: Construct, id: string, props: AlarmProps, periods = 1): Alarm {
  const alarm = new Alarm(scope, id, {
    metric: props.metric,
    threshold: props.threshold,
    evaluationPeriods: periods,
    datapointsToAlarm: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: described(scope, props),
  });
  alarm.addAlarmAction(props.action);
  return alarm;
}

/** Raises an alarm when nothing reached the threshold in any of some periods; no data is nothing. */
export function alarmOfSilence(scope: Construct, id: string, props: AlarmProps, periods: number): void {
  const alarm = new Alarm(scope, id, {
    metric: props.metric,
    threshold: props.threshold,
    evaluationPeriods: periods,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.BREACHING,
    alarmDescription: described(scope, props),
  });
  alarm.addAlarmAction(props.action);
}

/** How long SQS keeps anything. */
const KEPT = Duration.days(14);
/** How old the oldest dead letter may become: four days are left to look at it. */
const OLD = Duration.days(10);

/**
 * A last stop for what could not be handled: kept as long as SQS keeps anything, with an alarm each time that it grows.
 * `what` completes the sentence "Launchtrail could not … ".
 *
 * It is the growth that is told. An alarm on the first message would say no more while that message stays.
 */
export function deadLetters(
  scope: Construct,
  id: string,
  props: { what: string; action: IAlarmAction },
): Queue {
  const queue = deadLetterQueue(scope, id);
  const { action } = props;
  const each = { period: Duration.minutes(5), statistic: 'Maximum' };
  alarmAt(
    scope,
    `${id}Alarm`,
    {
      // Whoever reads messages hides them, which is no change of their number. SQS says nothing of a queue that rests, which
      // is filled in, for without a value before it the first message would be no growth.
      metric: new MathExpression({
        label: 'messages more',
        expression: 'DIFF(FILL(visible, 0) + FILL(hidden, 0))',
        usingMetrics: {
          visible: queue.metricApproximateNumberOfMessagesVisible(each),
          hidden: queue.metricApproximateNumberOfMessagesNotVisible(each),
        },
        period: each.period,
      }),
      threshold: 1,
      description: `Launchtrail could not ${props.what}; the message is in the dead-letter queue for 14 days.`,
      runbook: 'a-dead-letter-queue-has-grown',
      action,
    },
    3,
  );
  alarmAt(scope, `${id}AgeAlarm`, {
    metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.hours(1), statistic: 'Maximum' }),
    threshold: OLD.toSeconds(),
    description: `Launchtrail could not ${props.what}; the oldest message will be deleted within four days.`,
    runbook: 'messages-are-about-to-be-lost',
    action,
  });
  return queue;
}

/** The queue of such a stop without its alarms, for where nobody is to be told. */
/** @param queueName only where somebody must know it without the stack */
export function deadLetterQueue(scope: Construct, id: string, queueName?: string): Queue {
  const queue = new Queue(scope, id, {
    ...(queueName !== undefined && { queueName }),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: KEPT,
  });
  const reason =
    'This is a dead-letter queue: its growth calls a person, and another queue behind it would call nobody.';
  Validations.of(queue).acknowledge(
    { id: 'AwsSolutions-SQS3', reason },
    { id: 'Serverless-SQSRedrivePolicy', reason },
  );
  return queue;
}

/** Alarms that every function has; gives the one on its failures. */
export function functionAlarms(scope: Construct, fn: IFunction, name: string, action: IAlarmAction): Alarm {
  const errors = alarmAt(scope, 'ErrorsAlarm', {
    metric: fn.metricErrors({ period: Duration.minutes(5) }),
    threshold: 1,
    description: `Launchtrail's ${name} function failed; what it was given is retried.`,
    runbook: 'a-function-fails',
    action,
  });
  alarmAt(scope, 'ThrottlesAlarm', {
    metric: fn.metricThrottles({ period: Duration.minutes(5) }),
    threshold: 10,
    description: `Launchtrail's ${name} function gets too few concurrent executions; findings come late.`,
    runbook: 'a-function-is-throttled',
    action,
  });
  return errors;
}

/** Throttled calls that a table may have in five minutes; the SDK repeats a few without anybody noticing. */
const THROTTLED = 10;

/** The alarm that a table has: more is asked of it, or of one of its keys, than it takes. */
export function tableAlarm(scope: Construct, table: ITable, name: string, action: IAlarmAction): void {
  const period = Duration.minutes(5);
  const of = (metricName: string) => table.metric(metricName, { period, statistic: 'Sum' });
  alarmAt(scope, `${name}ThrottlesAlarm`, {
    metric: new MathExpression({
      label: 'throttled calls',
      expression: 'FILL(reads, 0) + FILL(writes, 0)',
      usingMetrics: { reads: of('ReadThrottleEvents'), writes: of('WriteThrottleEvents') },
      period,
    }),
    threshold: THROTTLED,
    description: `DynamoDB refuses calls to Launchtrail's table ${name.toLowerCase()}; they are repeated, findings come late.`,
    runbook: 'a-table-is-throttled',
    action,
  });
}
