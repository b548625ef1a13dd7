import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { deadLetters, functionAlarms } from './alarms.ts';
import { bundledFunction, type FunctionSettings } from './bundled-function.ts';
import type { Stores } from './stores.ts';
import type { Topics } from './topics.ts';

/** As app/flood.ts says. */
export const DIGEST = Duration.minutes(15);

/** Tells people together what was too much to be told one by one. */
export class DigestFunction extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { settings: FunctionSettings; stores: Stores; topics: Topics },
  ) {
    super(scope, id);
    const { stores, topics } = props;
    const { alerts, chat, alarmAction } = topics;
    const { fn, role } = bundledFunction(this, 'digest', props.settings, {
      description: 'Launchtrail: tells together the findings that were too many to be told one by one',
      timeout: Duration.minutes(5),
      environment: {
        FINDINGS_TABLE: stores.findings.tableName,
        ALERTS_TOPIC: alerts.topicArn,
        ...(chat && { CHAT_TOPIC: chat.topicArn }),
      },
    });
    stores.grantNotes(fn, 'T');
    for (const topic of [alerts, ...(chat ? [chat] : [])]) topic.grantPublish(fn);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
      reason: 'What SNS needs to encrypt a message, on the one key of the topics.',
    });
    new Rule(this, 'Schedule', {
      description: 'Launchtrail: when findings are told together',
      schedule: Schedule.rate(DIGEST),
      targets: [
        new LambdaFunction(fn, {
          deadLetterQueue: deadLetters(this, 'Untold', {
            what: 'tell findings together',
            action: alarmAction,
          }),
        }),
      ],
    });
    functionAlarms(this, fn, 'digest', alarmAction);
  }
}
