import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { type IAlarmAction, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Archive, type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { CLOUD_EVENTS } from '../../core/records/cloud-events.ts';
import type { Pushers } from '../pushers.ts';
import { alarmAt, deadLetters, functionAlarms } from './alarms.ts';
import { bundledFunction, type FunctionSettings, METRICS_NAMESPACE } from './bundled-function.ts';
import { ARCHIVED } from './ingest.ts';
import { letIn, queueTarget } from './rule-targets.ts';
import type { Stores } from './stores.ts';

/** Refused pushes in five minutes that a person is told of: whoever scans the internet knocks now and then. */
const REFUSED = 50;

/**
 * Takes what Azure and Google push, at an address of its own, and puts each record on the bus, from where it goes the way of all
 * records. The address is open: a push is taken only with a token that its cloud has signed for this deployment.
 */
export class IngestFunction extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      settings: FunctionSettings;
      stores: Stores;
      queue: Queue;
      bus: IEventBus;
      pushers: Pushers;
      /** Executions set aside for it, and the most that it may use; none are set aside where it is 0. */
      concurrency: number;
      alarmAction: IAlarmAction;
    },
  ) {
    super(scope, id);
    const { stores, queue, bus, pushers, concurrency, alarmAction } = props;
    const { azure, google } = pushers;
    const { fn } = bundledFunction(this, 'ingest', props.settings, {
      description: 'Launchtrail: takes the records that Azure and Google push',
      timeout: Duration.seconds(25),
      ...(concurrency > 0 && { concurrency }),
      environment: {
        HISTORY_TABLE: stores.history.tableName,
        BUS: bus.eventBusName,
        ...(azure && {
          AZURE_TENANT: azure.tenant,
          AZURE_AUDIENCE: azure.audience,
          AZURE_SENDERS: azure.senders.join(','),
        }),
        ...(google && { GOOGLE_AUDIENCE: google.audience, GOOGLE_SENDER: google.sender }),
      },
    });
    stores.grantLedger(fn, 'P');
    bus.grantPutEventsTo(fn);
    const url = fn.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    const events = Object.values(CLOUD_EVENTS);
    // an event from another account bears that account, so only this account's own function is heard
    const eventPattern: EventPattern = {
      source: events.map(({ source }) => source),
      detailType: events.map(({ detailType }) => detailType),
      account: [Stack.of(this).account],
    };
    const deadLetterQueue = deadLetters(this, 'Undelivered', {
      what: 'bring a pushed record from EventBridge to its queue',
      action: alarmAction,
    });
    const rule = new Rule(this, 'Pushed', {
      description: 'Launchtrail: records that Azure and Google have pushed',
      eventBus: bus,
      eventPattern,
      targets: [queueTarget(queue, deadLetterQueue)],
    });
    for (const each of [queue, deadLetterQueue]) letIn(each, [rule]);
    new Archive(this, 'Archive', {
      description: 'Launchtrail: what Azure and Google have pushed, to be sent again after a bug was mended',
      sourceEventBus: bus,
      eventPattern,
      retention: ARCHIVED,
    });
    const count = (metricName: string) =>
      new Metric({
        namespace: METRICS_NAMESPACE,
        metricName,
        dimensionsMap: { service: 'launchtrail-ingest' },
        statistic: 'Sum',
        period: Duration.minutes(5),
      });
    alarmAt(this, 'RefusedAlarm', {
      metric: count('RefusedPushes'),
      threshold: REFUSED,
      description: `Launchtrail refused ${REFUSED} pushes or more in five minutes: forged, stale, too large or not for it.`,
      runbook: 'pushes-are-refused',
      action: alarmAction,
    });
    alarmAt(this, 'PutOffAlarm', {
      metric: count('PutOffPushes'),
      threshold: 1,
      description: 'Launchtrail could not check or hand on a push; the cloud sends it again.',
      runbook: 'pushes-are-put-off',
      action: alarmAction,
    });
    functionAlarms(this, fn, 'ingest', alarmAction);
    new CfnOutput(this, 'PushUrl', {
      value: url.url,
      description: 'Where Azure (…/azure) and Google (…/google) push their records to',
    });
  }
}
