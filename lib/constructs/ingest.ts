import { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Archive, EventBus, type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alarmAt, alarmOfSilence, deadLetters } from './alarms.ts';
import { letIn, queueTarget } from './rule-targets.ts';

/** A record is tried this often before it goes to the dead-letter queue. */
const MAX_RECEIVES = 5;

/** Six times the timeout of `detect`, as Lambda asks for, so that no message is handed out twice while it is judged. */
const VISIBILITY = Duration.seconds(360);

/** How long EventBridge keeps what came, to be sent again after a bug was mended. */
export const ARCHIVED = Duration.days(30);

/** Rules on a bus → one queue, and an archive of what they let through. */
export class Ingest extends Construct {
  readonly queue: Queue;
  /** The bus of an organisation; absent where the account's own is listened to. */
  readonly bus?: IEventBus;

  constructor(
    scope: Construct,
    id: string,
    props: {
      /** By the names of the rules. */
      patterns: ReadonlyMap<string, EventPattern>;
      /** One pattern for all of them: an archive has only one. */
      archived: EventPattern;
      /** The account's own where it is left out. */
      bus?: IEventBus;
      /** An alarm is raised after so many hours without a record. */
      silenceHours: number;
      alarmAction: IAlarmAction;
    },
  ) {
    super(scope, id);
    const action = props.alarmAction;
    if (props.bus !== undefined) this.bus = props.bus;
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
    const target = queueTarget(this.queue, deadLetterQueue);
    const rules = [...props.patterns].map(
      ([name, eventPattern]) =>
        new Rule(this, name, {
          description: 'Launchtrail: CloudTrail records of launches, snapshots and what happens to both',
          ...(props.bus && { eventBus: props.bus }),
          eventPattern,
          targets: [target],
        }),
    );
    for (const queue of [this.queue, deadLetterQueue]) letIn(queue, rules);
    new Archive(this, 'Archive', {
      description: 'Launchtrail: what its rules let through, to be sent again after a bug was mended',
      sourceEventBus: props.bus ?? EventBus.fromEventBusName(this, 'Default', 'default'),
      eventPattern: props.archived,
      retention: ARCHIVED,
    });
    alarmAt(this, 'BacklogAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: Duration.minutes(15).toSeconds(),
      description: 'Launchtrail is more than 15 minutes behind; findings come late, nothing is lost.',
      runbook: 'the-queue-is-behind',
      action,
    });
    alarmOfSilence(
      this,
      'SilenceAlarm',
      {
        metric: this.queue.metricNumberOfMessagesSent({ period: Duration.hours(1), statistic: 'Sum' }),
        threshold: 1,
        description: `Launchtrail was sent no record for ${props.silenceHours} hour${props.silenceHours === 1 ? '' : 's'}.`,
        runbook: 'silence',
        action,
      },
      props.silenceHours,
    );
  }
}
