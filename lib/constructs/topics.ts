import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { deadLetters } from './alarms.ts';

/** Where findings leave: `findings` for machines (OCSF), `alerts` for people and for the pipeline's own alarms. */
export class Topics extends Construct {
  readonly findings: Topic;
  readonly alerts: Topic;
  /** Sends an alarm of the pipeline itself to `alerts`. */
  readonly alarmAction: SnsAction;

  constructor(scope: Construct, id: string, props: { alertEmail?: string }) {
    super(scope, id);
    // A key of our own: the policy of the managed SNS key cannot be changed to let CloudWatch publish.
    const masterKey = new Key(this, 'Key', {
      description: 'Launchtrail findings and alerts on their way through SNS',
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      // It protects messages in flight only; nothing stored needs it once the topics are gone.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.findings = new Topic(this, 'Findings', { masterKey, enforceSSL: true });
    this.alerts = new Topic(this, 'Alerts', { masterKey, enforceSSL: true, displayName: 'Launchtrail' });
    this.alarmAction = new SnsAction(this.alerts);
    this.#letAlarmsPublish(masterKey);
    if (props.alertEmail !== undefined) {
      const deadLetterQueue = deadLetters(this, 'Unsent', {
        what: 'send an alert by e-mail',
        action: this.alarmAction,
      });
      this.alerts.addSubscription(new EmailSubscription(props.alertEmail, { deadLetterQueue }));
    }
  }

  /** With a policy of its own the topic no longer lets the whole account publish, and the key never did. */
  #letAlarmsPublish(masterKey: Key): void {
    const ownAlarms = {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    };
    this.alerts.addToResourcePolicy(
      new PolicyStatement({ ...ownAlarms, actions: ['sns:Publish'], resources: [this.alerts.topicArn] }),
    );
    masterKey.addToResourcePolicy(
      new PolicyStatement({
        ...ownAlarms,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
  }
}
