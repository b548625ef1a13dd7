import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Raises an alarm as soon as one period reaches the threshold; no data is no alarm. */
export function alarmAt(
  scope: Construct,
  id: string,
  props: { metric: IMetric; threshold: number; description: string; action: IAlarmAction },
): void {
  const alarm = new Alarm(scope, id, {
    metric: props.metric,
    threshold: props.threshold,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: props.description,
  });
  alarm.addAlarmAction(props.action);
}

/**
 * A last stop for what could not be handled: kept as long as SQS keeps anything, with an alarm on the first message.
 * `what` completes the sentence "Launchtrail could not … ".
 */
export function deadLetters(
  scope: Construct,
  id: string,
  props: { what: string; action: IAlarmAction },
): IQueue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  const reason =
    'This is a dead-letter queue: its alarm calls a person, and another queue behind it would call nobody.';
  Validations.of(queue).acknowledge(
    { id: 'AwsSolutions-SQS3', reason },
    { id: 'Serverless-SQSRedrivePolicy', reason },
  );
  alarmAt(scope, `${id}Alarm`, {
    metric: queue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    }),
    threshold: 1,
    description: `Launchtrail could not ${props.what}; the message is in the dead-letter queue for 14 days.`,
    action: props.action,
  });
  return queue;
}

/** Alarms that every function has. */
export function functionAlarms(scope: Construct, fn: IFunction, name: string, action: IAlarmAction): void {
  alarmAt(scope, 'ErrorsAlarm', {
    metric: fn.metricErrors({ period: Duration.minutes(5) }),
    threshold: 1,
    description: `Launchtrail's ${name} function failed; what it was given is retried.`,
    action,
  });
  alarmAt(scope, 'ThrottlesAlarm', {
    metric: fn.metricThrottles({ period: Duration.minutes(5) }),
    threshold: 10,
    description: `Launchtrail's ${name} function gets too few concurrent executions; findings come late.`,
    action,
  });
}
