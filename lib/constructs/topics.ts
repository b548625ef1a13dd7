import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarmAt, deadLetters } from './alarms.ts';

/**
 * Where findings leave, `findings` for machines (OCSF), `alerts` and `chat` for people, and where alarms of the pipeline itself do.
 *
 * Alarms have a topic of their own, without a key of ours: an alarm that the alerts do not get out must not need what the
 * alerts need. It holds the names of queues and numbers, no finding.
 */
export class Topics extends Construct {
  readonly findings: Topic;
  readonly alerts: Topic;
  /** For channels, in the form that Amazon Q Developer takes; absent where none is asked for. */
  readonly chat?: Topic;
  readonly alarms: Topic;
  /** Without it neither findings nor alerts leave. */
  readonly key: Key;
  /** Sends an alarm of the pipeline itself to people. */
  readonly alarmAction: IAlarmAction;

  constructor(scope: Construct, id: string, props: { alertEmail?: string; chat: boolean }) {
    super(scope, id);
    // A key of our own: the policy of the managed SNS key cannot be changed to let CloudWatch publish.
    const masterKey = new Key(this, 'Key', {
      description: 'Launchtrail findings and alerts on their way through SNS',
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      // It protects messages in flight only; nothing stored needs it once the topics are gone.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.key = masterKey;
    this.findings = new Topic(this, 'Findings', { masterKey, enforceSSL: true });
    this.alerts = new Topic(this, 'Alerts', { masterKey, enforceSSL: true, displayName: 'Launchtrail' });
    if (props.chat) this.chat = new Topic(this, 'Chat', { masterKey, enforceSSL: true });
    this.alarms = new Topic(this, 'Alarms', { enforceSSL: true, displayName: 'Launchtrail alarms' });
    this.alarmAction = new SnsAction(this.alarms);
    const toAlerts = new SnsAction(this.alerts);
    for (const topic of [this.alerts, this.alarms]) letAlarmsPublish(topic);
    masterKey.addToResourcePolicy(
      new PolicyStatement({
        ...ownAlarms(this),
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    const { alertEmail } = props;
    if (alertEmail === undefined) {
      Annotations.of(this).addWarningV2(
        'launchtrail:nobody-hears',
        "No 'alertEmail' is given: nobody will hear of findings, nor of alarms about Launchtrail itself, until " +
          'somebody subscribes to the topics AlertsTopic and AlarmsTopic. Give -c alertEmail=security@example.com',
      );
    } else {
      mail(this, 'Unsent', { topic: this.alerts, to: alertEmail, action: this.alarmAction });
      // what does not arrive by one topic is told by the other
      mail(this, 'UnsentAlarms', { topic: this.alarms, to: alertEmail, action: toAlerts });
    }
    deliveryAlarm(this, 'Findings', this.findings, this.alarmAction);
    deliveryAlarm(this, 'Alerts', this.alerts, this.alarmAction);
    if (this.chat !== undefined) deliveryAlarm(this, 'Chat', this.chat, this.alarmAction);
    deliveryAlarm(this, 'Alarms', this.alarms, toAlerts);
  }
}

function mail(
  scope: Topics,
  id: string,
  { topic, to, action }: { topic: Topic; to: string; action: IAlarmAction },
): void {
  const deadLetterQueue = deadLetters(scope, id, { what: 'send an e-mail', action });
  topic.addSubscription(new EmailSubscription(to, { deadLetterQueue }));
}

function deliveryAlarm(scope: Topics, name: string, topic: Topic, action: IAlarmAction): void {
  alarmAt(scope, `${name}DeliveryAlarm`, {
    metric: topic.metricNumberOfNotificationsFailed({ period: Duration.minutes(5) }),
    threshold: 1,
    description: `A subscriber of Launchtrail's topic ${name.toLowerCase()} did not get a message.`,
    runbook: 'a-topic-does-not-deliver',
    action,
  });
}

/** Alarms of this account alone. */
const ownAlarms = (scope: Construct) => ({
  principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
  conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
});

/** With a policy of its own a topic no longer lets the whole account publish, and a key never did. */
function letAlarmsPublish(topic: Topic): void {
  topic.addToResourcePolicy(
    new PolicyStatement({ ...ownAlarms(topic), actions: ['sns:Publish'], resources: [topic.topicArn] }),
  );
}
