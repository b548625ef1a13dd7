import { Duration } from 'aws-cdk-lib';
import { StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { docsFor } from '../docs-home.ts';
import { deadLetters, functionAlarms } from './alarms.ts';
import { bundledFunction, type FunctionSettings } from './bundled-function.ts';
import type { Stores } from './stores.ts';
import type { Topics } from './topics.ts';

/**
 * Tells people of each change of the policy: stream of the settings → alerts; nothing else. A function of its own, so that neither whoever
 * pushes nor whoever tells of findings needs the rights of the other.
 */
export class AnnounceFunction extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { settings: FunctionSettings; stores: Stores; topics: Topics },
  ) {
    super(scope, id);
    const { stores, topics } = props;
    const docs = docsFor(this);
    const { alerts, alarmAction } = topics;
    const { fn, role } = bundledFunction(this, 'announce', props.settings, {
      description: 'Launchtrail: tells people of changes of the policy',
      timeout: Duration.minutes(1),
      environment: {
        ALERTS_TOPIC: alerts.topicArn,
        SETTINGS_TABLE: stores.settings.tableName,
        ...(docs !== undefined && { DOCS: docs }),
      },
    });
    stores.grantSettings(fn);
    alerts.grantPublish(fn);
    Validations.of(role).acknowledge(
      {
        id: 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
        reason: 'What SNS needs to encrypt a message, on the one key of the two topics.',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason:
          'dynamodb:ListStreams, which Lambda needs to follow a stream, cannot be limited to one table.',
      },
    );
    fn.addEventSource(
      new DynamoEventSource(stores.settings, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 1,
        reportBatchItemFailures: true,
        maxRecordAge: Duration.hours(6),
        // a queue hears where in the stream it was; the versions themselves stay in the table
        onFailure: new SqsDlq(
          deadLetters(this, 'Failed', { what: 'tell of a changed policy', action: alarmAction }),
        ),
      }),
    );
    functionAlarms(this, fn, 'announce', alarmAction);
  }
}
