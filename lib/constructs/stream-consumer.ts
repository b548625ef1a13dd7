import { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import {
  FilterCriteria,
  FilterRule,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { alarmAt, functionAlarms } from './alarms.ts';
import { failedChanges } from './failed-changes.ts';
import { released } from './release.ts';

/**
 * How long a change of a verdict is tried before it is kept aside, whole. The stream keeps it for 24 hours.
 */
const MAX_AGE = Duration.hours(6);

/** Lets a function follow the changes of verdicts; `what` completes "Launchtrail could not … ". */
export function followFindings(
  scope: Construct,
  fn: LambdaFunction,
  role: IRole,
  props: {
    name: string;
    findings: ITable;
    what: string;
    batchSize: number;
    /** How long changes are gathered before the function is called. */
    gatherFor?: Duration;
    /** Batches of one shard that are handed over at a time. */
    lanes: number;
    gradual: boolean;
    alarmAction: IAlarmAction;
  },
): void {
  const action = props.alarmAction;
  const errors = functionAlarms(scope, fn, props.name, action);
  const called = props.gradual ? released(scope, fn, [errors]) : fn;
  called.addEventSource(
    new DynamoEventSource(props.findings, {
      // Not LATEST: changes between the creation of the stream and that of the mapping would be lost.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize,
      ...(props.gatherFor && { maxBatchingWindow: props.gatherFor }),
      // the names of verdicts and the notes of what has been told are nobody's news
      filters: [FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: FilterRule.beginsWith('V#') } } } })],
      // Lanes by partition key: order holds for each subject, and one stuck finding holds up few others.
      parallelizationFactor: props.lanes,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      maxRecordAge: MAX_AGE,
      onFailure: failedChanges(scope, role, { what: props.what, action }),
    }),
  );
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'dynamodb:ListStreams, which Lambda needs to follow a stream, cannot be limited to one table.',
  });
  alarmAt(scope, 'LagAlarm', {
    metric: fn.metric('IteratorAge', { period: Duration.minutes(5), statistic: 'Maximum' }),
    threshold: Duration.minutes(15).toMilliseconds(),
    description: `Launchtrail's ${props.name} function is more than 15 minutes behind the findings.`,
    runbook: 'findings-are-told-late',
    action,
  });
  alarmAt(scope, 'LostAlarm', {
    metric: fn.metric('DestinationDeliveryFailures', { period: Duration.minutes(5), statistic: 'Sum' }),
    threshold: 1,
    description: `Launchtrail could not ${props.what}, and could not keep the change aside either.`,
    runbook: 'a-failure-could-not-be-kept',
    action,
  });
}
