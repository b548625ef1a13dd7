import { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { alarmAt, deadLetters, functionAlarms } from './alarms.ts';

/**
 * How long a change of a verdict is tried before it goes to the dead-letter queue. A stream keeps it for 24 hours, so
 * this leaves eighteen to have somebody look.
 */
const MAX_AGE = Duration.hours(6);

/** Lets a function follow the changes of verdicts; `what` completes "Launchtrail could not … ". */
export function followFindings(
  scope: Construct,
  fn: IFunction,
  role: IRole,
  props: {
    name: string;
    findings: Table;
    what: string;
    batchSize: number;
    /** How long changes are gathered before the function is called. */
    gatherFor?: Duration;
    alarmAction: IAlarmAction;
  },
): void {
  const action = props.alarmAction;
  fn.addEventSource(
    // CDK's own Table does not satisfy its ITable under exactOptionalPropertyTypes.
    new DynamoEventSource(props.findings as ITable, {
      // Not LATEST: changes between the creation of the stream and that of the mapping would be lost.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize,
      ...(props.gatherFor && { maxBatchingWindow: props.gatherFor }),
      // the names of verdicts and the notes of what has been told are nobody's news
      filters: [FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: FilterRule.beginsWith('V#') } } } })],
      // Lanes by partition key: order holds for each subject, and one stuck finding holds up few others.
      parallelizationFactor: 10,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      maxRecordAge: MAX_AGE,
      onFailure: new SqsDlq(deadLetters(scope, 'Failed', { what: props.what, action })),
    }),
  );
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'dynamodb:ListStreams, which Lambda needs to follow a stream, cannot be limited to one table.',
  });
  functionAlarms(scope, fn, props.name, action);
  alarmAt(scope, 'LagAlarm', {
    metric: fn.metric('IteratorAge', { period: Duration.minutes(5), statistic: 'Maximum' }),
    threshold: Duration.minutes(15).toMilliseconds(),
    description: `Launchtrail's ${props.name} function is more than 15 minutes behind the findings.`,
    action,
  });
}
