import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { docsFor } from '../docs-home.ts';
import { bundledFunction, type FunctionSettings } from './bundled-function.ts';
import type { Stores } from './stores.ts';
import { followFindings } from './stream-consumer.ts';
import type { Topics } from './topics.ts';

/** Publishes findings: stream of verdicts → topics, and a note of what it has told; nothing else. */
export class NotifyFunction extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      settings: FunctionSettings;
      stores: Stores;
      topics: Topics;
      lanes: number;
      gradual: boolean;
      /** Organisation whose accounts are told by their names. */
      namesOf: string | undefined;
    },
  ) {
    super(scope, id);
    const { findings, alerts, chat, alarmAction } = props.topics;
    const docs = docsFor(this);
    const { fn, role } = bundledFunction(this, 'notify', props.settings, {
      description: 'Launchtrail: publishes findings that are new, more severe, larger or closed',
      timeout: Duration.seconds(60),
      environment: {
        FINDINGS_TABLE: props.stores.findings.tableName,
        HISTORY_TABLE: props.stores.history.tableName,
        SETTINGS_TABLE: props.stores.settings.tableName,
        FINDINGS_TOPIC: findings.topicArn,
        ALERTS_TOPIC: alerts.topicArn,
        ...(chat && { CHAT_TOPIC: chat.topicArn }),
        ...(props.namesOf !== undefined && { NAMES: 'true' }),
        ...(docs !== undefined && { DOCS: docs }),
      },
    });
    props.stores.grantSettings(fn);
    // what has become of what a finding made
    props.stores.history.grant(fn, 'dynamodb:Query');
    props.stores.grantOnFindings(fn, { T: 'dynamodb:PutItem' });
    findings.grantPublish(fn);
    alerts.grantPublish(fn);
    chat?.grantPublish(fn);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
      reason: 'What SNS needs to encrypt a message, on the one key of the topics.',
    });
    if (props.namesOf !== undefined) {
      const accounts = `organizations::*:account/${props.namesOf}/*`;
      const units = `organizations::*:ou/${props.namesOf}/*`;
      for (const [actions, resource] of [
        [['organizations:DescribeAccount', 'organizations:ListParents'], accounts],
        [['organizations:DescribeOrganizationalUnit'], units],
      ] as const) {
        role.addToPolicy(
          new PolicyStatement({
            actions: [...actions],
            resources: [`arn:${Stack.of(this).partition}:${resource}`],
          }),
        );
        Validations.of(role).acknowledge({
          id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${resource}]`,
          reason:
            'Any account of the organisation may have a finding; only what it and its unit are called is read.',
        });
      }
    }
    followFindings(this, fn, role, {
      name: 'notify',
      findings: props.stores.findings,
      what: 'publish a finding; what it is made of is in the table',
      lanes: props.lanes,
      gradual: props.gradual,
      batchSize: 25,
      // a story that grows by many records in that time is told once; it is short beside the minutes that CloudTrail takes
      gatherFor: Duration.seconds(10),
      alarmAction,
    });
  }
}
