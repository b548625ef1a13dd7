import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Config } from '../config.ts';
import { AnnounceFunction } from './announce-function.ts';
import { AuditAccessFunction } from './audit-access-function.ts';
import { ChatChannels } from './chat-channels.ts';
import { dashboard } from './dashboard.ts';
import { DetectFunction } from './detect-function.ts';
import { DigestFunction } from './digest-function.ts';
import { followersOf } from './follower.ts';
import { HeartbeatFunction } from './heartbeat-function.ts';
import type { Ingest } from './ingest.ts';
import { IngestFunction } from './ingest-function.ts';
import { NotifyFunction } from './notify-function.ts';
import { policyAlarm } from './policy-alarm.ts';
import { ReconcileFunction } from './reconcile-function.ts';
import { RespondFunction } from './respond-function.ts';
import { Seed } from './seed.ts';
import { Stores } from './stores.ts';
import { Topics } from './topics.ts';

/**
 * From so much concurrency on, the followers of the stream may have ten lanes each instead of one. A new account has ten
 * executions in all, of which five are left to them, and a new table's stream has up to four shards.
 */
const ROOMY = 20;

/**
 * What one account and a whole organisation have in common: queue → detect → stores → notify and respond → topics.
 *
 * The constructs stand in the stack itself, for what was deployed before must keep its logical ids: a table that got
 * another one would be another table.
 */
export function pipeline(
  stack: Stack,
  config: Config,
  ingest: (alarmAction: IAlarmAction) => Ingest,
): { topics: Topics; stores: Stores; ingest: Ingest } {
  const settings = { policy: config.policy, retentionDays: config.retentionDays };
  const topics = new Topics(stack, 'Topics', config);
  const { alarmAction } = topics;
  const { gradual } = config;
  const lanes = config.concurrency >= ROOMY ? 10 : 1;
  const stores = new Stores(stack, 'Stores', {
    ...(config.tables && { tables: config.tables }),
    alarmAction,
  });
  const ingested = ingest(alarmAction);
  const respond =
    config.response === 'off'
      ? undefined
      : new RespondFunction(stack, 'Respond', {
          settings,
          stores,
          mode: config.response,
          lanes,
          gradual,
          alarmAction,
        });
  new NotifyFunction(stack, 'Notify', {
    settings,
    stores,
    topics,
    lanes,
    gradual,
    namesOf: config.accountNames ? config.organisation : undefined,
  });
  new AnnounceFunction(stack, 'Announce', { settings, stores, topics });
  policyAlarm(stack, ['detect', 'notify', ...(respond === undefined ? [] : ['respond'])], alarmAction);
  new DigestFunction(stack, 'Digest', { settings, stores, topics });
  if (topics.chat !== undefined) new ChatChannels(stack, 'Chat', { topic: topics.chat, ...config.channels });
  followersOf(stack, { settings, topics, ...config });
  const { log } = new DetectFunction(stack, 'Detect', {
    settings,
    queue: ingested.queue,
    stores,
    ownRoles: respond === undefined ? [] : [respond.role],
    ownKey: topics.key,
    countryDatabase: config.countryDatabase,
    otherClouds: config.pushers.azure !== undefined || config.pushers.google !== undefined,
    concurrency: config.concurrency,
    gradual,
    alarmAction,
  });
  const { queue, bus } = ingested;
  const members = bus !== undefined;
  // an organisation has both; one account has them where it asks for them
  if (config.reconcile || members)
    new ReconcileFunction(stack, 'Reconcile', { settings, stores, queue, members, alarmAction });
  if (config.auditAccess || members)
    new AuditAccessFunction(stack, 'AuditAccess', { settings, stores, queue, members, alarmAction });
  if (config.heartbeat || members)
    new HeartbeatFunction(stack, 'Heartbeat', {
      settings,
      stores,
      queue,
      topics,
      ...(bus && { bus }),
      alarmAction,
    });
  const { pushers, ingestConcurrency } = config;
  if (pushers.azure !== undefined || pushers.google !== undefined)
    new IngestFunction(stack, 'Pushes', {
      settings,
      stores,
      queue,
      bus: bus ?? EventBus.fromEventBusName(stack, 'OwnBus', 'default'),
      pushers,
      concurrency: ingestConcurrency,
      alarmAction,
    });
  dashboard(stack, 'Dashboard', { queue: ingested.queue, topics, log });
  if (config.seedFrom !== undefined)
    new Seed(stack, 'Seed', {
      settings,
      stores,
      seedFrom: config.seedFrom,
      countryDatabase: config.countryDatabase,
    });
  new CfnOutput(stack, 'FindingsTopic', {
    value: topics.findings.topicArn,
    description: 'OCSF findings for machines',
  });
  new CfnOutput(stack, 'AlertsTopic', {
    value: topics.alerts.topicArn,
    description: 'Plain alerts for people',
  });
  if (topics.chat !== undefined)
    new CfnOutput(stack, 'ChatTopic', { value: topics.chat.topicArn, description: 'Messages to channels' });
  new CfnOutput(stack, 'AlarmsTopic', {
    value: topics.alarms.topicArn,
    description: 'Alarms about Launchtrail itself',
  });
  return { topics, stores, ingest: ingested };
}
